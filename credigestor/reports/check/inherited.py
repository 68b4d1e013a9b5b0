"""What stands in the bands by old debts' lateness, walked note by note, beside the summaries (R15).

By itself: from what was paid, and in Python, where the summaries are told by SQL what to hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.db.steps import steps
from credigestor.reports.check.problem import Problem
from credigestor.rules.aging import BANDS, LIMITS, band
from credigestor.rules.renegotiation import TRIED

#: R$ by the day on which they come into a band by inheritance, or leave it, and the band's place.
_Changes = dict[tuple[date, int], Decimal]

_KEPT = """
SELECT day, band, inherited FROM aging_changes
WHERE grain = 'd' AND inherited <> 0
    AND segment_id = (SELECT id FROM segments WHERE kind = 'all')
"""
_NOT_UP = """
SELECT NOT EXISTS (SELECT FROM summary_state)
    OR EXISTS (SELECT FROM stale_sales JOIN renegotiations USING (sale_id))
"""


def problems(session: Session) -> Iterator[Problem]:
    """That the bands do not hold what old debts bring into them; nothing while a refresh waits."""
    if session.scalar(text(_NOT_UP)):
        return
    kept: _Changes = {(row.day, row.band): row.inherited for row in session.execute(text(_KEPT))}
    walked: _Changes = defaultdict(Decimal)
    done = _steps(session)
    for days_late, notes in _deals(session):
        for day, place, principal in _walk(notes, done, days_late):
            walked[day, place] += principal
    wrong = {key for key, amount in walked.items() if amount != kept.get(key, 0)}
    wrong |= kept.keys() - walked.keys()
    if wrong:
        day, place = min(wrong)
        yield Problem(
            *("inherited_risk", "aging_changes", 0),
            f"A faixa {BANDS[place]} não tem, desde {day:%d/%m/%Y}, o que vem de dívidas "
            "renegociadas.",
        )


# Whole, two statements for all: some shops renegotiate a tenth of what they sell.
def _heirs() -> Select[*tuple[Any, ...]]:
    """SELECT of the notes of sales that took the place of late notes and stand."""
    return (
        select(
            Note.id,
            Note.sale_id,
            Note.amount,
            Sale.sold_on,
            func.coalesce(Note.original_due_date, Note.due_date).label("due_date"),
            func.coalesce(Note.original_on_time_until, Note.on_time_until).label("on_time_until"),
            Renegotiation.days_late,
        )
        .join(Sale, Sale.id == Note.sale_id)
        .join(Renegotiation, Renegotiation.sale_id == Sale.id)
        .where(Renegotiation.days_late > 0, Sale.cancelled_on.is_(None))
        .order_by(Note.sale_id, Note.number)
    )


def _deals(session: Session) -> Iterator[tuple[int, list[Any]]]:
    """How late the notes were whose place each sale took, and its notes."""
    for _, rows in groupby(session.execute(_heirs()), key=lambda note: note.sale_id):
        notes = list(rows)
        yield notes[0].days_late, notes


def _steps(session: Session) -> dict[int, list[Any]]:
    """What happened to each of their notes and counts, in order."""
    every = steps()
    heirs = _heirs().order_by(None).subquery()
    rows = session.execute(
        select(every)
        .where(every.c.note_id.in_(select(heirs.c.id)), every.c.reversed.is_(False))
        .order_by(every.c.done_on, every.c.act_id)
    )
    found = defaultdict(list)
    for row in rows:
        found[row.note_id].append(row)
    return found


def _walk(
    notes: Sequence[Any], of_note: dict[int, list[Any]], days_late: int
) -> Iterator[tuple[date, int, Decimal]]:
    """What comes into the band of an old debt's lateness and leaves it: day, place, R$."""
    tried = _tried([of_note.get(note.id, []) for note in notes])
    place = BANDS.index(band(days_late))
    for note in notes:
        made = (note.due_date, note.on_time_until)
        states = [(note.sold_on, note.amount, *made)]
        for step in of_note.get(note.id, []):
            moved = (step.due_date_after or made[0], step.on_time_until_after or made[1])
            states.append((step.done_on, step.principal_after, *moved))
        ends = [state[0] for state in states[1:]] + [tried]
        for (start, principal, due, on_time), end in zip(states, ends, strict=True):
            own = max(on_time, due + timedelta(days=LIMITS[place - 1])) + timedelta(days=1)
            until = min(end, own, tried)
            if principal and start < until:
                yield start, place, principal
                if until < date.max:
                    yield until, place, -principal


def _tried(of_notes: Iterable[list[Any]]) -> date:
    """When so many notes were paid that the sale's risk is its own; `date.max`: not yet."""
    notes = list(of_notes)
    ended = [done[-1] for done in notes if done]
    paid = sorted(
        step.done_on for step in ended if not step.principal_after and step.closed_after is None
    )
    needed = min(TRIED, len(notes))
    return paid[needed - 1] if len(paid) >= needed else date.max
