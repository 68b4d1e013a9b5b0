"""Closing days in tests: by the service, with the summary as the page keeps it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import closings as report
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.summary import as_json, summary
from credigestor.rules.permissions import Actor
from credigestor.services import closings
from tests.portfolio import TODAY


def close_in(
    session: Session,
    actor: Actor,
    until: date,
    why: str | None = None,
    *,
    today: date = TODAY,
    operation_id: uuid.UUID | None = None,
) -> int:
    return closings.close(
        session,
        actor,
        operation_id=operation_id or uuid.uuid4(),
        until=until,
        why=why,
        figures=lambda: as_json(summary(session, until, today=today)),
        today=today,
    )


def close(
    actor: Actor,
    until: date,
    why: str | None = None,
    *,
    today: date = TODAY,
    operation_id: uuid.UUID | None = None,
) -> int:
    """Close all days up to one, and commit."""
    with transaction() as session:
        return close_in(session, actor, until, why, today=today, operation_id=operation_id)


def changed(
    dated_from: date | None = None, dated_to: date | None = None
) -> list[tuple[str, date, str, str | None, str, str]]:
    """What changed since, newest first: kind, date, who, reason, receivable and received."""
    with snapshot() as session:
        found = report.page(session, ChangeFilters(dated_from, dated_to), offset=0, limit=100)
    names = ("kind", "dated_on", "who", "reason", "receivable", "received")
    return [tuple(str(row[n]) if n in names[4:] else row[n] for n in names) for row in found]  # type: ignore[misc]


def holding_the_close() -> str:
    """Whether somebody waits for an advisory lock."""
    with snapshot() as session:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return str(session.scalar(waiting))
