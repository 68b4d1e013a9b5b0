"""A database that went away: started again by whom it refuses, and what is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from credigestor.db import outages
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Payment
from credigestor.errors import DatabaseAway, DiskFull, Unavailable
from credigestor.postgres import launcher, postmaster
from credigestor.rules.permissions import Actor, Role
from tests.factories import actor_of, add_user
from tests.killing import commit_unanswered, embedded_shop, kill_server, may_start_again
from tests.postgres.servers import wait_for
from tests.services.paying import JANUARY, new_payment, receive, sell
from tests.services.selling import at_once, count


@pytest.fixture(scope="module")
def shop() -> Iterator[Path]:
    with embedded_shop() as data_dir:
        yield data_dir


@pytest.fixture
def seller(shop: Path) -> Actor:
    may_start_again()
    return actor_of(add_user(Role.MANAGER))


def answers() -> bool:
    try:
        with snapshot() as session:
            return session.scalar(text("SELECT 1")) == 1
    except DatabaseAway:
        return False


def test_the_refused_start_the_embedded_server_again_and_one_of_many_does(
    shop: Path, seller: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, start = [], Event(), launcher.start

    def slow(folder: Path) -> str:
        begun.append(folder)
        go_on.wait(10)
        return start(folder)

    monkeypatch.setattr(launcher, "start", slow)
    assert answers()
    kill_server(shop)
    refused = at_once([add_user] * 20)
    assert all(isinstance(error, DatabaseAway) for error in refused)
    assert {error.message for error in refused} == {
        "O banco de dados está voltando. Nada foi gravado; tente de novo em instantes."
    }
    assert begun == [shop.absolute()]
    go_on.set()
    wait_for(answers)
    assert len(begun) == 1


def test_a_start_that_failed_is_tried_again_after_a_pause(
    shop: Path, seller: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, start = [], launcher.start

    def failing(folder: Path) -> str:
        begun.append(folder)
        if len(begun) == 1:
            raise launcher.EmbeddedError("o disco está cheio")
        return start(folder)

    monkeypatch.setattr(launcher, "start", failing)
    kill_server(shop)
    assert not answers()
    wait_for(lambda: 0 < outages._not_before < float("inf"))
    assert not answers()
    assert len(begun) == 1
    may_start_again()
    assert not answers()
    wait_for(answers)
    assert len(begun) == 2


def test_a_server_of_somebody_else_is_not_started_and_used_again_when_it_is_back(
    shop: Path, seller: Actor, configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = launcher.start
    configured(DATABASE_URL=start(shop))
    kill_server(shop)
    monkeypatch.setattr(launcher, "start", pytest.fail)
    engine = get_engine()
    assert not answers()
    may_start_again()
    assert not answers()
    start(shop)
    assert answers()
    assert get_engine() is engine


def test_killed_amid_a_transaction_nothing_is_recorded_and_that_is_said(
    shop: Path, seller: Actor
) -> None:
    new = new_payment(JANUARY, (sell().notes[0], "300.00"))
    before = count(Payment)

    def cut_off() -> None:
        with transaction() as session:
            session.execute(text("SELECT 1"))
            kill_server(shop)
            session.execute(text("SELECT 1"))

    with pytest.raises(DatabaseAway, match="Nada foi gravado") as caught:
        cut_off()
    assert not caught.value.unknown
    assert not answers()
    wait_for(answers)
    receive(seller, new)
    assert count(Payment) == before + 1


def test_a_commit_whose_answer_was_lost_is_told_as_unknown_and_repeated_finds_what_it_did(
    shop: Path, seller: Actor
) -> None:
    new = new_payment(JANUARY, (sell().notes[0], "300.00"))
    before = count(Payment)
    with commit_unanswered(shop), pytest.raises(DatabaseAway, match="Não se sabe") as caught:
        receive(seller, new)
    assert caught.value.unknown
    assert "voltando" in caught.value.message
    assert not answers()
    wait_for(answers)
    assert count(Payment) == before + 1
    receive(seller, new)
    assert count(Payment) == before + 1


def test_a_full_disk_is_named_and_other_errors_are_left_alone() -> None:
    full = psycopg.errors.DiskFull("could not extend file: No space left on device")
    assert isinstance(outages.named(full), DiskFull)
    assert isinstance(outages.named(OperationalError("INSERT", {}, full)), DiskFull)
    wrong = ProgrammingError("SELECT", {}, psycopg.errors.UndefinedTable("no such table"))
    assert outages.named(wrong) is wrong
    waiting = OperationalError("SELECT", {}, psycopg.errors.LockNotAvailable("lock timeout"))
    assert outages.named(waiting) is waiting


def test_where_the_disk_is_full_the_person_is_told_so(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outages.coming_back() == "O banco de dados está voltando."
    monkeypatch.setattr(postmaster, "ROOM", 2**60)
    assert outages.coming_back().startswith("O disco está cheio")


def test_a_server_that_only_reads_refuses_to_record_in_a_sentence(seller: Actor) -> None:
    def write() -> None:
        with transaction() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(text("CREATE TABLE thing ()"))

    with pytest.raises(Unavailable, match="só permite leitura"):
        write()


def test_a_server_that_only_reads_is_left_for_another_and_a_snapshot_that_does_is_not(
    seller: Actor,
) -> None:
    """Behind an address of several, the next connection is the new primary's."""
    server, writing = text("SELECT pg_backend_pid()"), text("CREATE TABLE thing ()")

    def first_of_the_pool() -> int | None:
        with transaction() as session:
            return session.scalar(server)

    def write_where_only_reading_is_allowed() -> None:
        with transaction() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            session.execute(writing)

    before = first_of_the_pool()
    with pytest.raises(Unavailable), snapshot() as session:
        session.execute(writing)
    assert first_of_the_pool() == before
    with pytest.raises(Unavailable):
        write_where_only_reading_is_allowed()
    assert first_of_the_pool() != before
