"""Keeping the summaries of the portfolio up with the ledger and the calendar.

One fold at a time takes marked sales' old facts out of the cubes and puts the new ones in. Readers
call `try_refresh` before they read, which folds a few sales; who marks many leaves them to `fold`,
slice by slice, each a transaction. Sellers do neither.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic, sleep

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor import metrics
from credigestor.db import locks, waiting
from credigestor.db.summaries import changes, customer_changes, facts
from credigestor.db.summaries.tables import SUMMARIES, note_facts, sale_facts

#: A reader folds in so many sales by itself, and adds so many notes' days to the calendar.
READERS_SALES, READERS_NOTE_DAYS = 100, 50_000
#: Of a fold in slices: the sales of the first one, and the least and most of any; the days of
#: notes that one adds to the calendar; and the seconds that one is meant to take.
_FIRST, _LEAST, _MOST = 50, 10, 5_000
_NOTE_DAYS = 200_000
_SECONDS = 1.0
#: From so many sales on, it pays to tell the planner how many there are.
_MANY = 500
_EVER = date(1, 1, 1)
#: Seconds between two looks at whether another refresh is over.
_LOOK_AGAIN = 0.05


@dataclass(frozen=True)
class _State:
    """Up to which day the calendar goes (None before the first fold), and whether sales wait."""

    closed_until: date | None
    stale: bool

    def is_up(self, today: date) -> bool:
        return not self.stale and self.closed_until is not None and self.closed_until >= today


def refresh(session: Session, *, today: date) -> int:
    """Bring the summaries up to the ledger and to `today` in this transaction; sales folded in.

    Costs one small query when there is nothing to do. Another fold is waited for.
    """
    if _state(session).is_up(today):
        return 0
    waiting.unhurried(session)
    locks.hold(session, "summaries")
    return _bring_up(session, today)


def try_refresh(session: Session, *, today: date, patience: float) -> bool:
    """As `refresh`, for who reads: does a little alone, and waits `patience` seconds for others.

    False where more sales are marked than a reader folds in, or another fold goes on for longer;
    nothing was done then, and the summaries are as they were. A long calendar is left too: days
    that it lacks are computed.
    """
    state = _state(session)
    if state.is_up(today):
        return True
    if state.stale and much_is_marked(session):
        return False
    give_up = monotonic() + patience
    while not locks.try_to_hold(session, "summaries"):
        if monotonic() >= give_up:
            return False
        sleep(_LOOK_AGAIN)
    _bring_up(session, today, most=READERS_SALES, note_days=READERS_NOTE_DAYS)
    return True


def much_is_marked(session: Session) -> bool:
    """Whether more sales are marked than a reader folds in by itself."""
    marked = session.scalar(text(facts.MARKED), {"enough": READERS_SALES + 1}) or 0
    return bool(marked > READERS_SALES)


def lags(session: Session, *, today: date) -> bool:
    """Whether there is something that readers leave to `fold`, or may: a new day."""
    state = _state(session)
    if state.closed_until is not None and state.closed_until < today:
        return True
    return state.stale and much_is_marked(session)


def fold(
    begin: Callable[[], AbstractContextManager[Session]],
    *,
    today: date,
    go_on: Callable[[int], bool] = lambda _: True,
    most: int = _MOST,
) -> int:
    """Bring the summaries up in slices, each in a transaction that `begin` gives; sales folded in.

    A slice is as large as the last one says that a second is enough for, at most `most` sales.
    Between two, readers and others who fold have their turn, and `go_on`, told of the sales so
    far, may say that it is enough. Whatever ends it, what is committed stays, and the rest
    remains marked.
    """
    folded, size, analyse_at = 0, min(_FIRST, most), _MANY
    while True:
        started = monotonic()
        with begin() as session:
            done = _slice(session, today, size)
        if done is None:
            break
        folded += done
        if done:
            size = fitting(size, monotonic() - started, most)
        if folded >= analyse_at:
            analyse_at = 4 * folded
            with begin() as session:
                _analyse(session)
        if not go_on(folded):
            return folded
    if folded >= _MANY:
        with begin() as session:
            _analyse(session)
    return folded


def fitting(size: int, seconds: float, most: int = _MOST) -> int:
    """How many sales the next slice should have after one of `size` took so long.

    At most twice as many: what made one quick need not be true of the next.
    """
    return max(min(_LEAST, most), min(most, 2 * size, int(size * _SECONDS / max(seconds, 0.001))))


def _slice(session: Session, today: date, size: int) -> int | None:
    """Fold in so many of the marked sales and, with none left, add days; None if all is done.

    The lock comes before any table: a restore's exchange takes them in this order too.
    """
    waiting.unhurried(session)
    locks.hold(session, "summaries")
    if _state(session).is_up(today):
        return None
    return _bring_up(session, today, most=size, note_days=_NOTE_DAYS, least_days=1)


def _state(session: Session) -> _State:
    return _State(
        *session.execute(
            text(
                "SELECT (SELECT closed_until FROM summary_state) AS closed_until,"
                " EXISTS (SELECT FROM stale_sales) AS stale"
            )
        ).one()
    )


@metrics.timed_fold
def _bring_up(
    session: Session,
    today: date,
    *,
    most: int | None = None,
    note_days: int | None = None,
    least_days: int = 0,
) -> int:
    """Fold in at most so many of the marked sales; with fewer than that the calendar goes on.

    It does by `least_days`, and by more as long as those are no more days of open notes.
    """
    waiting.unhurried(session)
    closed_until = session.scalar(text("SELECT closed_until FROM summary_state"))
    folded = _fold_in(session, closed_until or today, most)
    if closed_until is None:
        session.execute(
            text("INSERT INTO summary_state (closed_until) VALUES (:today)"), {"today": today}
        )
    elif closed_until < today and (most is None or folded < most):
        days = (today - closed_until).days
        if note_days is not None:
            days = min(days, max(least_days, note_days // _open_notes(session, closed_until)))
        if days:
            _advance(session, closed_until, closed_until + timedelta(days=days))
    return folded


def rebuild(session: Session, *, today: date) -> int:
    """Make the summaries anew from the whole ledger; sales folded in."""
    waiting.unhurried(session)
    locks.hold(session, "summaries")
    names = ", ".join(table.name for table in SUMMARIES)
    session.execute(text(f"TRUNCATE {names}, summary_state"))
    session.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))
    return refresh(session, today=today)


def _fold_in(session: Session, closed_until: date, most: int | None) -> int:
    for statement in facts.workbench():
        session.execute(text(statement))
    taken = session.execute(text(facts.TAKE_STALE), {"most": most})
    count: int = taken.rowcount  # type: ignore[attr-defined]
    if not count:
        return 0
    many = count > _MANY
    if many:
        session.execute(text("SET LOCAL work_mem = '256MB'"))
        session.execute(text("SET LOCAL jit = off"))
    # Of a table that it does not know the planner thinks thousands of rows, and reads all facts.
    session.execute(text("ANALYZE stale_now"))
    session.execute(text(facts.ADD_SEGMENTS))
    _renew_facts(session)
    for cube in changes.TIMELESS:
        session.execute(text(cube.upsert))
    for cube in changes.CALENDAR:
        session.execute(text(cube.upsert), {"first": _EVER, "last": closed_until})
    if many and most is None:
        session.execute(text("ANALYZE note_facts"))
    for statement in customer_changes.CUSTOMERS:
        session.execute(text(statement))
    if many and most is None:
        _analyse(session)
    return count


def _analyse(session: Session) -> None:
    """Tell the planner how large the summaries have become; autovacuum would, a minute later."""
    waiting.unhurried(session)
    session.execute(text(f"ANALYZE {', '.join(table.name for table in SUMMARIES)}"))


def _renew_facts(session: Session) -> None:
    """Put what the stale sales are now in place of what they were; keep both on the workbench."""
    for workbench, table, old, new in (
        ("changed_sales", sale_facts, facts.OLD_SALES, facts.NEW_SALES),
        ("changed_notes", note_facts, facts.OLD_NOTES, facts.NEW_NOTES),
    ):
        session.execute(text(f"INSERT INTO {workbench} {old}"))
        session.execute(text(f"INSERT INTO {workbench} {new}"))
        session.execute(text(f"ANALYZE {workbench}"))
        columns = ", ".join(column.name for column in table.c)
        session.execute(
            text(f"DELETE FROM {table.name} WHERE sale_id IN (SELECT sale_id FROM stale_now)")
        )
        session.execute(
            text(f"INSERT INTO {table.name} SELECT {columns} FROM {workbench} WHERE sign = 1")
        )


def _open_notes(session: Session, day: date) -> int:
    """How many rows of facts a day after this one adds to the calendar; at least 1."""
    still_open = text("SELECT count(*) FROM note_facts WHERE principal > 0 AND valid_to > :first")
    return session.scalar(still_open, {"first": day + timedelta(days=1)}) or 1


def _advance(session: Session, closed_until: date, last: date) -> None:
    """Fill the cubes that grow with the calendar for the days since they were closed."""
    days = {"first": closed_until + timedelta(days=1), "last": last}
    for cube in changes.CALENDAR:
        session.execute(text(f"WITH {changes.ALL_OPEN} {cube.upsert}"), days)
    session.execute(text("UPDATE summary_state SET closed_until = :last"), days)
