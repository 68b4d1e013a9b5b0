"""Notes of the demonstration shop on which nothing happened yet, and payments of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.services.payments import NewPayment

#: Why something is dated before the day on which it is recorded.
LATER = "Lançado depois, do caderno."


def untouched(session: Session, *where: ColumnElement[bool]) -> Sequence[Any]:
    """Notes on which nothing was paid, in the order of their numbers."""
    return session.execute(
        select(Note.id, Note.sale_id, Note.customer_id, Note.number, Note.due_date, Note.amount)
        .add_columns(Sale.installments, Sale.sold_on)
        .join(Sale, Sale.id == Note.sale_id)
        .where(
            Note.last_paid_on.is_(None),
            Note.last_act_on.is_(None),
            Note.cancelled_on.is_(None),
            *where,
        )
        .order_by(Note.sale_id, Note.number)
    ).all()


def pay(
    session: Session,
    manager: Actor,
    note: Any,
    amount: Decimal,
    on: date,
    today: date,
    **how: Any,
) -> None:
    """Receive R$ `amount` for a note on a day; `how` is what else a payment has."""
    payments.receive(
        session,
        manager,
        NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=note.customer_id,
            paid_on=on,
            items=((note.id, amount),),
            backdate_reason=LATER,
            **how,
        ),
        today=today,
    )
