"""Payments as they happened: split as given, rounded, beyond their note, undated (R9, R29)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, Note, Payment, PaymentItem, Return, Sale, SaleMoney
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.importer import Plan
from credigestor.imports.problems import NOTES, PAYMENTS
from credigestor.reports import note as notes
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.imports.past import Row, files, listed, take
from tests.portfolio import TODAY, refresh
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

D = Decimal
SALE = {"ref": "V1", "valor_total": "300,00"}
#: Due on three Tuesdays; 30 days late, a note of 100,00 owes 1,00 of interest and 2,00 of fine.
NOTES_OF_IT = listed("V1", *((f"10/{m}/2026", "100,00") for m in ("02", "03", "04")))
LATE = {"venda": "V1", "parcela": "1", "data": "12/03/2026", "valor": "100,00"}


def taken(*payments: Row, choices: Choices = STRICT, notes: list[Row] | None = None) -> Plan:
    """Import the sale with these payments."""
    return take(files(sales=[SALE], notes=notes or NOTES_OF_IT, payments=payments), choices)


def splits() -> list[tuple[Any, ...]]:
    """Of each payment's part: the note, interest, fine, principal and discount."""
    p = PaymentItem
    with snapshot() as session:
        found = select(Note.number, p.interest, p.fine, p.principal, p.discount).join_from(p, Note)
        return [tuple(row) for row in session.execute(found.order_by(p.payment_id, Note.number))]


def open_notes() -> list[Decimal]:
    """What is left of each note's principal."""
    with snapshot() as session:
        return list(session.scalars(select(Note.principal_balance).order_by(Note.number)))


def acts() -> list[tuple[Any, ...]]:
    """What was done beside money: kind, interest, fine, why."""
    with snapshot() as session:
        found = select(Act.kind, ActItem.interest, ActItem.fine, Act.reason).join_from(Act, ActItem)
        return [tuple(row) for row in session.execute(found.order_by(Act.id, ActItem.id))]


def test_by_default_the_rules_split_a_payment_and_charges_stay_owed() -> None:
    assert taken(LATE).problems == []
    assert splits() == [(1, 1, 2, 97, 0)]
    assert (open_notes()[0], acts()) == (3, [])


def test_paid_at_face_the_charges_are_let_go_and_marked_as_the_import_s(manager: Actor) -> None:
    plan = taken(LATE, choices=Choices(waive_short=True))
    assert splits() == [(1, 0, 0, 100, 0)]
    assert acts() == [("waiver", 1, 2, "Importação")]
    [remark] = plan.remarks
    assert (remark.file, remark.line) == (PAYMENTS, 2)
    assert "juros R$\xa01,00, multa R$\xa02,00" in remark.detail
    with transaction() as session:
        payment_id = session.scalars(select(Payment.id)).one()
        payments.reverse(session, manager, payment_id=payment_id, why="engano", today=TODAY)
    sound()  # what was let go for the money went with it
    assert open_notes()[0] == 100


def test_rounded_payments_pay_charges_with_what_is_above_the_principal() -> None:
    taken({**LATE, "valor": "102,00"}, choices=Choices(waive_short=True))
    assert (splits(), acts()) == ([(1, 1, 1, 100, 0)], [("waiver", 0, 1, "Importação")])


def test_a_split_that_a_row_says_is_its_payment_s_whatever_the_rules_would_charge() -> None:
    plan = taken(
        {**LATE, "valor": "109,50", "juros": "9,50"},
        {**LATE, "parcela": "2", "data": "10/03/2026", "valor": "95,00", "desconto": "5,00"},
        {**LATE, "parcela": "3", "data": "11/05/2026", "valor": "60,00", "juros": "0,00"},
    )
    assert plan.problems == []
    assert splits() == [(1, D("9.50"), 0, 100, 0), (2, 0, 0, 95, 5), (3, 0, 0, 60, 0)]
    assert open_notes() == [0, 0, 40]
    # 8,50 more interest than ours and no fine; of the third, 1,03 and 2,00 are let go.
    assert acts() == [
        ("charged", D("-8.50"), 2, "Importação"),
        ("waiver", D("1.03"), 2, "Importação"),
    ]
    assert len({remark.what for remark in plan.remarks}) == 3
    with snapshot() as session:
        first = session.scalars(select(Note.id).where(Note.number == 1)).one()
        told = notes.detail(session, first, as_of=TODAY, today=TODAY)
    lines = [line.text for line in told.lines]
    assert any(text.startswith("Encargos como foram cobrados") for text in lines)


