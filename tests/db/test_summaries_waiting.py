"""Refreshes at once: an import waits for its turn, a reader only a moment (R16–R22)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from time import monotonic

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import stock
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from credigestor.ui.kit import data
from tests.portfolio import TODAY, Made, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")

YESTERDAY = TODAY - timedelta(days=1)


def sell() -> Made:
    """One note of 300,00, 20 days late today: 2,00 of interest and 6,00 of fine."""
    with transaction() as session:
        customer = add_customer(session)
        return add_sale(session, customer, date(2026, 10, 1), [("300.00", date(2026, 11, 3))])


def refresh(today: date = TODAY) -> int:
    with transaction() as session:
        return summaries.refresh(session, today=today)


def receivable() -> str:
    with snapshot() as session:
        [now] = stock.stocks(session, [TODAY])
    return str(now.receivable)


def test_a_reader_waits_a_moment_and_then_reads_what_is_there(admin: Actor) -> None:
    sell()
    refresh()
    sell()
    with transaction() as importing:
        summaries.refresh(importing, today=TODAY)
        started = monotonic()
        with transaction() as reader:
            assert not summaries.try_refresh(reader, today=TODAY, patience=0.3)
        assert 0.3 <= monotonic() - started < 3
        assert receivable() == "300.00"
    with transaction() as reader:
        assert summaries.try_refresh(reader, today=TODAY, patience=0)
    assert receivable() == "600.00"


def test_a_reader_goes_on_as_soon_as_the_other_refresh_is_over(admin: Actor) -> None:
    sell()
    with ThreadPoolExecutor(1) as pool:
        with transaction() as importing:
            summaries.refresh(importing, today=TODAY)
            waiting = pool.submit(read_within, 30)
        assert waiting.result(timeout=20)
    assert receivable() == "300.00"


def read_within(patience: float) -> bool:
    with transaction() as session:
        return summaries.try_refresh(session, today=TODAY, patience=patience)


def test_who_writes_waits_for_the_turn(admin: Actor) -> None:
    sell()
    refresh()
    made = sell()
    with ThreadPoolExecutor(1) as pool:
        with transaction() as first:
            summaries.refresh(first, today=TODAY)
            with transaction() as session:
                pay(session, admin, made.notes[0], "100.00", TODAY)
            waiting = pool.submit(refresh)
            wait_until_somebody_waits()
        assert waiting.result(timeout=20) == 1
    with snapshot() as session:
        assert list(check(session)) == []
    assert receivable() == "508.00"  # 100,00 less 8,00 of charges went to the principal


def wait_until_somebody_waits() -> None:
    give_up = monotonic() + 10
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    while monotonic() < give_up:
        with snapshot() as session:
            if session.scalar(waiting):
                return
    raise AssertionError("nobody waits for the refresh")


def test_days_that_no_refresh_has_come_to_have_their_charges_too(admin: Actor) -> None:
    sell()
    refresh(YESTERDAY)
    with snapshot() as session:
        owed = [stock.charges(session, day, today=TODAY) for day in (YESTERDAY, TODAY)]
    assert [(str(each.interest), str(each.fine)) for each in owed] == [
        ("1.90", "6.00"),
        ("2.00", "6.00"),
    ]


def test_a_page_waits_once_for_all_its_readers(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "PATIENCE", 0.5)
    monkeypatch.setattr(data, "_impatient_until", 0.0)
    sell()
    with transaction() as importing:
        summaries.refresh(importing, today=TODAY)
        started = monotonic()
        found = [
            data.portfolio(stock.stocks)([TODAY - timedelta(days=days)])[0].receivable
            for days in range(8)
        ]
        assert 0.5 <= monotonic() - started < 2.5
    assert found == [0] * 8


def test_two_refreshes_of_one_transaction_fold_each_change_in_once(admin: Actor) -> None:
    made = sell()
    with transaction() as session:
        assert summaries.refresh(session, today=TODAY) == 1
        pay(session, admin, made.notes[0], "100.00", TODAY)
        assert summaries.refresh(session, today=TODAY) == 1
    with snapshot() as session:
        assert list(check(session)) == []
    assert receivable() == "208.00"
