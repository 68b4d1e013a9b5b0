"""Whom to call first about what is overdue, and of what anybody is reminded (R27, R38)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import (
    Contact,
    Customer,
    Payment,
    PromiseToPay,
    PromiseWithdrawal,
    Reversal,
)
from credigestor.reports.contacts import (
    ContactMade,
    PromiseMade,
    newest_contacts,
    newest_promises,
)
from credigestor.reports.portfolio.largest import largest
from credigestor.rules import pix
from credigestor.rules.reminder import Reminder, first_collected

#: How many are told to be called.
FIRST = 10


@dataclass(frozen=True)
class Overdue:
    """What of a customer's debts is overdue and may be collected (R27), R$.

    `principal` is what is at stake, `owed` is with the charges of the day; `days_late` of the
    oldest note; sale and number are those of the note, where there is one.
    """

    customer_id: int
    name: str
    phone: str | None
    principal: Decimal
    owed: Decimal
    notes: int
    oldest_due: date
    days_late: int
    sale_id: int
    number: int

    @property
    def reminder(self) -> Reminder:
        """Of what the customer is reminded; one note's Pix is known by its number."""
        if self.notes == 1:
            txid = pix.note_txid(self.sale_id, self.number)
        else:
            txid = pix.customer_txid(self.customer_id)
        return Reminder(self.name, self.owed, self.oldest_due, txid)


@dataclass(frozen=True)
class Call:
    """Somebody to be called: what is overdue, and what happened last (R$)."""

    overdue: Overdue
    last_paid: tuple[date, Decimal] | None
    contact: ContactMade | None
    promise: PromiseMade | None


@dataclass(frozen=True)
class CallList:
    """Whom to call; how many were contacted today, and how many promises stand."""

    calls: Sequence[Call]
    contacted: int
    promised: int


def call_list(session: Session, *, today: date, count: int = FIRST) -> CallList:
    """The customers with most overdue principal that may be collected, most first (R27).

    Left out are those who were contacted today, and those whose promise stands, until the end of
    its last on-time day (R38). Whoever owes nothing overdue is on no list, whatever was promised.
    """
    contacted = set(
        session.scalars(select(Contact.customer_id).where(Contact.contacted_on == today))
    )
    promised = set(
        session.scalars(
            select(Contact.customer_id)
            .join(PromiseToPay)
            .outerjoin(PromiseWithdrawal)
            .where(PromiseToPay.on_time_until >= today, PromiseWithdrawal.id.is_(None))
        )
    )
    first = _first(session, contacted | promised, today, count)
    ids = [each.customer_id for each in first]
    paid = _last_payments(session, ids)
    contacts = newest_contacts(session, ids, today=today)
    promises = newest_promises(session, ids, today=today)
    return CallList(
        [
            Call(
                each,
                paid.get(each.customer_id),
                contacts.get(each.customer_id),
                promises.get(each.customer_id),
            )
            for each in first
        ],
        len(contacted),
        len(promised),
    )


def overdue_of(
    session: Session, customer_ids: Collection[int], *, today: date
) -> dict[int, Overdue]:
    """What of each of these customers may be collected, by id; no entry where that is nothing."""
    notes = open_notes(today, today=today).subquery()
    statement = (
        select(
            notes.c.customer_id,
            Customer.name,
            Customer.phone,
            func.sum(notes.c.principal).label("principal"),
            func.sum(notes.c.owed).label("owed"),
            func.count().label("notes"),
            func.min(notes.c.due_date).label("oldest_due"),
            func.max(notes.c.days_late).label("days_late"),
            func.min(notes.c.sale_id).label("sale_id"),
            func.min(notes.c.number).label("number"),
        )
        .join(Customer, Customer.id == notes.c.customer_id)
        .where(
            notes.c.customer_id.in_(customer_ids),
            notes.c.is_overdue,
            notes.c.due_date >= first_collected(today),
        )
        .group_by(notes.c.customer_id, Customer.name, Customer.phone)
    )
    rows = session.execute(statement).mappings()
    return {row["customer_id"]: Overdue(**row) for row in rows}


def _first(session: Session, without: Collection[int], today: date, count: int) -> list[Overdue]:
    """As the summaries have them, looked at further down while old debts stand in the way."""
    asked = 2 * count
    while True:
        found = largest(session, today, count=asked, by="overdue", without=without)
        known = overdue_of(session, [customer_id for customer_id, _ in found], today=today)
        best = sorted(known.values(), key=lambda each: (-each.principal, each.customer_id))[:count]
        # Whoever comes further down owes no more than the last of these, old debts and all.
        whole = len(found) < asked
        if whole or (len(best) == count and best[-1].principal >= found[-1][1]):
            return best
        asked *= 4


def _last_payments(
    session: Session, customer_ids: Collection[int]
) -> dict[int, tuple[date, Decimal]]:
    """When each customer paid last, and how much, R$; reversed payments left out."""
    rows = session.execute(
        select(Payment.customer_id, Payment.paid_on, Payment.amount)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(Payment.customer_id.in_(customer_ids), Reversal.id.is_(None))
        .ext(distinct_on(Payment.customer_id))
        .order_by(Payment.customer_id, Payment.paid_on.desc(), Payment.id.desc())
    )
    return {customer_id: (day, amount) for customer_id, day, amount in rows}
