"""How what a note owes came about, step by step (memória de cálculo), and what more acts would do.

The sentences are those of the note's page: of a payment that is only asked about, what will stand
there once it is made.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.db.steps import recorded, terms_of
from credigestor.rules.charges import Act
from credigestor.rules.statement import Line, statement


def live(session: Session, note_ids: Collection[int]) -> Mapping[int, list[Act]]:
    """The live acts on each of these notes, in a replay's order (R11)."""
    found = defaultdict[int, list[Act]](list)
    for each in recorded(session, note_ids):
        found[each.note_id].append(each.act)
    return found


def lines(
    note: Note,
    sale: Sale,
    acts: Iterable[Act],
    on: date,
    reasons: Mapping[Act, str] | None = None,
) -> list[Line]:
    """Each step of what a note owes on a day after these acts (R6–R9, R14, R29–R34)."""
    return statement(
        terms_of(note, sale),
        acts,
        on,
        on_time_until=note.original_on_time_until or note.on_time_until,
        daily_rate=sale.daily_rate,
        contract_rate=sale.contract_rate,
        reasons=reasons,
    )


def told(
    note: Note,
    sale: Sale,
    acts: Iterable[Act],
    on: date,
    reasons: Mapping[Act, str] | None = None,
) -> tuple[str, ...]:
    """The words of `lines`."""
    return tuple(line.text for line in lines(note, sale, acts, on, reasons))


def told_with(
    session: Session,
    more: Mapping[int, Sequence[Act]],
    on: date,
    reasons: Mapping[Act, str] | None = None,
) -> dict[int, tuple[str, ...]]:
    """By the note's id, `told` on a day with more acts after those on record up to it.

    `reasons` are why those more are done, where one is given.
    """
    rows = session.execute(
        select(Note, Sale).join(Sale, Sale.id == Note.sale_id).where(Note.id.in_(more))
    ).all()
    acts = live(session, more.keys())
    return {
        note.id: told(note, sale, [*acts[note.id], *more[note.id]], on, reasons)
        for note, sale in rows
    }
