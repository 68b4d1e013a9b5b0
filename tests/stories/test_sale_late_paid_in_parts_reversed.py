"""A story: Ana buys on credit, pays late and in parts, and one of the payments is a mistake."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import Conflict, InvalidInput
from credigestor.reports import notes, payments
from credigestor.reports import receipt as receipts
from credigestor.reports.note import NoteDetail, detail
from credigestor.rules.aging import Status
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import customers, sales
from credigestor.services import payments as paying
from credigestor.services.customers import CustomerInput
from credigestor.services.inputs import parse
from credigestor.services.payments import NewPayment
from credigestor.services.sales import NewSale

pytestmark = pytest.mark.usefixtures("db")


def note_on(note_id: int, day: date) -> NoteDetail:
    """The note as whoever asks on that day sees it."""
    with snapshot() as session:
        return detail(session, note_id, as_of=day, today=day)


def receive(
    actor: Actor, customer: int, note: int, amount: str, *, today: date, paid_on: date | None = None
) -> int:
    """The actor takes cash for one note, today unless the money came earlier."""
    data = NewPayment(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        paid_on=paid_on or today,
        method=Method.CASH,
        items=((note, D(amount)),),
        backdate_reason="recibo que ficou no bolso" if paid_on else None,
    )
    with transaction() as session:
        return paying.receive(session, actor, data, today=today)


def test_a_sale_is_late_paid_in_parts_and_one_part_is_reversed(
    seller: Actor, manager: Actor
) -> None:
    # 10 December: Vera registers Ana and sells her 900,00 in three notes, the first due on
    # 10 January, a Saturday.
    december = date(2025, 12, 10)
    with transaction() as session:
        ana = customers.create(
            session,
            seller,
            parse(CustomerInput, {"name": "Ana Luz", "tax_id": "529.982.247-25"}),
            operation_id=uuid.uuid4(),
            today=december,
        )
        sale = sales.register(
            session,
            seller,
            NewSale(
                operation_id=uuid.uuid4(),
                customer_id=ana,
                sold_on=december,
                total=D("900.00"),
                installments=3,
                first_due_date=date(2026, 1, 10),
            ),
            today=december,
        )
    with snapshot() as session:
        open_notes = notes.open_notes(session, ana, on=december, today=december)
    assert [(n.number, n.owed.total) for n in open_notes] == [
        ("000001-01/03", D("300.00")),
        ("000001-02/03", D("300.00")),
        ("000001-03/03", D("300.00")),
    ]
    first = open_notes[0].id

    # Monday the 12th would still be on time (R4); on Tuesday three days of interest are due.
    assert note_on(first, date(2026, 1, 12)).status is Status.PENDING
    tuesday = note_on(first, date(2026, 1, 13))
    assert (tuesday.status, tuesday.owed.total) == (Status.OVERDUE, D("306.30"))

    # 25 January: Ana brings 100,00. Interest first, then the fine, then principal (R9).
    january_25 = date(2026, 1, 25)
    hundred = receive(seller, ana, first, "100.00", today=january_25)
    with snapshot() as session:
        receipt = receipts.receipt(session, hundred)
    assert (receipt.split.interest, receipt.split.fine) == (D("1.50"), D("6.00"))
    assert (receipt.items[0].after, receipt.customer_after) == (D("207.50"), D("807.50"))

    # 30 January: a receipt of 50,00 of the 15th turns up. Vera may not record it any more,
    # Guta may; the note is replayed (R11).
    january_30 = date(2026, 1, 30)
    with pytest.raises(InvalidInput, match="precisa de um gerente"):
        receive(seller, ana, first, "50.00", today=january_30, paid_on=date(2026, 1, 15))
    fifty = receive(manager, ana, first, "50.00", today=january_30, paid_on=date(2026, 1, 15))
    replayed = note_on(first, january_30)
    assert [(p.split.interest, p.split.fine, p.split.principal) for p in replayed.payments] == [
        (D("0.50"), D("6.00"), D("43.50")),
        (D("0.86"), D("0.00"), D("99.14")),
    ]
    assert replayed.owed.principal == D("157.36")

    # 2 February: it was another customer's receipt. Guta reverses it, once, and the note is
    # what it was (R12).
    february_2 = date(2026, 2, 2)
    with transaction() as session:
        paying.reverse(
            session, manager, payment_id=fifty, why="recibo de outra pessoa", today=february_2
        )
    with pytest.raises(Conflict, match="já foi estornado"), transaction() as session:
        paying.reverse(session, manager, payment_id=fifty, why="de novo", today=february_2)
    assert note_on(first, february_2).owed.principal == D("207.50")
    with snapshot() as session:
        undone = receipts.receipt(session, fifty).undone
        received = payments.totals(session, payments.PaymentFilters())
    assert undone is not None
    assert (undone.by, undone.reason) == (manager.name, "recibo de outra pessoa")
    assert (received.count, received.amount) == (2, D("100.00"))

    # With a live payment the sale can not be cancelled any more (R13).
    with pytest.raises(Conflict, match="Estorne-os antes"), transaction() as session:
        sales.cancel(session, manager, sale_id=sale, why="desistiu", today=february_2)

    # 24 February: Ana asks what is left, is shown every step, and settles to the cent (R9).
    february_24 = date(2026, 2, 24)
    asked = note_on(first, february_24)
    assert asked.owed.total == asked.lines[-1].after.total == D("209.58")
    with pytest.raises(InvalidInput, match="209,58"):
        receive(seller, ana, first, "209.59", today=february_24)
    receive(seller, ana, first, "209.58", today=february_24)
    settled = note_on(first, february_24)
    assert (settled.status, settled.owed.total) == (Status.PAID, 0)
    assert settled.lines[-1].text == "Nada a pagar: nota quitada em 24/02/2026."
