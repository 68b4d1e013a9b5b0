"""What was written off and may still be recovered; what is to be written off (R34)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Act, ActItem, Customer, Note, Sale
from credigestor.db.steps import DUE_AS_MADE, terms_of
from credigestor.reports import reckoning
from credigestor.reports.notes import OpenNote
from credigestor.reports.ordering import ordered
from credigestor.rules.acts import ActKind
from credigestor.rules.charges import Closing, Owed, due_date, fold, new_state, owed_on
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number

#: Rows of the list of what is to be written off.
MOST_CANDIDATES = 500
#: What it may be sorted by.
ORDERS = ("customer", "principal", "days_late", "number", "due_date", "charges")
OLDEST_FIRST = "due_date"


@dataclass(frozen=True)
class LostNote:
    """A note that was written off: what was lost, R$, when, and what may be recovered on a day."""

    note: OpenNote
    act_id: int
    written_off_on: date
    lost: Decimal


@dataclass(frozen=True)
class Candidate:
    """A late note that might be written off, and what it owes, R$."""

    note_id: int
    number: str
    customer_id: int
    customer: str
    due_date: date
    days_late: int
    principal: Decimal
    charges: Decimal


def of_customer(session: Session, customer_id: int, *, on: date) -> list[LostNote]:
    """A customer's notes written off by a day and not recovered whole by then, oldest first."""
    return _lost(session, on, Note.customer_id == customer_id)


def recoverable(session: Session, customer_id: int, *, on: date) -> list[OpenNote]:
    """The same as what may be received on the day: principal that was lost, and charges.

    What was recovered whole later is left out.
    """
    found = _lost(session, on, and_(Note.customer_id == customer_id, Note.written_off > 0))
    return [each.note for each in found]


@dataclass(frozen=True)
class CandidateTotals:
    """How many notes of how many customers might be written off, and their principal, R$."""

    notes: int
    customers: int
    principal: Decimal


def candidate_totals(
    session: Session, *, over_days: int, up_to: Decimal | None, as_of: date, today: date
) -> CandidateTotals:
    """All notes that `candidates` is about, also those after its first ones."""
    notes = _late_notes(over_days, up_to, as_of, today)
    people, principal = func.count(notes.c.customer_id.distinct()), func.sum(notes.c.principal)
    sums = select(func.count(), people, func.coalesce(principal, ZERO)).select_from(notes)
    return CandidateTotals(*session.execute(sums).one())


def candidates(
    session: Session,
    *,
    over_days: int,
    up_to: Decimal | None,
    as_of: date,
    today: date,
    order: str = OLDEST_FIRST,
) -> list[Candidate]:
    """Notes more than so many days late on a day, of at most R$ `up_to` of principal, by ORDERS.

    The first MOST_CANDIDATES of them.
    """
    notes = _late_notes(over_days, up_to, as_of, today)
    orders = dict(notes.c) | {
        "customer": Customer.name_folded.expression,
        "number": notes.c.sale_id,
        "charges": notes.c.interest + notes.c.fine,
    }
    rows = session.execute(
        select(notes, Customer.name)
        .join(Customer, Customer.id == notes.c.customer_id)
        .order_by(*ordered(order, orders, tie=notes.c.note_id))
        .limit(MOST_CANDIDATES)
    )
    return [
        Candidate(
            note_id=row.note_id,
            number=note_number(row.sale_id, row.number, row.installments),
            customer_id=row.customer_id,
            customer=row.name,
            due_date=row.due_date,
            days_late=row.days_late,
            principal=row.principal,
            charges=row.interest + row.fine,
        )
        for row in rows
    ]


def _late_notes(over_days: int, up_to: Decimal | None, as_of: date, today: date) -> Subquery:
    # For the index of due dates; on an earlier day one that moved since was due sooner (R32).
    due = Note.due_date if as_of >= today else DUE_AS_MADE
    early = [due < as_of - timedelta(days=over_days)]
    if as_of >= today:
        early.append(Note.principal_balance > 0)
    notes = open_notes(as_of, today=today).where(*early).subquery()
    which = [notes.c.is_overdue, notes.c.days_late > over_days]
    if up_to is not None:
        which.append(notes.c.principal <= up_to)
    return select(notes).where(*which).subquery()


def _lost(session: Session, on: date, which: ColumnElement[bool]) -> list[LostNote]:
    """By replay: they are few, and what may be recovered is told by no column."""
    rows: Sequence[Any] = session.execute(
        select(Note, Sale, ActItem.act_id, ActItem.acted_on, ActItem.principal)
        .join(Sale, Sale.id == Note.sale_id)
        .join(ActItem, ActItem.note_id == Note.id)
        .join(Act, Act.id == ActItem.act_id)
        .where(
            which,
            Note.closed == Closing.WRITTEN_OFF.value,
            ActItem.kind == ActKind.WRITE_OFF.value,
            ActItem.reversed.is_(False),
            ActItem.acted_on <= on,
        )
        .order_by(Note.due_date, Note.id)
    ).all()
    live = reckoning.live(session, [note.id for note, *_ in rows]) if rows else {}
    found = []
    for note, sale, act_id, acted_on, lost in rows:
        terms = terms_of(note, sale)
        steps = fold(terms, (act for act in live[note.id] if act.on <= on))
        state = steps[-1].state if steps else new_state(terms)
        if not state.lost:
            continue
        owed, due = owed_on(terms, state, on), due_date(terms, state)
        number = note_number(sale.id, note.number, sale.installments)
        open_note = OpenNote(
            note.id, number, due, (on - due).days, Owed(owed.principal, owed.interest, owed.fine)
        )
        found.append(LostNote(open_note, act_id, acted_on, lost))
    return found
