"""Notes put on paper (R23): which copy it is, what is refused, and the same paper again."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date
from decimal import Decimal as D
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, text, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Guarantor, NotePrinting, SettingsVersion
from credigestor.documents import promissory_notes
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotFound
from credigestor.reports.guarantors import SaleGuarantor
from credigestor.reports.printed_notes import PrintedNotes, Printings, printed, status
from credigestor.rules.permissions import Actor
from credigestor.services import payments, printing, sales
from tests.documents.printings import SHOP
from tests.moments import NOW
from tests.portfolio import TODAY, Made, add_customer
from tests.services.paying import JANUARY, new_payment, pay, receive, reverse, sell
from tests.services.selling import at_once, audited, count

pytestmark = pytest.mark.usefixtures("db", "shop")

FIVE = [("300.00", JANUARY)] * 5


@pytest.fixture
def shop(db: str) -> None:
    with transaction() as session:
        session.add(SettingsVersion(data=SHOP.model_dump(mode="json"), changed_by_name="teste"))


def print_notes(
    actor: Actor,
    sale: Made,
    note_ids: Collection[int] | None = None,
    operation_id: uuid.UUID | None = None,
) -> list[NotePrinting]:
    with transaction() as session:
        return printing.print_notes(
            session,
            actor,
            sale_id=sale.id,
            note_ids=note_ids,
            operation_id=operation_id or uuid.uuid4(),
        )


def copies(printings: list[NotePrinting]) -> list[tuple[int, int]]:
    return [(each.note_id, each.copy) for each in printings]


def paper(operation_id: uuid.UUID) -> PrintedNotes:
    with snapshot() as session:
        return printed(session, operation_id)


def refusal(actor: Actor, sale: Made, note_ids: Collection[int] | None = None) -> BusinessError:
    with pytest.raises(BusinessError) as caught:
        print_notes(actor, sale, note_ids)
    assert count(NotePrinting) == 0
    assert audited("print") == []
    return caught.value


def test_the_first_printing_is_copy_one_and_each_later_one_is_one_more(seller: Actor) -> None:
    sale = sell(*FIVE)
    first, second, third = sale.notes[:3]
    assert copies(print_notes(seller, sale, [second, first])) == [(first, 1), (second, 1)]
    assert copies(print_notes(seller, sale, [third, second])) == [(second, 2), (third, 1)]
    assert [copy for _, copy in copies(print_notes(seller, sale))] == [2, 3, 2, 1, 1]


def test_the_same_operation_again_prints_the_same_copies(seller: Actor) -> None:
    sale, operation = sell(*FIVE), uuid.uuid4()
    chosen = sale.notes[1:3]
    once = copies(print_notes(seller, sale, chosen, operation))
    again = print_notes(seller, sale, chosen[::-1], operation)
    assert copies(again) == once
    assert copies(print_notes(seller, sale, None, operation)) == once
    assert count(NotePrinting) == 2
    assert len(audited("print")) == 1


def test_an_operation_that_printed_other_notes_is_refused(seller: Actor) -> None:
    sale, other, operation = sell(*FIVE), sell(), uuid.uuid4()
    print_notes(seller, sale, sale.notes[:2], operation)
    for where, which in ((sale, sale.notes[:1]), (sale, sale.notes[:3]), (other, None)):
        with pytest.raises(Conflict, match="já imprimiu outras notas"):
            print_notes(seller, where, which, operation)
    assert count(NotePrinting) == 2


def test_two_people_who_print_at_once_get_exactly_one_first_copy(
    seller: Actor, manager: Actor
) -> None:
    sale = sell(*FIVE)
    for round_ in range(10):
        acts = [
            partial(print_notes, actor, sale, notes)
            for actor, notes in ((seller, None), (manager, sale.notes[::-1])) * 2
        ]
        results = at_once(acts)
        assert sorted(result[0].copy for result in results) == [
            4 * round_ + k for k in (1, 2, 3, 4)
        ]
        for result in results:  # nobody's paper mixes copies
            assert len(result) == 5
            assert len({each.copy for each in result}) == 1


def test_one_press_of_the_button_sent_four_times_prints_once(seller: Actor) -> None:
    sale, operation = sell(*FIVE), uuid.uuid4()
    results = at_once([partial(print_notes, seller, sale, None, operation)] * 4)
    assert [copies(result) for result in results] == [[(note, 1) for note in sale.notes]] * 4
    assert count(NotePrinting) == 5


def test_one_operation_sent_at_once_for_two_sales_prints_one_of_them(seller: Actor) -> None:
    sales_ = sell(*FIVE), sell()
    for _ in range(5):
        operation = uuid.uuid4()
        results = at_once([partial(print_notes, seller, sale, None, operation) for sale in sales_])
        assert sorted(isinstance(each, Conflict) for each in results) == [False, True]
        assert len({note.number.partition("-")[0] for note in paper(operation).notes}) == 1


def test_a_note_tells_what_was_paid_when_it_was_printed_whoever_began_first(
    seller: Actor, manager: Actor
) -> None:
    sale, early, late = sell(), uuid.uuid4(), uuid.uuid4()
    first, second = (new_payment(JANUARY, (sale.notes[0], amount)) for amount in ("30.00", "5.00"))
    with transaction() as session:
        session.execute(select(1))  # the printing's transaction begins before the payment's
        receive(manager, first)
        printing.print_notes(session, seller, sale_id=sale.id, note_ids=None, operation_id=early)
    with transaction() as session:
        session.execute(select(1))  # and now the payment's before the printing's
        print_notes(seller, sale, None, late)
        payments.receive(session, manager, second, today=TODAY)
    assert [paper(each).notes[0].received for each in (early, late)] == [D("30.00"), D("30.00")]


def test_a_printing_is_logged_with_its_notes_and_copies(seller: Actor) -> None:
    sale = sell(*FIVE[:2])
    print_notes(seller, sale, sale.notes[:1])
    print_notes(seller, sale)
    first, second = audited("print")
    assert (first.actor_name, first.entity_id) == (seller.name, sale.id)
    assert first.after == {"notes": "000001-01/02"}
    assert second.after == {"notes": "000001-01/02 (2ª via), 000001-02/02"}


def test_a_printing_that_was_recorded_is_never_changed(seller: Actor) -> None:
    print_notes(seller, sell())
    for change in ("UPDATE note_printings SET copy = 9", "DELETE FROM note_printings"):
        with pytest.raises(Conflict), transaction() as session:
            session.execute(text(change))
    with snapshot() as session:
        assert session.scalars(select(NotePrinting.copy)).all() == [1]


def test_all_notes_means_those_that_are_still_open(seller: Actor, manager: Actor) -> None:
    sale = sell(*FIVE[:3])
    pay(manager, JANUARY, (sale.notes[1], "300.00"))
    assert copies(print_notes(seller, sale)) == [(sale.notes[0], 1), (sale.notes[2], 1)]


def test_a_paid_note_is_given_back_and_not_printed(seller: Actor, manager: Actor) -> None:
    sale = sell(*FIVE[:2])
    pay(manager, JANUARY, (sale.notes[1], "300.00"))
    refused = refusal(seller, sale, sale.notes)
    assert isinstance(refused, Conflict)
    assert refused.message.startswith("A nota 000001-02/02 já está paga")
    pay(manager, JANUARY, (sale.notes[0], "300.00"))
    assert refusal(seller, sale).message == "Todas as notas desta venda já estão pagas."


def test_a_cancelled_sale_prints_no_notes_and_its_printings_no_longer_open(
    seller: Actor, manager: Actor
) -> None:
    sale, cancelled, operation = sell(), sell(), uuid.uuid4()
    print_notes(seller, sale, None, operation)
    for each in (sale, cancelled):
        with transaction() as session:
            sales.cancel(session, manager, sale_id=each.id, why="desistência", today=TODAY)
    with pytest.raises(Conflict, match="000002 foi cancelada"):
        print_notes(seller, cancelled)
    with pytest.raises(Conflict, match="000001 foi cancelada"):
        paper(operation)
    assert count(NotePrinting) == 1


def test_an_anonymised_customer_has_no_notes_to_print(seller: Actor) -> None:
    sale, operation = sell(), uuid.uuid4()
    print_notes(seller, sale, None, operation)
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=NOW))
    with pytest.raises(Conflict, match="anonimizados"):
        print_notes(seller, sale)
    with pytest.raises(Conflict, match="anonimizados"):
        paper(operation)


def test_a_choice_of_no_note_of_a_strange_one_or_of_no_sale_is_refused(seller: Actor) -> None:
    sale, other = sell(), sell()
    assert isinstance(refusal(seller, sale, []), InvalidInput)
    assert isinstance(refusal(seller, sale, [sale.notes[0], other.notes[0]]), NotFound)
    assert isinstance(refusal(seller, Made(99, []), None), NotFound)
    with pytest.raises(NotFound):
        paper(uuid.uuid4())


def test_a_sale_paid_down_whole_has_no_notes_to_print(seller: Actor) -> None:
    sale = sell()
    with transaction() as session:
        session.execute(text("DELETE FROM notes"))
    assert "paga na entrada" in refusal(seller, sale).message


def test_a_shop_that_lacks_what_a_note_must_have_is_told_what_and_where(seller: Actor) -> None:
    sale = sell()
    with transaction() as session:
        session.add(SettingsVersion(data={"shop_name": "Loja"}, changed_by_name="teste"))
    message = refusal(seller, sale).message
    assert "falta preencher: CNPJ ou CPF e cidade." in message
    assert "Configurações" in message
    assert printing.missing(SHOP.model_copy(update={"legal_name": "", "shop_name": ""})) == [
        "razão social ou nome da loja"
    ]


def test_the_paper_has_all_that_a_note_must_have(seller: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana Luz", street="Rua A", street_number="1", city="Crato")
    sale, operation = (
        sell(("10.00", JANUARY), ("20.00", date(2026, 2, 10)), customer=ana),
        uuid.uuid4(),
    )
    with transaction() as session:
        for position, name in ((2, "José"), (1, "Bia")):
            session.execute(
                insert(Guarantor).values(
                    sale_id=sale.id, position=position, name=name, tax_id="52998224725", address=""
                )
            )
    [first, _] = print_notes(seller, sale, None, operation)
    data = paper(operation)
    assert (data.sale_id, data.sold_on, data.shop) == (sale.id, date(2025, 12, 1), SHOP)
    assert (data.customer.name, data.customer.address) == ("Ana Luz", "Rua A, 1, Crato")
    assert data.guarantors == (
        *(SaleGuarantor("Bia", "52998224725", ""), SaleGuarantor("José", "52998224725", "")),
    )
    assert [(n.number, n.amount, n.due_date, n.copy) for n in data.notes] == [
        ("000001-01/02", D("10.00"), JANUARY, 1),
        ("000001-02/02", D("20.00"), date(2026, 2, 10), 1),
    ]
    assert data.printed_at == first.printed_at
    assert data.printed_at.tzinfo == ZoneInfo(SHOP.time_zone)


def test_an_old_printing_stays_the_same_paper_whatever_is_paid_or_printed_later(
    seller: Actor, manager: Actor
) -> None:
    sale = sell(*FIVE[:2])
    undone, kept = pay(manager, JANUARY, (sale.notes[0], "70.00")), sale.notes
    pay(
        manager,
        JANUARY,
        (sale.notes[0], "30.00"),
    )
    operation = uuid.uuid4()
    print_notes(seller, sale, None, operation)
    before = paper(operation)
    assert [note.received for note in before.notes] == [D("100.00"), D(0)]
    pay(manager, JANUARY, (kept[0], "5.00"), (kept[1], "300.00"))
    reverse(manager, undone)
    print_notes(seller, sale, [kept[0]])
    after = paper(operation)
    assert after == before
    made = [
        promissory_notes.pdf(data, made_at=data.printed_at, logo=None) for data in (before, after)
    ]
    assert made[0] == made[1]
    later = uuid.uuid4()
    print_notes(seller, sale, [kept[0]], later)
    assert [(note.copy, note.received) for note in paper(later).notes] == [(3, D("35.00"))]


def test_the_sale_tells_how_often_each_note_was_printed_and_when_last(seller: Actor) -> None:
    sale = sell(*FIVE[:3])
    first, second, third = sale.notes
    print_notes(seller, sale, [first, second])
    [again] = print_notes(seller, sale, [first])
    with snapshot() as session:
        found = status(session, sale.id)
    assert [(each.note_id, each.copies) for each in found] == [(first, 2), (second, 1), (third, 0)]
    assert found[0].last_at == again.printed_at
    assert found[2] == Printings(third, 0, None, outdated=False)
