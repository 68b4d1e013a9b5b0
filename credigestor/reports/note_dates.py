"""The dates of notes at a day, whatever others were agreed since, as conditions (R32)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    func,
    or_,
    select,
    true,
)

from credigestor.db.models import ActItem, Note
from credigestor.rules.acts import ActKind

Conditions = list[ColumnElement[bool]]


def in_force(
    asked: Callable[[Any], Conditions], as_of: date, today: date, note: Any = Note
) -> Conditions:
    """Of the dates that were in force at `as_of` (R32).

    A note's own are, but for one whose dates were agreed anew: few, which an index holds.
    """
    own = asked(note)
    if as_of >= today or not own:
        return own
    moved = _moved(as_of)
    others = select(moved.c.id).where(*asked(moved.c))
    return [or_(and_(note.original_due_date.is_(None), *own), one_of(note.id, others))]


def _moved(as_of: date) -> Subquery:
    """The notes whose dates were agreed anew, and their dates at `as_of`."""
    last = (
        select(ActItem.due_date, ActItem.on_time_until)
        .where(
            ActItem.note_id == Note.id,
            ActItem.kind == ActKind.NEW_DATE.value,
            ActItem.reversed.is_(False),
            ActItem.acted_on <= as_of,
        )
        .order_by(ActItem.acted_on.desc(), ActItem.act_id.desc())
        .limit(1)
        .lateral()
    )
    due_date = func.coalesce(last.c.due_date, Note.original_due_date)
    on_time_until = func.coalesce(last.c.on_time_until, Note.original_on_time_until)
    columns = (Note.id, due_date.label("due_date"), on_time_until.label("on_time_until"))
    return (
        select(*columns, Note.settled_on, Note.cancelled_on)
        .outerjoin(last, true())
        .where(Note.original_due_date.is_not(None))
        .subquery("moved")
    )


def one_of(column: Any, ids: Select[int] | CompoundSelect[int]) -> ColumnElement[bool]:
    """As `column IN (…)`, which the planner takes for few ids whatever it expects."""
    found: ColumnElement[bool] = column == func.any(func.array(ids.scalar_subquery()))
    return found
