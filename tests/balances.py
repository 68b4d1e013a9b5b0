"""The slow way of knowing what notes owe: by the rules, never by the SQL that is under test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, PaymentItem, Sale
from credigestor.rules import aging
from credigestor.rules.charges import Owed, Paid, Terms, fold, new_state, owed_on


@dataclass(frozen=True)
class NoteAt:
    """A note at a date, by replay."""

    note: Note
    sale: Sale
    owed: Owed
    status: aging.Status
    days_late: int

    @property
    def is_open(self) -> bool:
        """Tell whether something is owed."""
        return self.owed.total > 0

    @property
    def is_overdue(self) -> bool:
        """Tell whether it is Atrasada."""
        return self.status is aging.Status.OVERDUE

    @property
    def band(self) -> str:
        """Aging band."""
        return aging.band(self.days_late)


def balances_by_hand(session: Session, as_of: date) -> list[NoteAt]:
    """Every note of a sale made by `as_of`, replayed to that day with the rules (R11)."""
    live: dict[int, list[Paid]] = defaultdict(list)
    for item in session.scalars(
        select(PaymentItem).order_by(PaymentItem.paid_on, PaymentItem.payment_id)
    ):
        if item.paid_on <= as_of and not item.reversed:
            live[item.note_id].append(Paid(item.paid_on, item.amount, item.discount))
    rows = session.execute(
        select(Note, Sale).join(Sale, Sale.id == Note.sale_id).order_by(Note.id)
    ).all()
    return [_at(note, sale, live[note.id], as_of) for note, sale in rows if sale.sold_on <= as_of]


def _at(note: Note, sale: Sale, live: list[Paid], as_of: date) -> NoteAt:
    terms = Terms(note.amount, note.due_date, note.free_until, sale.late_rate, sale.fine_rate)
    steps = fold(terms, live)
    owed = owed_on(terms, steps[-1].state if steps else new_state(terms), as_of)
    cancelled = sale.cancelled_on is not None and sale.cancelled_on <= as_of
    if cancelled:
        owed = Owed(Decimal(0), Decimal(0), Decimal(0))
    status = aging.status(
        cancelled=cancelled,
        closed=None,
        settled=owed.total == 0,
        touched=bool(live),
        on_time_until=note.on_time_until,
        on=as_of,
    )
    late = (as_of - note.due_date).days if status is aging.Status.OVERDUE else 0
    return NoteAt(note, sale, owed, status, late)
