"""The replica is read where it has all that the primary has, within a second, and else never."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.orm import Session

from credigestor.db import replica
from credigestor.db.engine import get_engine, transaction
from credigestor.errors import DatabaseAway
from credigestor.rules.permissions import Actor
from tests.pgbouncer import pgbouncer
from tests.pooler import pooler
from tests.portfolio import add_customer
from tests.postgres.servers import wait_for
from tests.services.paying import JANUARY, pay, sell
from tests.standby import Standby, standby_of
from tests.superuser import as_superuser

pytestmark = pytest.mark.usefixtures("db")

#: A second, and what a crowded machine may add to it.
SECOND = replica.PATIENCE + 1.0


def is_standby(session: Session) -> bool:
    return bool(session.scalar(text("SELECT pg_is_in_recovery()")))


def names(session: Session) -> set[str]:
    return set(session.scalars(text("SELECT name FROM customers")))


def seconds(act: Callable[[], object]) -> float:
    started = monotonic()
    act()
    return monotonic() - started


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of the replica."""
    return [each.getMessage() for each in caplog.records if "replica" in each.getMessage()]


@contextmanager
def statements() -> Iterator[list[str]]:
    """All that the primary is told in the block."""
    said: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    yield said
    event.remove(get_engine(), "before_cursor_execute", note)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica that was not fit is asked again at every read."""
    monkeypatch.setattr(replica, "PAUSE", 0.0)


def test_without_a_replica_not_a_statement_more_is_said() -> None:
    with statements() as said:
        assert replica.read(is_standby) is False
        with replica.snapshot() as session:
            assert not is_standby(session)
        assert replica.behind() is None
    assert said == ["SELECT pg_is_in_recovery()"] * 2


@pytest.mark.usefixtures("followed", "patient")
def test_the_replica_answers_and_the_primary_is_only_asked_how_far_it_is() -> None:
    with statements() as said:
        assert replica.read(is_standby)
        with replica.snapshot() as session:
            assert is_standby(session)
    assert len(said) == 2
    assert all("pg_current_wal_lsn" in each for each in said)


@pytest.mark.usefixtures("followed", "patient")
def test_what_was_just_written_is_there_every_time(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(60):
        with transaction() as session:
            add_customer(session, f"Cliente {number}")
        found, there = replica.read(lambda session: (names(session), is_standby(session)))
        assert f"Cliente {number}" in found
        assert there
    assert told(caplog) == []


@pytest.mark.usefixtures("followed", "patient")
def test_a_commit_that_does_not_wait_for_the_disk_is_there_too(db: str) -> None:
    name = make_url(db).database
    with as_superuser(db) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        get_engine().dispose()
        try:
            for number in range(5):
                with transaction() as session:
                    add_customer(session, f"Cliente {number}")
                assert f"Cliente {number}" in replica.read(names)
        finally:
            connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
            get_engine().dispose()


def test_while_the_replay_stands_the_primary_answers_within_a_second_and_then_at_once(
    followed: Standby, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    sale = sell()
    assert replica.read(is_standby)
    followed.replay(False)
    try:
        with transaction() as session:
            add_customer(session, "Zilda")
        assert seconds(lambda: replica.read(names)) < SECOND
        assert "Zilda" in replica.read(names)
        pay(admin, JANUARY, (sale.notes[0], "10.00"))
        assert seconds(lambda: replica.read(names)) < 0.7  # which is less than the replay has
        lag = replica.behind()
        assert lag is not None
        assert 0 <= lag.seconds < 60
        [sentence] = told(caplog)
        assert "it has not replayed all that the primary has" in sentence
    finally:
        followed.replay(True)


@pytest.mark.usefixtures("at_once")
def test_a_replica_that_caught_up_is_read_again_and_no_lag_is_left(
    followed: Standby, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "credigestor")
    followed.replay(False)
    try:
        with transaction() as session:
            add_customer(session)
        assert not replica.read(is_standby)
        since = replica.behind()
        assert since is not None
        again = replica.behind()
        assert again is not None
        assert again.since == since.since
    finally:
        followed.replay(True)
    wait_for(lambda: replica.behind() is None)
    assert replica.read(is_standby)
    assert [each.split(":")[0] for each in told(caplog)] == [
        "The primary is read in the place of the replica",
        "The replica is read again.",
    ]


def test_a_lag_that_nobody_looked_at_for_a_minute_is_told_from_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = 1000.0
    monkeypatch.setattr(replica, "monotonic", lambda: moment)
    standing, noon = replica._Standing(), datetime(2026, 11, 23, 12, tzinfo=UTC)
    told = []
    for seconds_on, hours_on in ((0, 0), (50, 1), (50, 2), (61, 3)):
        moment += seconds_on
        standing.is_not(TimeoutError(), behind_at=noon + timedelta(hours=hours_on))
        lag = standing.lag()
        assert lag is not None
        told.append((lag.since.hour, lag.seconds))
    assert told == [(12, 0.0), (12, 50.0), (12, 100.0), (15, 0.0)]
    standing.is_fit()
    assert standing.lag() is None


def test_a_frozen_replica_keeps_nobody_for_more_than_a_second(
    followed: Standby, caplog: pytest.LogCaptureFixture
) -> None:
    assert replica.read(is_standby)
    with followed.frozen():
        assert seconds(lambda: replica.read(is_standby)) < SECOND
        assert seconds(lambda: replica.read(is_standby)) < 0.7
    [sentence] = told(caplog)
    assert "it does not answer" in sentence
    assert replica.behind() is not None


@pytest.mark.usefixtures("at_once")
def test_a_replica_that_ends_amid_a_report_leaves_it_to_the_primary(
    followed: Standby, caplog: pytest.LogCaptureFixture
) -> None:
    asked: list[bool] = []

    def report(session: Session) -> bool:
        asked.append(is_standby(session))
        if asked[-1]:
            followed.stop()
        return is_standby(session)

    try:
        assert replica.read(report) is False
        assert asked == [True, False]
        assert seconds(lambda: replica.read(is_standby)) < SECOND
        with replica.snapshot() as session:
            assert not is_standby(session)
        assert len(told(caplog)) == 1
    finally:
        followed.start()
    assert replica.read(is_standby)


@pytest.mark.parametrize("where", ["the primary", "another database", "nobody"])
def test_what_is_no_replica_of_the_shop_is_not_read_and_told_of_once(
    where: str,
    db: str,
    standby: Standby,
    reading: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = {
        "the primary": db,
        "another database": str(make_url(standby.url).set(database="postgres")),
        "nobody": "postgresql://loja@127.0.0.1:1/loja",
    }[where]
    reading(at)
    for _ in range(3):
        assert not replica.read(is_standby)
    assert len(told(caplog)) == 1


@pytest.mark.usefixtures("patient")
def test_a_standby_of_the_former_primary_is_not_read_however_far_it_is(
    db: str,
    followed: Standby,
    configured: Callable[..., None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with standby_of(Path(os.environ["CREDIGESTOR_DATA_DIR"])) as promoted:
        with as_superuser(promoted.url) as connection:
            connection.execute("SELECT pg_promote()")
        with as_superuser(db) as connection:
            connection.execute("SELECT pg_switch_wal()")
        with transaction() as session:  # the former primary goes on, past the promoted one
            add_customer(session, "Zilda")
        assert "Zilda" in replica.read(names)
        get_engine().dispose()
        get_engine.cache_clear()
        configured(DATABASE_URL=promoted.url, DATABASE_READ_URL=followed.url)
        try:
            assert "Zilda" not in replica.read(names)
        finally:
            get_engine().dispose()
            get_engine.cache_clear()
    [sentence] = told(caplog)
    assert "it is no standby of the server and database of DATABASE_URL" in sentence


def test_a_primary_that_is_away_is_said_to_be_away(
    followed: Standby, configured: Callable[..., None]
) -> None:
    get_engine().dispose()
    get_engine.cache_clear()
    configured(DATABASE_URL="postgresql://loja@127.0.0.1:1/loja", DATABASE_READ_URL=followed.url)
    try:
        with pytest.raises(DatabaseAway):
            replica.read(is_standby)
    finally:
        get_engine.cache_clear()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("by", ["a connection as it is", "PgBouncer"])
def test_the_primary_may_stand_behind_a_pooler(
    by: str, db: str, followed: Standby, configured: Callable[..., None]
) -> None:
    with pgbouncer(db, connections=3) if by == "PgBouncer" else nullcontext(db) as through:
        get_engine().dispose()
        get_engine.cache_clear()
        configured(
            DATABASE_URL=through,
            DATABASE_DIRECT_URL=db,
            DATABASE_POOLER="transaction",
            DATABASE_READ_URL=followed.url,
        )
        try:
            with transaction() as session:
                add_customer(session, "Zilda")
            assert "Zilda" in replica.read(names)
            assert replica.read(is_standby)
        finally:
            get_engine().dispose()
            get_engine.cache_clear()


def test_a_replica_behind_a_pooler_that_drops_the_options_is_not_read(
    standby: Standby, reading: Callable[[str], None], caplog: pytest.LogCaptureFixture
) -> None:
    with pooler(standby.url) as through:
        reading(through)
        assert not replica.read(is_standby)
        [sentence] = told(caplog)
        assert "Misplaced" in sentence
