"""Many marked sales are folded slice by slice, and none is lost, whoever ends when (R16–R22)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio import stock
from credigestor.reports.unfolded import unfolded
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests.db.test_summaries import contents, marks, problems
from tests.marking import sell
from tests.portfolio import TODAY, pay, random_portfolio, refresh

pytestmark = pytest.mark.usefixtures("db")

LONG_AGO = TODAY - timedelta(days=95)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader folds three sales in, a slice begins with two."""
    monkeypatch.setattr(summaries, "READERS_SALES", 3)
    monkeypatch.setattr(summaries, "_FIRST", 2)


def portfolio(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed, sold=12)


def mark_all() -> None:
    with transaction() as session:
        session.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))


def read() -> bool:
    """What a visitor's request does first; whether it did."""
    with transaction() as session:
        return summaries.try_refresh(session, today=TODAY, patience=0)


def receivable() -> int:
    with snapshot() as session:
        [now] = stock.stocks(session, [TODAY])
    return int(now.receivable)


def rebuilt() -> dict[str, set[str]]:
    with transaction() as session:
        summaries.rebuild(session, today=TODAY)
    return contents()


@pytest.mark.parametrize(("seed", "most"), [(31, 1), (32, 3), (33, 5)])
def test_all_slices_together_are_the_slow_recount(admin: Actor, seed: int, most: int) -> None:
    portfolio(admin, seed)
    refresh(LONG_AGO)  # the calendar is behind too
    mark_all()
    sizes = []

    def note(folded: int) -> bool:
        sizes.append(folded)
        return True

    assert summaries.fold(transaction, today=TODAY, go_on=note, most=most) == 12
    assert len([size for size in sizes if size < 12]) >= 12 // most - 1
    assert problems() == []
    kept = contents()
    assert rebuilt() == kept


def test_each_slice_is_committed_and_sound_by_itself(admin: Actor) -> None:
    portfolio(admin, 34)
    left = []

    def note(_: int) -> bool:
        left.append(marked())
        assert problems() == []
        return True

    summaries.fold(transaction, today=TODAY, go_on=note, most=4)
    assert left == sorted(left, reverse=True)
    assert len(set(left)) >= 3
    assert left[-1] == 0


def marked() -> int:
    with snapshot() as session:
        return session.scalar(text("SELECT count(DISTINCT sale_id) FROM stale_sales")) or 0


