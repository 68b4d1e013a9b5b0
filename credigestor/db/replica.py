"""A standby's answers: for what is long and no decision rests on (exports, checks, analytics).

It is read once it has replayed all that the primary had when somebody asked, so it never answers
with less than the primary would. Where it has not within a second, or cannot be used, the primary
is read. Without DATABASE_READ_URL all of it is the primary's snapshot and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from credigestor.db import engine
from credigestor.errors import BusinessError, Unavailable

log = logging.getLogger("credigestor")

R = TypeVar("R")

#: Seconds that the replica has for it all, to be connected to and to answer; and to replay, in
#: less, since a late answer tells more than none.
PATIENCE, _REPLAY = 1.0, 0.8
#: Seconds for which it is let alone where it was not fit; then one reader asks, and hardly waits.
PAUSE, _BRIEFLY = 5.0, 0.1
#: Seconds without a look after which nobody knows whether it lagged all the time.
_UNSEEN = 60.0
_LOOK_AGAIN = 0.005

#: What tells one database of one cluster from others. A standby says the timeline of its last
#: checkpoint: after a failover it is let alone until it has made one, and for good where it went
#: on with the former primary.
_SHOP = "current_database(), (pg_control_system()).system_identifier"
#: What is committed is written by then, but for who does not wait for that.
_PRIMARY = text(
    f"SELECT {_SHOP}, left(pg_walfile_name(pg_current_wal_lsn()), 8), clock_timestamp(),"
    " CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()"
    " ELSE pg_current_wal_lsn() END::text"
)
_STANDBY = text(
    f"SELECT {_SHOP},"
    " lpad(upper(to_hex((pg_control_checkpoint()).timeline_id)), 8, '0'),"
    " pg_is_in_recovery(), pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)"
)


class _Unfit(Exception):
    """The server cannot be read in the primary's place: it is none of its standbys."""


class _Behind(Exception):
    """The standby has not replayed all yet."""


@dataclass(frozen=True)
class _Now:
    """The primary's database, its clock, and how far its journal is."""

    shop: tuple[Any, ...]
    at: datetime
    position: str


@dataclass(frozen=True)
class Lag:
    """Since when, by the primary's clock, the replica lacks something; and for how many seconds."""

    since: datetime
    seconds: float


class _Standing:
    """What this process has last found of the replica; said in the log once it changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._why: str | None = None
        self._not_before = self._found = 0.0
        self._behind: tuple[datetime, float] | None = None

    def patience(self) -> float | None:
        """Seconds that whoever asks now waits for the replay; None for who does not ask."""
        with self._lock:
            if self._why is None:
                return _REPLAY
            if monotonic() < self._not_before:
                return None
            self._not_before = monotonic() + PAUSE  # the others go on meanwhile
            return _BRIEFLY

    def is_fit(self) -> None:
        with self._lock:
            again, self._why, self._behind = self._why is not None, None, None
        if again:
            log.info("The replica is read again.")

    def is_not(self, why: Exception, *, behind_at: datetime | None = None) -> None:
        reason = f"{type(why).__name__}: {why}".splitlines()[0]
        with self._lock:
            told, self._why = self._why, reason
            unseen, self._found = monotonic() - self._found, monotonic()
            self._not_before = self._found + PAUSE
            if behind_at is None:
                self._behind = None
            elif self._behind is None or unseen > _UNSEEN:
                self._behind = (behind_at, self._found)
        if told is None:
            log.warning("The primary is read in the place of the replica: %s", reason)

    def lag(self) -> Lag | None:
        with self._lock:
            return Lag(self._behind[0], monotonic() - self._behind[1]) if self._behind else None


@lru_cache(maxsize=1)
def _standing(_: Engine) -> _Standing:
    return _Standing()


def read(report: Callable[[Session], R]) -> R:
    """What a report tells of all that is committed by now, read from the replica where it can be.

    It is asked again of the primary where the replica goes away, or cuts it off, amid it.
    """
    taken = _take()
    if taken is not None:
        connection, standing = taken
        try:
            with engine.snapshot_on(lambda: connection) as session:
                return report(session)
        except Unavailable as error:
            standing.is_not(error.__cause__ or error)  # type: ignore[arg-type]
    with engine.snapshot() as session:
        return report(session)


@contextmanager
def snapshot() -> Iterator[Session]:
    """A snapshot as `read` takes it, for what cannot be done again: a file on its way, a check."""
    taken = _take()
    with engine.snapshot_on(lambda: taken[0]) if taken else engine.snapshot() as session:
        yield session


def exists() -> bool:
    """Whether one is configured."""
    return engine.get_read_engine() is not None


def behind() -> Lag | None:
    """By how much the replica lags, if it did when last asked and does still; else None."""
    replica = engine.get_read_engine()
    if replica is None or _standing(replica).lag() is None:
        return None
    taken = _take()
    if taken:
        taken[0].close()
    return _standing(replica).lag()


def _take() -> tuple[Connection, _Standing] | None:
    """A connection to the replica, which has all that the primary has; None to read the primary.

    Raises what says that the primary is away.
    """
    replica = engine.get_read_engine()
    if replica is None:
        return None
    standing = _standing(replica)
    patience = standing.patience()
    if patience is None:
        return None
    try:
        now = _position()
    except DBAPIError as error:
        standing.is_not(error)
        return None
    try:
        connection = _within(PATIENCE, partial(_caught_up, replica, now, patience))
    except (_Behind, TimeoutError) as error:
        standing.is_not(error, behind_at=now.at)
    except (SQLAlchemyError, psycopg.Error, BusinessError, _Unfit) as error:
        standing.is_not(error)
    else:
        standing.is_fit()
        return connection, standing
    return None


def _position() -> _Now:
    with engine.single_statements() as session:
        *shop, at, position = session.execute(_PRIMARY).one()
    return _Now(tuple(shop), at, position)


def _caught_up(replica: Engine, now: _Now, patience: float) -> Connection:
    """A connection whose next snapshot has all of `now`; raises _Behind, _Unfit."""
    until = monotonic() + patience
    # A standby refuses what SQLAlchemy says of a connection that was one to read by: READ WRITE.
    connection = replica.connect().execution_options(postgresql_readonly=True)
    try:
        while True:
            *shop, follows, has_all = connection.execute(_STANDBY, {"position": now.position}).one()
            connection.rollback()  # a snapshot is older than what is said in it
            if not follows or tuple(shop) != now.shop:
                raise _Unfit("it is no standby of the server and database of DATABASE_URL")
            if has_all:
                return connection
            if monotonic() >= until:
                raise _Behind("it has not replayed all that the primary has")
            sleep(_LOOK_AGAIN)
    except BaseException:
        connection.close()
        raise


def _within(seconds: float, connect: Callable[[], Connection]) -> Connection:
    """What `connect` gives; raises TimeoutError where the server says nothing for so long.

    In a thread, since a machine that is frozen or gone answers nobody who waits for its socket.
    """
    found: Future[Connection] = Future()

    def run() -> None:
        try:
            found.set_result(connect())
        except BaseException as error:
            found.set_exception(error)

    Thread(target=run, name="replica", daemon=True).start()
    try:
        return found.result(seconds)
    except TimeoutError as error:
        found.add_done_callback(_give_back)
        raise TimeoutError("it does not answer") from error


def _give_back(late: Future[Connection]) -> None:
    if late.exception() is None:
        late.result().close()
