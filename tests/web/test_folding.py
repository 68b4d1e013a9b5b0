"""Who folds what is left: a thread of the app, one process at a time."""

from __future__ import annotations

import threading
from datetime import date
from threading import Event

import pytest
from sqlalchemy import text

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import DatabaseAway
from credigestor.services import summaries
from credigestor.web import folding, startup
from tests.lifespans import threads_of
from tests.portfolio import TODAY, add_customer, add_sale
from tests.postgres.servers import wait_for

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader folds three sales in, a slice has two."""
    monkeypatch.setattr(summaries, "READERS_SALES", 3)
    monkeypatch.setattr(summaries, "_FIRST", 2)
    monkeypatch.setattr(folding, "LOOK", 0.01)


def sell(count: int) -> None:
    with transaction() as session:
        customer = add_customer(session)
        for _ in range(count):
            add_sale(session, customer, date(2026, 1, 5), [("100.00", date(2026, 2, 5))])


def marked() -> int:
    with snapshot() as session:
        return session.scalar(text("SELECT count(DISTINCT sale_id) FROM stale_sales")) or 0


def test_many_marked_sales_are_folded_in_and_few_are_left_to_who_reads() -> None:
    sell(3)
    assert folding.look() == 0
    assert marked() == 3
    sell(1)
    assert folding.look() == 4
    assert marked() == 0


def test_a_new_day_is_added_before_anybody_reads() -> None:
    sell(1)
    with transaction() as session:
        summaries.refresh(session, today=date(2026, 11, 20))
    folding.look()
    with snapshot() as session:
        assert session.scalar(text("SELECT closed_until FROM summary_state")) == TODAY


def test_only_one_process_is_at_work() -> None:
    sell(5)
    with locks.alone("folding") as alone:
        assert alone
        assert folding.look() == 0
    assert marked() == 5
    assert folding.look() == 5


def test_who_is_told_to_stop_ends_after_a_slice_and_the_next_one_goes_on() -> None:
    sell(7)
    assert folding.look(lambda: False) == 2
    assert marked() == 5
    with locks.alone("folding") as alone:
        assert alone
    assert folding.look() == 5


def test_the_thread_folds_and_ends() -> None:
    sell(7)
    with startup.folds():
        wait_for(lambda: marked() == 0)
    assert not [each for each in threading.enumerate() if each.name == "folding"]


def test_an_outage_is_told_once_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, looks = Event(), []

    def away(_: object) -> int:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise DatabaseAway("sem banco") from ConnectionError("no server")

    monkeypatch.setattr(folding, "look", away)
    monkeypatch.setattr(folding, "_AFTER_FAILURE", 0.01)
    folding.run_forever(stop)
    assert len(looks) == 3
    assert caplog.text.count("Folding waits for the database") == 1


@pytest.mark.parametrize("beside_the_pages", [True, False])
def test_the_app_has_the_thread_and_so_has_the_api_in_a_process_of_its_own(
    beside_the_pages: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert threads_of("folding", beside_the_pages, monkeypatch) == ([True], [])
