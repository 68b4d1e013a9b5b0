"""What a renegotiated debt takes along: its risk, and old charges not received yet (R15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.rules import renegotiation as rule
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.services.ledger import LockedNote


@dataclass(frozen=True, slots=True)
class Inherited:
    """When the first of the debts was sold, how late the oldest note is, and who sold it."""

    first_sold_on: date
    days_late: int
    seller_id: int | None


def inherited(session: Session, notes: Sequence[LockedNote], on: date) -> Inherited:
    """What the notes closed on a day, oldest first, leave to the sale that takes their place.

    Notes that took the place of others themselves pass on what they were left with.
    """
    found = {
        row.id: row
        for row in session.execute(
            select(Sale.id, Sale.sold_on, Sale.seller_id, Renegotiation)
            .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
            .where(Sale.id.in_({note.sale_id for note in notes}))
        )
    }
    first, late = [], [days_late(note, on) for note in notes]
    for row in found.values():
        before = row.Renegotiation
        first.append(before.first_sold_on if before else row.sold_on)
        if before:
            tried = _tried_on(session, row.id)
            late.append(0 if tried is not None and tried <= on else before.days_late)
    return Inherited(min(first), max(late), found[notes[0].sale_id].seller_id)


def days_late(note: LockedNote, on: date) -> int:
    """Days that a locked note is late, 0 for one on time (R4, R16)."""
    on_time = note.state.moved.on_time_until if note.state.moved else note.made.on_time_until
    return (on - note.due_date).days if on > on_time else 0


def held_still(session: Session, notes: Sequence[LockedNote]) -> Split:
    """The charges of earlier debts that notes to be closed still hold, R$; principal is 0."""
    closing = {note.id: note for note in notes}
    found = session.execute(
        select(Renegotiation, Note.id, Note.amount)
        .join(Note, Note.sale_id == Renegotiation.sale_id)
        .where(Renegotiation.sale_id.in_({note.sale_id for note in notes}))
        .order_by(Note.sale_id, Note.number)
    )
    of_sale = defaultdict(list)
    for before, note_id, amount in found:
        of_sale[before].append((note_id, amount))
    sums = {"interest": ZERO, "fine": ZERO}
    for before, theirs in of_sale.items():
        for name, old in (("interest", before.old_interest), ("fine", before.old_fine)):
            parts = rule.held([amount for _, amount in theirs], old)
            for (note_id, amount), part in zip(theirs, parts, strict=True):
                if note_id in closing:
                    settled = amount - closing[note_id].state.principal
                    sums[name] += part - rule.held_until(part, amount, settled)
    return Split(sums["interest"], sums["fine"], ZERO)


def _tried_on(session: Session, sale_id: int) -> date | None:
    rows = session.execute(
        select(Note.settled_on, Note.closed).where(Note.sale_id == sale_id)
    ).all()
    return rule.tried_on((row.settled_on for row in rows if row.closed is None), len(rows))