def test_a_split_that_contradicts_its_payment_is_a_problem() -> None:
    [problem] = taken({**LATE, "valor": "9,00", "juros": "9,50"}).problems
    assert (problem.file, problem.line, problem.column) == (PAYMENTS, 2, "juros")


def test_paid_above_all_charges_is_interest_as_it_was_paid_by_choice() -> None:
    more = {**LATE, "valor": "110,00"}
    [problem] = taken(more).problems
    assert "passa do que" in problem.reason
    taken(more, choices=Choices(as_paid=True))
    assert splits() == [(1, 8, 2, 100, 0)]
    assert acts() == [("charged", -7, 0, "Importação")]


def test_beyond_its_note_a_payment_goes_to_the_next_ones_by_choice_under_one_receipt() -> None:
    three = {"venda": "V1", "parcela": "1", "data": "10/02/2026", "valor": "250,00"}
    choices = Choices(spill=True)
    [problem] = taken({**three, "valor": "350,00"}, choices=choices).problems
    assert "R$\xa0300,00" in problem.reason  # all that the sale owed
    assert taken(three, choices=choices).problems == []
    assert splits() == [(1, 0, 0, 100, 0), (2, 0, 0, 100, 0), (3, 0, 0, 50, 0)]
    with snapshot() as session:
        assert session.scalars(select(Payment.amount)).all() == [250]
    assert taken(three, choices=choices).new.payments == 0


def test_a_payment_that_names_no_note_goes_to_the_oldest_first_by_choice() -> None:
    loose = {"venda": "V1", "data": "10/02/2026", "valor": "120,00"}
    assert [p.column for p in taken(loose).problems] == ["parcela"]
    choices = Choices(spill=True)
    assert taken(loose, choices=choices).problems == []
    assert open_notes() == [0, 80, 100]
    again = taken(loose, {**loose, "data": "20/02/2026", "valor": "30,00"}, choices=choices)
    assert (again.new.payments, again.known.payments, open_notes()) == (1, 1, [0, 50, 100])


def test_what_is_paid_without_a_date_or_an_amount_was_settled_when_it_was_due_and_is_marked() -> (
    None
):
    paid = [{**row, "situacao": "paga"} for row in NOTES_OF_IT[:2]]
    rows = [*paid, NOTES_OF_IT[2]]
    undated = {"venda": "V1", "parcela": "3", "valor": "40,00", "data": "", "forma": ""}
    [problem] = [p for p in taken(notes=rows).problems if p.line == 2]
    assert (problem.file, problem.column) == (NOTES, "situacao")
    choices = Choices(settled_on_due=True)
    plan = taken(undated, choices=choices, notes=rows)
    assert (plan.problems, open_notes()) == ([], [0, 0, 60])
    with snapshot() as session:
        p = Payment
        found = session.execute(select(p.paid_on, p.method, p.backdate_reason).order_by(p.paid_on))
        days, methods, marks = zip(*found, strict=True)
    assert days == (date(2026, 2, 10), date(2026, 3, 10), date(2026, 4, 10))
    assert {*methods} == {"unknown"}
    assert {*marks} == {"Importação: sem data nem valor, quitada no vencimento"}
    assert taken(undated, choices=choices, notes=rows).new.payments == 0


