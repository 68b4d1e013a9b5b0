"""The slow way of knowing what notes owe: by the rules, never by the SQL that is under test."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.db.steps import recorded, terms_of
from credigestor.rules import aging
from credigestor.rules.charges import Act, Owed, due_date, fold, new_state, owed_on


@dataclass(frozen=True)
class NoteAt:
    """A note at a date, by replay."""

    note: Note
    sale: Sale
    owed: Owed
    status: aging.Status
    days_late: int
    #: Those in force then (R32).
    due_date: date
    on_time_until: date
    #: Of an old debt whose place its sale took, while too few notes are paid (R15).
    inherited: int = 0

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
        return aging.band(max(self.days_late, self.inherited if self.is_open else 0))


def balances_by_hand(session: Session, as_of: date) -> list[NoteAt]:
    """Every note of a sale made by `as_of`, replayed to that day with the rules (R11)."""
    live: dict[int, list[Act]] = defaultdict(list)
    for each in recorded(session, session.scalars(select(Note.id)).all()):
        if each.act.on <= as_of:
            live[each.note_id].append(each.act)
    rows = session.execute(
        select(Note, Sale).join(Sale, Sale.id == Note.sale_id).order_by(Note.id)
    ).all()
    found = [_at(note, sale, live[note.id], as_of) for note, sale in rows if sale.sold_on <= as_of]
    old = {deal.sale_id: deal.days_late for deal in session.scalars(select(Renegotiation))}
    of_sale: dict[int, list[aging.Status]] = defaultdict(list)
    for at in found:
        of_sale[at.sale.id].append(at.status)
    return [
        replace(at, inherited=old[at.sale.id])
        if at.sale.id in old
        and of_sale[at.sale.id].count(aging.Status.PAID) < min(3, len(of_sale[at.sale.id]))
        else at
        for at in found
    ]


def _at(note: Note, sale: Sale, live: list[Act], as_of: date) -> NoteAt:
    terms = terms_of(note, sale)
    steps = fold(terms, live)
    state = steps[-1].state if steps else new_state(terms)
    owed = owed_on(terms, state, as_of)
    cancelled = sale.cancelled_on is not None and sale.cancelled_on <= as_of
    if cancelled or state.closed:
        owed = Owed(Decimal(0), Decimal(0), Decimal(0))
    made_until = note.original_on_time_until or note.on_time_until
    on_time_until = state.moved.on_time_until if state.moved else made_until
    status = aging.status(
        cancelled=cancelled,
        closed=state.closed,
        settled=owed.total == 0,
        touched=owed.principal < note.amount,
        on_time_until=on_time_until,
        on=as_of,
    )
    due = due_date(terms, state)
    late = (as_of - due).days if status is aging.Status.OVERDUE else 0
    return NoteAt(note, sale, owed, status, late, due, on_time_until)
