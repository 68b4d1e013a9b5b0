"""Old debts for a new one: made, refused, made twice at once, undone (R15)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import (
    Act,
    ActReversal,
    AuditEntry,
    Payment,
    Renegotiation,
    Sale,
)
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.reports import store_credit
from credigestor.rules.due_schedule import Schedule, ScheduleKind
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.services import acts, customers, renegotiations, sales
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.waivers import Waived
from tests.portfolio import TODAY, add_customer, late
from tests.services.closing import close
from tests.services.crediting import kept, sold
from tests.services.paying import new_payment, note_row, pay, receive, reverse, splits
from tests.services.renegotiating import (
    FIRST_DUE,
    deal,
    fines_let_go,
    make,
    new_notes,
    three_late,
    undo,
)
from tests.services.selling import at_once, count
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

TABLES = (Act, Payment, Sale, Renegotiation, ActReversal, AuditEntry)


def written() -> list[int]:
    return [count(table) for table in TABLES]


def test_r15_fines_waived_and_sixty_down_leave_four_notes_of_principal(manager: Actor) -> None:
    old = three_late()
    data = deal(old.notes, down_payment=D("60.00"), method="pix", **fines_let_go(old.notes))
    made = make(manager, data)
    assert [str(note.amount) for note in new_notes(made)] == ["99.19", "99.19", "99.19", "99.18"]
    assert (made.old_interest, made.old_fine) == (0, 0), "all principal"
    assert splits(old.notes[0]) == [("3.75", "0.00", "53.25")]
    assert [splits(note) for note in old.notes[1:]] == [
        [("2.25", "0.00", "0.00")],
        [("0.75", "0.00", "0.00")],
    ]
    for note in old.notes:
        assert (note_row(note).closed, note_row(note).principal_balance) == ("renegotiated", 0)
    assert (made.days_late, made.first_sold_on) == (75, late(120))
    assert make(manager, data).id == made.id, "the same form again"
    with pytest.raises(Conflict, match="outra renegociação"):
        make(manager, data.model_copy(update={"down_payment": D("61.00")}))
    sound()


def test_r15_without_a_down_payment_the_new_notes_hold_the_old_charges(manager: Actor) -> None:
    old = three_late()
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    assert [str(note.amount) for note in new_notes(made)] == ["114.19"] * 3 + ["114.18"]
    assert (made.old_interest, made.old_fine, made.payment_id) == (D("6.75"), 0, None)
    other = three_late()
    made = make(manager, deal(other.notes, kind=Agreement.CONFESSION))
    assert sum(note.amount for note in new_notes(made)) == D("465.75")
    assert (made.old_fine, made.waiver_id) == (D("9.00"), None)
    sound()


def test_r15_with_contract_interest_and_any_schedule(manager: Actor) -> None:
    old = three_late()
    data = deal(
        old.notes,
        down_payment=D("60.00"),
        method="cash",
        contract_rate=D(1),
        **fines_let_go(old.notes),
    )
    with transaction() as session:
        agreed = renegotiations.preview(session, manager, data, today=TODAY)
        assert sum(note.amount for note in agreed.plan.notes) == D("406.72")
        assert agreed.entering == D("396.75")
    fortnightly = Schedule(ScheduleKind.DAYS, 15)
    made = make(manager, data.model_copy(update={"schedule": fortnightly}))
    due = [note.due_date for note in new_notes(made)]
    assert due == [FIRST_DUE + timedelta(days=15 * k) for k in range(4)]
    sound()


def test_a_preview_tells_what_is_made_and_writes_nothing(manager: Actor) -> None:
    old = three_late()
    before = written()
    with snapshot() as session:
        found = renegotiations.preview(
            *(session, manager, deal(old.notes, **fines_let_go(old.notes))), today=TODAY
        )
    assert [str(part) for part in found.held] == ["1.69", "1.69", "1.68", "1.69"]
    assert written() == before


def test_r15_a_sale_of_old_sellers_and_a_customer_who_buys_no_more(manager: Actor) -> None:
    """Who is inactive or over the limit gets no credit by it that was not there before."""
    old = three_late()
    customer = note_row(old.notes[0]).customer_id
    with transaction() as session:
        customers.set_active(session, manager, customer_id=customer, active=False)
    made = make(manager, deal(old.notes[:2]))
    assert note_row(old.notes[2]).closed is None
    with transaction() as session:
        sale = session.get_one(Sale, made.sale_id)
        assert (sale.override_reason, sale.seller_id) == (None, None)
    sound()


def test_refusals_write_nothing(manager: Actor, seller: Actor) -> None:
    old, stranger = three_late(), three_late()
    notes = old.notes
    before = written()
    guarantor = GuarantorInput(name="Rui", tax_id="52998224725")
    why = {"waiver_reason": "sim, isto"}
    wrong: list[tuple[dict[str, Any], type[BusinessError], str]] = [
        ({"notes": ()}, InvalidInput, "Escolha"),
        ({"notes": (*notes, 99_999)}, NotFound, "não encontrada"),
        ({"notes": (*notes, notes[0])}, NotFound, "não encontrada"),
        ({"notes": (*notes, *stranger.notes)}, InvalidInput, "outro cliente"),
        ({"reason": " "}, InvalidInput, "Explique"),
        ({"agreed_on": TODAY + timedelta(days=1)}, InvalidInput, "futura"),
        ({"agreed_on": late(50)}, InvalidInput, "Explique"),
        ({"down_payment": D("465.75"), "method": "pix"}, InvalidInput, "menor que a dívida"),
        ({"down_payment": D("10.00")}, InvalidInput, "como a entrada"),
        ({"down_payment": D(-1)}, InvalidInput, "Valor inválido"),
        ({"waived": {notes[0]: Waived(fine=D("3.01"))}, **why}, InvalidInput, "dispensar mais"),
        ({"waived": {notes[0]: Waived(fine=D("3.00"))}}, InvalidInput, "Explique"),
        ({"waived": {stranger.notes[0]: Waived(fine=D(1))}, **why}, InvalidInput, "escolhida"),
        ({"installments": 0}, InvalidInput, "parcelas"),
        ({"first_due_date": None}, InvalidInput, "primeiro vencimento"),
        ({"guarantors": (guarantor,) * 2}, BusinessError, "duas vezes"),
    ]
    for data, error, message in wrong:
        with pytest.raises(BusinessError) as caught:
            make(manager, deal(notes, **data))
        told = " ".join(getattr(caught.value, "errors", {"": caught.value.message}).values())
        assert isinstance(caught.value, error), (data, told)
        assert message in told, (data, told)
    with pytest.raises(NotAllowed):
        make(seller, deal(notes))
    assert written() == before
    made = make(manager, deal(notes[:1]))
    with pytest.raises(Conflict, match="já não está em aberto"):
        make(manager, deal(notes))
    with pytest.raises(NotAllowed):
        undo(seller, made)
    pay(manager, TODAY, (notes[1], "10.00"))
    with pytest.raises(Conflict, match="não pode ser de antes"):
        make(manager, deal(notes[1:], agreed_on=late(1)))
    sound()


def test_r15_undone_all_is_as_it_was_but_for_the_money_handed_over(manager: Actor) -> None:
    old = three_late()
    made = make(
        manager,
        deal(old.notes, down_payment=D("60.00"), method="pix", **fines_let_go(old.notes)),
    )
    with pytest.raises(Conflict, match="acordo inteiro"), transaction() as session:
        acts.reverse(session, manager, act_id=made.act_id, why="engano", today=TODAY)
    assert made.waiver_id
    with pytest.raises(Conflict, match="já não caberia"), transaction() as session:
        acts.reverse(session, manager, act_id=made.waiver_id, why="engano", today=TODAY)
    assert made.payment_id
    with pytest.raises(Conflict, match="já não caberia"):
        reverse(manager, made.payment_id)
    with pytest.raises(Conflict, match="desfaça a renegociação"), transaction() as session:
        sales.cancel(session, manager, sale_id=made.sale_id, why="engano", today=TODAY)
    sound()
    undo(manager, made)
    for note in old.notes:
        assert (note_row(note).closed, note_row(note).settled_on) == (None, None)
    # The fine is owed again, and what was handed over paid it first.
    assert splits(old.notes[0]) == [("3.75", "3.00", "50.25")]
    with transaction() as session:
        assert session.get_one(Sale, made.sale_id).cancelled_on == TODAY
    with pytest.raises(Conflict, match="já foi desfeita"):
        undo(manager, made)
    sound()
    reverse(manager, made.payment_id)
    again = make(manager, deal(old.notes))
    assert sum(note.amount for note in new_notes(again)) == D("465.75")
    sound()


def test_r15_with_anything_paid_or_done_to_the_new_notes_it_stands(manager: Actor) -> None:
    old = three_late()
    made = make(manager, deal(old.notes))
    first = new_notes(made)[0]
    payment_id = receive(manager, new_payment(TODAY, (first.id, "10.00")))
    with pytest.raises(Conflict, match="já tem pagamentos"):
        undo(manager, made)
    reverse(manager, payment_id)
    second = make(manager, deal([first.id]))
    with pytest.raises(Conflict, match="já tem outros atos"):
        undo(manager, made)
    undo(manager, second)
    undo(manager, made)
    sound()


def test_r15_a_debt_renegotiated_again_keeps_its_age_its_risk_and_its_old_charges(
    manager: Actor,
) -> None:
    old = three_late(sold_on=date(2026, 7, 20))
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    notes = new_notes(made)
    receive(manager, new_payment(TODAY, (notes[0].id, "114.19")))
    again = make(manager, deal([note.id for note in notes[1:]]))
    assert (again.days_late, again.first_sold_on) == (75, date(2026, 7, 20))
    assert again.old_interest == D("5.06"), "6,75 less the 1,69 that was received"
    sound()


def test_r15_two_at_once_make_one_deal_of_the_same_notes(manager: Actor) -> None:
    old = three_late()
    same = deal(old.notes)
    results = at_once([lambda: make(manager, same)] * 3 + [lambda: make(manager, deal(old.notes))])
    made = [each for each in results if isinstance(each, Renegotiation)]
    refused = [each for each in results if not isinstance(each, Renegotiation)]
    assert len({each.id for each in made}) == 1
    assert all(isinstance(each, Conflict) for each in refused)
    assert count(Renegotiation) == 1
    sound()


def test_r15_two_at_once_of_other_notes_of_one_customer_wait_for_each_other(
    manager: Actor,
) -> None:
    with transaction() as session:
        customer = add_customer(session)
    sold = [three_late(customer=customer) for _ in range(4)]
    results = at_once([lambda s=s: make(manager, deal(s.notes)) for s in sold])  # type: ignore[misc]
    assert all(isinstance(each, Renegotiation) for each in results), results
    sound()


def test_r37_a_deal_of_closed_days_asks_for_a_reason_once(manager: Actor) -> None:
    old = three_late()
    close(manager, late(1))
    with pytest.raises(InvalidInput, match="Explique"):
        make(manager, deal(old.notes, agreed_on=late(3)))
    why = "assinado na sexta-feira"
    terms = {"down_payment": D("60.00"), "method": "pix", **fines_let_go(old.notes)}
    made = make(manager, deal(old.notes, agreed_on=late(3), backdate_reason=why, **terms))
    with transaction() as session:
        sale = session.get_one(Sale, made.sale_id)
        assert (sale.sold_on, sale.backdate_reason) == (late(3), why)
    undo(manager, made)
    sound()


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ({"methods": (("cash", D("40.00")), ("pix", D("20.00")))}, "cash 40.00 + pix 20.00"),
        ({"by_credit": True}, "credit"),
    ],
)
def test_r36_r31_a_down_payment_comes_by_several_methods_or_by_credit(
    manager: Actor, way: dict[str, Any], told: str
) -> None:
    old = three_late()
    with transaction() as session:
        customer = session.get_one(Sale, old.id).customer_id
    [note] = sold(customer, "100.00")
    kept(manager, note, "50.00", "60.00")
    data = deal(old.notes, down_payment=D("60.00"), **way)
    made = make(manager, data)
    assert make(manager, data).id == made.id
    with transaction() as session:
        paid = session.get_one(Payment, made.payment_id)
        assert (paid.amount, paid.way) == (D("60.00"), told)
        left = store_credit.balance(session, customer, on=TODAY)
        assert left == (0 if "by_credit" in way else D("60.00"))
    other = data.model_copy(update={"methods": (), "by_credit": False, "method": Method.CARD})
    with pytest.raises(Conflict, match="outra renegociação"):
        make(manager, other)
    sound()


@pytest.mark.parametrize(
    ("way", "field", "message"),
    [
        ({}, "method", "Diga como a entrada é paga"),
        ({"methods": (("cash", D("40.00")),)}, "methods", "faltam"),
        ({"by_credit": True, "method": "pix"}, "methods", "sozinho"),
        ({"by_credit": True}, "methods", "de crédito"),
    ],
)
def test_r36_r31_parts_that_are_not_the_down_payment_are_refused(
    manager: Actor, way: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        make(manager, deal(three_late().notes, down_payment=D("60.00"), **way))
    assert caught.value.field == field
