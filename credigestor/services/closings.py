"""Closing all days up to one, and opening them again (R37)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from credigestor.db import locks, waiting
from credigestor.db.models import DayClosing
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import check_date_range, format_date
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, operations
from credigestor.services.inputs import MAX_REASON, reason, text


def close(
    session: Session,
    actor: Actor,
    *,
    operation_id: uuid.UUID,
    until: date,
    why: str | None = None,
    figures: Callable[[], Mapping[str, Any]],
    today: date,
) -> int:
    """Close all days up to one and return the closing's id; the same operation again, the same.

    An earlier day than the last closed one opens those after it again, which takes a reason; the
    very same day changes nothing. `figures` gives the summary of that day, which is kept: it is
    asked for while nobody can write into the past. Raises NotAllowed, InvalidInput (today or
    later, no reason), or Conflict where the operation closed up to another day.
    """
    actor.require(Permission.CLOSE_DAYS)
    check_date_range(until, "until")
    if until >= today:
        raise InvalidInput("Só se fecham dias que já passaram: até ontem.", field="until")
    waiting.unhurried(session)
    locks.hold(session, "closing")
    newest = session.scalar(select(DayClosing).order_by(DayClosing.id.desc()).limit(1))
    before = session.scalar(select(DayClosing).where(DayClosing.operation_id == operation_id))
    if before is not None:
        operations.require_same(
            before.until == until,
            done=f"fechou os dias até {format_date(before.until)}",
            again="fechar até outro dia",
        )
        return before.id
    if newest is not None and until == newest.until:
        return newest.id
    if newest is not None and until < newest.until:
        kept: str | None = reason(why)
    else:
        kept = text(why, field="reason", maximum=MAX_REASON, label="Motivo") or None
    row = {"until": until, "figures": dict(figures()), "reason": kept}
    made: int = session.execute(
        insert(DayClosing)
        .values(
            **row,
            operation_id=operation_id,
            closed_by=actor.id,
            # What was recorded before it is in its figures, what comes later is not.
            created_at=func.clock_timestamp(),
        )
        .returning(DayClosing.id)
    ).scalar_one()
    told = {"closed_until": until, "reason": kept, "figures": row["figures"]}
    was = {"closed_until": newest.until} if newest is not None else None
    audit.record(session, actor, "create", "closing", made, before=was, after=told)
    return made