def test_cancelled_returned_and_renegotiated_rows_leave_the_receivables_on_a_stated_day() -> None:
    rows = [
        NOTES_OF_IT[0],
        {**NOTES_OF_IT[1], "situacao": "Renegociada", "data_situacao": "05/03/2026"},
        {**NOTES_OF_IT[2], "situacao": "Devolvida", "data_situacao": "20/03/2026"},
    ]
    assert taken(notes=rows).problems == []
    assert open_notes() == [100, 0, 0]
    with snapshot() as session:
        found = select(Act.kind, Act.acted_on, Act.reason).order_by(Act.id)
        assert [(kind, f"{on:%d/%m}", why) for kind, on, why in session.execute(found)] == [
            ("return", "05/03", "Importação: renegociada no sistema anterior"),
            ("return", "20/03", "Importação: devolvida no sistema anterior"),
        ]
        assert session.scalars(select(Return.value)).all() == [100, 100]


def test_a_cancelled_sale_of_which_nothing_was_paid_is_cancelled_and_its_entry_handed_back() -> (
    None
):
    sale = {**SALE, "entrada": "50,00", "valor_total": "350,00", "situacao": "cancelada"}
    plan = take(files(sales=[{**sale, "data_situacao": "20/01/2026"}], notes=NOTES_OF_IT))
    assert plan.problems == []
    with snapshot() as session:
        made = session.scalars(select(Sale)).one()
        moved = session.execute(select(SaleMoney.kind, SaleMoney.moved_on)).all()
    assert (made.cancelled_on, made.cancel_reason) == (
        date(2026, 1, 20),
        "Importação: cancelada no sistema anterior",
    )
    assert [tuple(row) for row in moved] == [
        ("down", date(2026, 1, 5)),
        ("refund", date(2026, 1, 20)),
    ]
    assert "Vendas canceladas: 1" in plan.notices[-1]


def test_one_that_was_paid_in_part_is_left_by_a_return_of_the_rest() -> None:
    sale = {**SALE, "situacao": "cancelada"}
    paid = {"venda": "V1", "parcela": "1", "data": "10/02/2026", "valor": "100,00"}
    plan = take(files(sales=[sale], notes=NOTES_OF_IT, payments=[paid]))
    assert (plan.problems, open_notes()) == ([], [0, 0, 0])
    with snapshot() as session:
        assert session.scalars(select(Act.acted_on)).all() == [date(2026, 2, 10)]


def test_the_file_s_own_words_for_methods_are_mapped_once() -> None:
    choices = Choices(methods={"Crediário": "card", "": "cash"})
    assert taken({**LATE, "forma": "Crediário"}, choices=choices).problems == []
    assert taken({**LATE, "parcela": "2", "forma": ""}, choices=choices).problems == []
    with snapshot() as session:
        methods = session.scalars(select(Payment.method).order_by(Payment.id)).all()
    assert methods == ["card", "cash"]


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE act_items SET interest = interest - 1, interest_after = interest_after + 1",
        "UPDATE act_items SET fine = 0, fine_after = fine_after + fine",
        "UPDATE notes SET interest_carried = 1 WHERE number = 3",
    ],
)
def test_charges_that_are_not_what_was_recorded_are_found_by_the_check(spoilt: str) -> None:
    taken({**LATE, "valor": "109,50", "juros": "9,50"})
    with transaction() as session:
        session.execute(text(spoilt))
    refresh()
    with snapshot() as session:
        assert {problem.what for problem in check(session, summaries=False)} & {
            "item_fold",
            "note_fold",
        }


def test_charges_paid_after_the_note_was_settled_are_interest_by_choice() -> None:
    after = {**LATE, "data": "20/03/2026", "valor": "5,00"}
    [problem] = taken(LATE, after, choices=Choices(waive_short=True)).problems
    assert "já estava paga" in problem.reason
    both = Choices(waive_short=True, as_paid=True)
    assert taken(LATE, after, choices=both).problems == []
    # 5,00 of the 105,00 are interest; the fine, and what 5,00 bore for 8 days, are let go.
    assert splits() == [(1, 5, 0, 95, 0), (1, 0, 0, 5, 0)]
    assert open_notes()[0] == 0
    assert taken(LATE, after, choices=both).new.payments == 0
