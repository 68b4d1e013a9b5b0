"""Whom the demonstration shop called about what is overdue, and what was promised (R38)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Payment, Reversal, Sale
from credigestor.rules.contacts import Channel, Outcome
from credigestor.rules.permissions import Actor
from credigestor.services import contacts
from credigestor.services.contacts import NewContact

#: Of those who owe most overdue, by their place: days ago, what came of the call, what was said.
_CALLED = {
    1: (2, Outcome.NO_ANSWER, None),
    3: (5, Outcome.WRONG_NUMBER, None),
    5: (9, Outcome.REFUSED, "Diz que já devolveu a mercadoria."),
    6: (3, Outcome.SPOKE, "Recebe no dia 5."),
}
#: The same of those who promised all of it: days ago, and after how many it was to be paid.
_PROMISED = {2: (21, 7), 4: (1, 7)}
#: How many of them these are taken from, and how many days back is looked for who paid in time.
_FIRST, _BACK = 8, 90


def calls(session: Session, actor: Actor, *, today: date) -> None:
    """Some contacts, and promises: kept, kept in part, broken, and one that stands."""
    principal = func.sum(Note.principal_balance)
    found = session.execute(
        select(Note.customer_id, principal)
        .join(Sale, Sale.id == Note.sale_id)
        .where(
            Note.principal_balance > 0,
            Note.cancelled_on.is_(None),
            Note.on_time_until < today,
            Sale.sold_on < today - timedelta(days=_BACK),  # owed on any day that is told of
        )
        .group_by(Note.customer_id)
        .order_by(principal.desc(), Note.customer_id)
    )
    owing = [(customer, owed) for customer, owed in found]
    for place, (customer, owed) in enumerate(owing[:_FIRST]):
        if place in _CALLED:
            days, outcome, remark = _CALLED[place]
            _call(session, actor, customer, today - timedelta(days), outcome, remark)
        elif place in _PROMISED:
            days, later = _PROMISED[place]
            _promise(session, actor, customer, owed, today - timedelta(days), later)
    rest = dict(owing[_FIRST:])
    paid = session.execute(
        select(Payment.customer_id, Payment.paid_on, Payment.amount)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.customer_id.in_(rest),
            Payment.paid_on.between(today - timedelta(_BACK - 5), today - timedelta(days=8)),
            Reversal.id.is_(None),
        )
        .order_by(Payment.paid_on.desc(), Payment.customer_id)
    ).all()
    for times in (2, 1):  # twice what came had been promised, and just that
        fits = (row for row in paid if times * row.amount <= rest.get(row.customer_id, 0))
        if (row := next(fits, None)) is not None:
            del rest[row.customer_id]
            on = row.paid_on - timedelta(days=1)
            _promise(session, actor, row.customer_id, times * row.amount, on, 2)


def _call(
    session: Session,
    actor: Actor,
    customer: int,
    on: date,
    outcome: Outcome,
    remark: str | None = None,
    amount: Decimal | None = None,
    due_on: date | None = None,
) -> None:
    contacts.record(
        session,
        actor,
        NewContact(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            channel=Channel.WHATSAPP,
            outcome=outcome,
            remark=remark,
            amount=amount,
            due_on=due_on,
        ),
        today=on,
    )


def _promise(
    session: Session, actor: Actor, customer: int, amount: Decimal, on: date, later: int
) -> None:
    due_on = on + timedelta(days=later)
    _call(session, actor, customer, on, Outcome.PROMISED, amount=amount, due_on=due_on)
