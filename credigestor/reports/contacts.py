"""Contacts with customers about what they owe, and how their promises stand (R38)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import (
    Contact,
    Customer,
    Payment,
    PromiseToPay,
    PromiseWithdrawal,
    Reversal,
    User,
)
from credigestor.rules.contacts import Channel, Outcome
from credigestor.rules.promises import Promise, PromiseStatus, judge

_maker, _withdrawer = aliased(User), aliased(User)
_Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class ContactFilters:
    """Which contacts; the default is all of them."""

    customer_id: int | None = None
    outcome: Outcome | None = None


@dataclass(frozen=True)
class PromiseMade:
    """What was promised, R$, and how it stands; `share` is what of it was paid, in percent."""

    id: int
    amount: Decimal
    due_on: date
    on_time_until: date
    status: PromiseStatus
    paid: Decimal
    share: Decimal
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


@dataclass(frozen=True)
class ContactMade:
    """One contact and what came of it."""

    id: int
    customer_id: int
    customer: str
    contacted_on: date
    recorded_at: datetime
    channel: Channel
    outcome: Outcome
    remark: str | None
    made_by: str | None
    promise: PromiseMade | None


def contacts(
    session: Session,
    filters: ContactFilters,
    *,
    today: date,
    after: int | None = None,
    limit: int | None = None,
) -> list[ContactMade]:
    """The contacts that `listed` names, each with its promise as it stands today."""
    ids = session.scalars(listed(filters, after=after, limit=limit)).all()
    return of_ids(session, ids, today=today)


def listed(
    filters: ContactFilters, *, after: int | None = None, limit: int | None = None
) -> Select[int]:
    """SELECT of the ids of contacts, the newest first; `after` the id that a page ended with."""
    rest = true() if after is None else Contact.id < after
    statement = select(Contact.id).where(rest).order_by(Contact.id.desc()).limit(limit)
    if filters.customer_id is not None:
        statement = statement.where(Contact.customer_id == filters.customer_id)
    if filters.outcome is not None:
        statement = statement.where(Contact.outcome == filters.outcome.value)
    return statement


def of_ids(session: Session, ids: Sequence[int], *, today: date) -> list[ContactMade]:
    """These contacts, the newest first."""
    return _read(session, _rows().where(Contact.id.in_(ids)).order_by(Contact.id.desc()), today)


def newest_contacts(
    session: Session, customer_ids: Collection[int], *, today: date
) -> dict[int, ContactMade]:
    """The newest contact of each of these customers who has one, by the customer's id."""
    newest = (
        select(Contact.id)
        .where(Contact.customer_id == Customer.id)
        .order_by(Contact.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    ids = session.scalars(select(newest).where(Customer.id.in_(customer_ids))).all()
    found = _read(session, _rows().where(Contact.id.in_([id_ for id_ in ids if id_])), today)
    return {each.customer_id: each for each in found}


def newest_promises(
    session: Session, customer_ids: Collection[int], *, today: date
) -> dict[int, PromiseMade]:
    """The newest promise of each of these customers that was not withdrawn, by customer id."""
    newest = (
        select(Contact.id)
        .join(PromiseToPay)
        .outerjoin(PromiseWithdrawal)
        .where(Contact.customer_id == Customer.id, PromiseWithdrawal.id.is_(None))
        .order_by(Contact.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    ids = session.scalars(select(newest).where(Customer.id.in_(customer_ids))).all()
    found = _read(session, _rows().where(Contact.id.in_([id_ for id_ in ids if id_])), today)
    return {each.customer_id: each.promise for each in found if each.promise}


def _rows() -> _Rows:
    return (
        select(
            Contact, Customer.name, _maker.name, PromiseToPay, PromiseWithdrawal, _withdrawer.name
        )
        .join(Customer, Customer.id == Contact.customer_id)
        .outerjoin(_maker, _maker.id == Contact.made_by)
        .outerjoin(PromiseToPay, PromiseToPay.contact_id == Contact.id)
        .outerjoin(PromiseWithdrawal, PromiseWithdrawal.promise_id == PromiseToPay.id)
        .outerjoin(_withdrawer, _withdrawer.id == PromiseWithdrawal.withdrawn_by)
    )


def _read(
    session: Session, statement: Select[*tuple[object, ...]], today: date
) -> list[ContactMade]:
    rows: Sequence[Any] = session.execute(statement).all()
    paid = _payments(
        session, [(contact, promise) for contact, _, _, promise, *_ in rows if promise]
    )
    found = []
    for contact, customer, made_by, promise, withdrawal, withdrawn_by in rows:
        made = None
        if promise is not None:
            judged = judge(
                Promise(
                    promise.amount, contact.contacted_on, promise.due_on, promise.on_time_until
                ),
                paid[contact.customer_id],
                today=today,
                withdrawn=withdrawal is not None,
            )
            made = PromiseMade(
                id=promise.id,
                amount=promise.amount,
                due_on=promise.due_on,
                on_time_until=promise.on_time_until,
                status=judged.status,
                paid=judged.paid,
                share=judged.share,
                withdrawn_on=withdrawal.withdrawn_on if withdrawal else None,
                withdrawn_by=withdrawn_by,
                withdrawal_reason=withdrawal.reason if withdrawal else None,
            )
        found.append(
            ContactMade(
                id=contact.id,
                customer_id=contact.customer_id,
                customer=customer,
                contacted_on=contact.contacted_on,
                recorded_at=contact.created_at,
                channel=Channel(contact.channel),
                outcome=Outcome(contact.outcome),
                remark=contact.remark,
                made_by=made_by,
                promise=made,
            )
        )
    return found


def _payments(
    session: Session, promised: Sequence[tuple[Contact, PromiseToPay]]
) -> dict[int, list[tuple[date, Decimal]]]:
    """What each customer paid in the days of their promises, reversed payments left out."""
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    if not promised:
        return found
    rows = session.execute(
        select(Payment.customer_id, Payment.paid_on, Payment.amount)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.customer_id.in_({contact.customer_id for contact, _ in promised}),
            Payment.paid_on.between(
                min(contact.contacted_on for contact, _ in promised),
                max(promise.on_time_until for _, promise in promised),
            ),
            Reversal.id.is_(None),
        )
    )
    for customer_id, day, amount in rows:
        found[customer_id].append((day, amount))
    return found