def test_a_long_calendar_goes_on_in_slices_of_days(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    portfolio(admin, 35)
    refresh(LONG_AGO)
    monkeypatch.setattr(summaries, "_NOTE_DAYS", 1)  # a day of all notes is the least
    days = []

    def note(_: int) -> bool:
        with snapshot() as session:
            days.append(session.scalar(text("SELECT closed_until FROM summary_state")))
        return True

    assert summaries.fold(transaction, today=TODAY, go_on=note) == 0
    assert days == [LONG_AGO + timedelta(days=n) for n in range(1, 96)]
    kept = contents()
    assert rebuilt() == kept


def test_a_reader_folds_a_few_sales_at_once(admin: Actor) -> None:
    made = sell(8)
    summaries.fold(transaction, today=TODAY)
    for each in made[:3]:
        with transaction() as session:
            pay(session, admin, each.notes[0], "100.00", date(2026, 2, 5))
    assert read()
    assert (marks(), receivable()) == (0, 500)


def test_a_reader_leaves_many_sales_and_says_since_when(admin: Actor) -> None:
    made = sell(2)
    assert read()
    sell(4)
    with transaction() as session:
        session.execute(text("UPDATE stale_sales SET marked_at = '2026-11-23 17:32+00'"))
        pay(session, admin, made[0].notes[0], "100.00", date(2026, 2, 5))
    assert not read()
    assert receivable() == 200  # as it was: not the new ones, and not the payment
    with snapshot() as session:
        found = unfolded(session, more_than=3)
        assert unfolded(session, more_than=5) is None
    assert found is not None
    assert (found.sales, f"{found.since:%d/%m %H:%M}") == (5, "23/11 17:32")
    assert summaries.fold(transaction, today=TODAY) == 5
    assert read()
    assert receivable() == 500
    with snapshot() as session:
        assert unfolded(session) is None


def test_a_reader_takes_no_more_than_a_few_where_many_come_meanwhile(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(5)
    monkeypatch.setattr(summaries, "much_is_marked", lambda _: False)  # as it was a moment ago
    read()
    assert marked() == 2


def test_a_reader_leaves_a_long_calendar_and_its_figures_are_right_nevertheless(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(1)
    refresh(LONG_AGO)
    monkeypatch.setattr(summaries, "READERS_NOTE_DAYS", 10)
    assert read()
    with snapshot() as session:
        assert session.scalar(text("SELECT closed_until FROM summary_state")) < TODAY
        before = stock.charges(session, TODAY, today=TODAY)
        assert summaries.lags(session, today=TODAY)
    summaries.fold(transaction, today=TODAY)
    with snapshot() as session:
        assert stock.charges(session, TODAY, today=TODAY) == before
        assert not summaries.lags(session, today=TODAY)


def test_a_payment_between_two_slices_is_in_the_figures_at_their_end(admin: Actor) -> None:
    made = sell(6)
    paid = iter(made)  # the first of them is folded in already, the last ones are not

    def someone_pays(_: int) -> bool:
        each = next(paid, None)
        if each is not None:
            with transaction() as session:
                pay(session, admin, each.notes[0], "100.00", date(2026, 2, 5))
        return True

    summaries.fold(transaction, today=TODAY, go_on=someone_pays, most=1)
    assert receivable() == 0
    assert problems() == []


def test_a_payment_amid_a_slice_waits_for_nobody_and_stays_marked(admin: Actor) -> None:
    made = sell(2)
    with transaction() as slice_:
        assert summaries._slice(slice_, TODAY, 2) == 2
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            pay(session, admin, made[0].notes[0], "100.00", date(2026, 2, 5))
    assert receivable() == 200
    assert read()
    assert receivable() == 100


def test_a_slice_that_fails_leaves_the_others_and_its_own_marks(admin: Actor) -> None:
    sell(6)
    begun = 0

    @contextmanager
    def begin() -> Iterator[Session]:
        nonlocal begun
        begun += 1
        with transaction() as session:
            yield session
            if begun == 3:
                raise ConnectionError("gone, just before the commit")

    with pytest.raises(ConnectionError):
        summaries.fold(begin, today=TODAY, most=2)
    assert (marked(), receivable()) == (2, 400)
    assert problems() == []
    assert summaries.fold(transaction, today=TODAY) == 2
    assert (receivable(), problems()) == (600, [])


_DIES = """
import os, signal
from datetime import date
from credigestor.db.engine import transaction
from credigestor.services import summaries

renew, slices = summaries._renew_facts, 0

def die(session):
    global slices
    renew(session)
    slices += 1
    if slices == 3:
        os.kill(os.getpid(), signal.SIGKILL)

summaries._renew_facts = die
summaries._FIRST = 2
summaries.fold(transaction, today=date.fromisoformat("{today}"), most=2)
"""


def test_a_process_that_is_killed_amid_a_slice_loses_nothing(admin: Actor) -> None:
    portfolio(admin, 36)
    mark_all()
    killed = subprocess.run([sys.executable, "-c", _DIES.format(today=TODAY)], check=False)
    assert killed.returncode == -9
    assert marked() == 8
    assert problems() == []
    assert summaries.fold(transaction, today=TODAY) == 8
    kept = contents()
    assert (rebuilt(), problems()) == (kept, [])


def test_two_that_fold_at_once_fold_each_sale_once(admin: Actor) -> None:
    portfolio(admin, 37)
    start = Barrier(2)

    def run() -> int:
        start.wait(10)
        return summaries.fold(transaction, today=TODAY, most=1)

    with ThreadPoolExecutor(2) as pool:
        found = [pool.submit(run) for _ in range(2)]
        assert sum(each.result(timeout=60) for each in found) == 12
    assert problems() == []
    kept = contents()
    assert rebuilt() == kept


@pytest.mark.parametrize(
    ("size", "seconds", "most", "fits"),
    [
        (100, 2.0, 5000, 50),
        (100, 0.8, 5000, 125),
        (100, 0.001, 5000, 200),  # no more than twice
        (100, 0.0, 5000, 200),
        (4000, 0.1, 5000, 5000),
        (100, 60.0, 5000, 10),  # but so many, or it would not come to an end
        (3, 60.0, 3, 3),
    ],
)
def test_a_slice_is_as_large_as_a_second_is_enough_for(
    size: int, seconds: float, most: int, fits: int
) -> None:
    assert summaries.fitting(size, seconds, most) == fits
