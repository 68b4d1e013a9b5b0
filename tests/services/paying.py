"""Paying in tests: by the service, each payment in a transaction of its own."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Note, Payment, PaymentItem
from credigestor.errors import BusinessError
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.services.inputs import parse
from credigestor.services.payments import NewPayment
from tests.portfolio import TODAY, Made, add_customer, add_sale
from tests.services.selling import count

#: Due dates of R9's note (a Saturday) and of two after it.
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
JANUARY_15, JANUARY_25, FEBRUARY_24 = date(2026, 1, 15), date(2026, 1, 25), date(2026, 2, 24)


def sell(*notes: tuple[str, date], customer: int | None = None, **terms: Any) -> Made:
    """A sale of 01/12/2025 with these notes; R9's, 300,00 due on 10/01/26, when none is given."""
    with transaction() as session:
        buyer = customer or add_customer(session)
        return add_sale(
            session, buyer, date(2025, 12, 1), list(notes) or [("300.00", JANUARY)], **terms
        )


def new_payment(on: date, *items: tuple[int, str], **changes: Any) -> NewPayment:
    """Cash for notes of one customer: (note id, R$) pairs; dated far back for a reason."""
    with snapshot() as session:
        customer = session.scalar(select(Note.customer_id).where(Note.id == items[0][0]))
    return parse(
        NewPayment,
        {
            "operation_id": uuid.uuid4(),
            "customer_id": customer or 0,
            "paid_on": on,
            "method": "cash",
            "items": tuple((note, Decimal(amount)) for note, amount in items),
            "backdate_reason": "recibo achado na gaveta",
            **changes,
        },
    )


def receive(actor: Actor, data: NewPayment, today: date = TODAY) -> int:
    """Record a payment and commit."""
    with transaction() as session:
        return payments.receive(session, actor, data, today=today)


def pay(actor: Actor, on: date, *items: tuple[int, str], **changes: Any) -> int:
    """Make and record a payment."""
    return receive(actor, new_payment(on, *items, **changes))


def reverse(actor: Actor, payment_id: int, why: str = "valor errado", on: date = TODAY) -> None:
    """Reverse a payment and commit."""
    with transaction() as session:
        payments.reverse(session, actor, payment_id=payment_id, why=why, today=on)


def note_row(note_id: int) -> Note:
    """A note as it is stored."""
    with snapshot() as session:
        return session.get_one(Note, note_id)


def splits(note_id: int) -> list[tuple[str, str, str]]:
    """Interest, fine and principal of each live payment on a note, by date."""
    with snapshot() as session:
        items = session.scalars(
            select(PaymentItem)
            .where(PaymentItem.note_id == note_id, PaymentItem.reversed.is_(False))
            .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
        )
        return [(str(i.interest), str(i.fine), str(i.principal)) for i in items]


def refused(actor: Actor, on: date, *items: tuple[int, str], **changes: object) -> BusinessError:
    """The error that refuses a payment, after which nothing is written."""
    before = count(Payment), count(PaymentItem), count(AuditEntry)
    with pytest.raises(BusinessError) as caught:
        pay(actor, on, *items, **changes)
    assert (count(Payment), count(PaymentItem), count(AuditEntry)) == before
    return caught.value
