"""R15: papers of a renegotiated debt name the old charges in the principal that is paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import select, text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note, PaymentItem
from credigestor.documents import customer_statement, receipt
from credigestor.reports import old_charges
from credigestor.reports.customer_statement import statement
from credigestor.reports.receipt import receipt as stored
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from credigestor.rules.permissions import Actor
from tests.acting import random_acts
from tests.documents.looking import words
from tests.documents.receipts import AT
from tests.portfolio import TODAY, pay, random_portfolio, refresh
from tests.services.paying import new_payment, receive
from tests.services.renegotiating import deal, fines_let_go, make, new_notes, three_late

pytestmark = pytest.mark.usefixtures("db")

LATER = date(2027, 4, 30)


def test_r15_each_receipt_tells_what_of_the_old_interest_was_received(manager: Actor) -> None:
    old = three_late()
    made = make(manager, deal(old.notes, **fines_let_go(old.notes)))
    told = []
    for note in new_notes(made):
        for part in (D("57.00"), note.amount - D("57.00")):
            paid = receive(manager, new_payment(note.due_date, (note.id, str(part))), today=LATER)
            with snapshot() as session:
                data = stored(session, paid)
            told.append(data.old_charges.interest)
            for paper in ReceiptFormat:
                assert (
                    f"No principal pago estão encargos da dívida renegociada: juros "
                    f"{str(told[-1]).replace('.', ',')}."
                ) in words(receipt.pdf(data, made_at=AT, logo=None, format=paper))
    assert [str(told[k] + told[k + 1]) for k in range(0, 8, 2)] == ["1.69", "1.69", "1.68", "1.69"]


def test_r15_the_statement_tells_them_of_the_sale_and_of_each_payment(manager: Actor) -> None:
    made = make(manager, deal(three_late().notes))
    first = new_notes(made)[0]
    paid = receive(manager, new_payment(TODAY, (first.id, str(first.amount))))
    with snapshot() as session:
        found = statement(session, first.customer_id, since=TODAY, until=TODAY, today=TODAY)
    read = words(customer_statement.pdf(found, made_at=AT, logo=None))
    number = note_number(made.sale_id, 1, 4)
    assert (
        f"Venda {sale_number(made.sale_id)}: Renegociação da venda 000001 – total 465,75, com "
        "juros 6,75 + multa 9,00 da dívida antiga, 4 notas"
    ) in read
    assert (
        f"Pagamento {receipt_number(paid)} (Dinheiro), nota {number}, no principal juros 1,69 + "
        "multa 2,25 da dívida renegociada"
    ) in read


def test_a_payment_of_a_note_that_took_no_place_says_nothing_of_it(manager: Actor) -> None:
    [note, *_] = three_late().notes
    with transaction() as session:
        paid = pay(session, manager, note, "10.00", TODAY)
    with snapshot() as session:
        assert "renegociada" not in words(
            receipt.pdf(stored(session, paid), made_at=AT, logo=None, format=ReceiptFormat.ONE)
        )


def test_on_a_random_shop_papers_tell_what_the_figures_count(admin: Actor) -> None:
    """R22: in the summaries by SQL, on papers by the rule."""
    with transaction() as session:
        random_portfolio(session, admin, 81, sold=12)
        random_acts(session, admin, 81, count=100)
        for note in session.scalars(
            text(
                "SELECT id FROM notes WHERE sale_id IN (SELECT sale_id FROM renegotiations)"
                " AND principal_balance > 20 AND cancelled_on IS NULL"
            )
        ).all():
            pay(session, admin, note, "7.77", TODAY)
            pay(session, admin, note, "5.01", TODAY)
    refresh()
    with snapshot() as session:
        items = session.scalars(
            select(PaymentItem).where(PaymentItem.reversed.is_(False)).join(Note)
        ).all()
        told = old_charges.received(session, items)
        papers = {
            (item.note_id, item.payment_id): (told[item.id].interest, told[item.id].fine)
            for item in items
            if item.id in told
        }
        facts = session.execute(
            text(
                "SELECT note_id, act_id, old_interest, old_fine FROM note_facts"
                " WHERE act_id > 0 AND (old_interest <> 0 OR old_fine <> 0)"
            )
        )
        assert papers == {(row[0], row[1]): (row[2], row[3]) for row in facts}
    assert papers
