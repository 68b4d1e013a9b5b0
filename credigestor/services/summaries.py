"""Keeping the summaries of the portfolio up with the ledger and the calendar.

Readers call `try_refresh` before they read, who imports calls `refresh`; sellers never do. One
refresh at a time folds in all sales marked since the last one: their old facts go out of the
cubes, their new ones come in.
"""

from __future__ import annotations

from datetime import date, timedelta
from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor import metrics
from credigestor.db import locks, waiting
from credigestor.db.summaries import changes, customer_changes, facts
from credigestor.db.summaries.tables import SUMMARIES, note_facts, sale_facts

#: From so many sales on, it pays to tell the planner how many there are.
_MANY = 500
_EVER = date(1, 1, 1)
#: Seconds between two looks at whether another refresh is over.
_LOOK_AGAIN = 0.05


def refresh(session: Session, *, today: date) -> int:
    """Bring the summaries up to the ledger as it stands and to `today`; sales folded in.

    Costs one small query when there is nothing to do. Another refresh is waited for.
    """
    if _is_up(session, today):
        return 0
    waiting.unhurried(session)
    locks.hold(session, "summaries")
    return _bring_up(session, today)


def try_refresh(session: Session, *, today: date, patience: float) -> bool:
    """As `refresh`, but another one (an import's takes minutes) is waited for `patience` seconds.

    False when it goes on for longer; nothing was done then, and the summaries are as they were.
    """
    if _is_up(session, today):
        return True
    give_up = monotonic() + patience
    while not locks.try_to_hold(session, "summaries"):
        if monotonic() >= give_up:
            return False
        sleep(_LOOK_AGAIN)
    _bring_up(session, today)
    return True


def _is_up(session: Session, today: date) -> bool:
    state = session.execute(
        text(
            "SELECT (SELECT closed_until FROM summary_state) AS closed_until,"
            " EXISTS (SELECT FROM stale_sales) AS stale"
        )
    ).one()
    return not state.stale and state.closed_until is not None and state.closed_until >= today


@metrics.timed_fold
def _bring_up(session: Session, today: date) -> int:
    waiting.unhurried(session)
    closed_until = session.scalar(text("SELECT closed_until FROM summary_state"))
    folded = _fold_in(session, closed_until or today)
    if closed_until is None:
        session.execute(
            text("INSERT INTO summary_state (closed_until) VALUES (:today)"), {"today": today}
        )
    elif closed_until < today:
        _advance(session, closed_until, today)
    return folded


def rebuild(session: Session, *, today: date) -> int:
    """Make the summaries anew from the whole ledger; sales folded in."""
    waiting.unhurried(session)
    locks.hold(session, "summaries")
    names = ", ".join(table.name for table in SUMMARIES)
    session.execute(text(f"TRUNCATE {names}, summary_state"))
    session.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))
    return refresh(session, today=today)


def _fold_in(session: Session, closed_until: date) -> int:
    for statement in facts.workbench():
        session.execute(text(statement))
    count: int = session.execute(text(facts.TAKE_STALE)).rowcount  # type: ignore[attr-defined]
    if not count:
        return 0
    many = count > _MANY
    if many:
        session.execute(text("SET LOCAL work_mem = '256MB'"))
        session.execute(text("SET LOCAL jit = off"))
    session.execute(text(facts.ADD_SEGMENTS))
    _renew_facts(session, analyze=many)
    for cube in changes.TIMELESS:
        session.execute(text(cube.upsert))
    for cube in changes.CALENDAR:
        session.execute(text(cube.upsert), {"first": _EVER, "last": closed_until})
    if many:
        session.execute(text("ANALYZE note_facts"))
    for statement in customer_changes.CUSTOMERS:
        session.execute(text(statement))
    if many:
        names = ", ".join(table.name for table in SUMMARIES)
        session.execute(text(f"ANALYZE {names}"))
    return count


def _renew_facts(session: Session, *, analyze: bool) -> None:
    """Put what the stale sales are now in place of what they were; keep both on the workbench."""
    for workbench, table, old, new in (
        ("changed_sales", sale_facts, facts.OLD_SALES, facts.NEW_SALES),
        ("changed_notes", note_facts, facts.OLD_NOTES, facts.NEW_NOTES),
    ):
        session.execute(text(f"INSERT INTO {workbench} {old}"))
        session.execute(text(f"INSERT INTO {workbench} {new}"))
        if analyze:
            session.execute(text(f"ANALYZE {workbench}"))
        columns = ", ".join(column.name for column in table.c)
        session.execute(
            text(f"DELETE FROM {table.name} WHERE sale_id IN (SELECT sale_id FROM stale_now)")
        )
        session.execute(
            text(f"INSERT INTO {table.name} SELECT {columns} FROM {workbench} WHERE sign = 1")
        )


def _advance(session: Session, closed_until: date, today: date) -> None:
    """Fill the cubes that grow with the calendar for the days since they were closed."""
    days = {"first": closed_until + timedelta(days=1), "last": today}
    for cube in changes.CALENDAR:
        session.execute(text(f"WITH {changes.ALL_OPEN} {cube.upsert}"), days)
    session.execute(text("UPDATE summary_state SET closed_until = :last"), days)
