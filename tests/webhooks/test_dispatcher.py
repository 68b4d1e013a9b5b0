"""Who delivers: one process at a time, whatever becomes of it, of the others and the database."""

from __future__ import annotations

import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event as Signal
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import DatabaseAway
from credigestor.reports import webhooks as reports
from credigestor.rules.webhooks import Event
from credigestor.webhooks.sending import Outcome
from tests.lifespans import threads_of
from tests.postgres.servers import wait_for
from tests.webhooks.receiving import (
    SHORT,
    Clock,
    Got,
    Receiver,
    add_event,
    dispatcher,
    endpoint,
    events,
    hanging,
    receiver,
)

pytestmark = pytest.mark.usefixtures("db")

_LOOK = """
from credigestor.webhooks.dispatcher import Dispatcher
from tests.webhooks.receiving import Clock
Dispatcher(now=Clock(), private=True).look()
"""
ANA, BIA = 1, 2
CREATED = Event.SALE_CREATED.value
_END_WHO_HOLDS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2"
    f" AND classid = {locks._KEYS['webhooks']}"
)


def test_no_transaction_is_open_while_it_is_sent(there: Receiver, clock: Clock) -> None:
    add_event(endpoint(there.url), ANA)
    open_ones = []

    def look(_: Got) -> int:
        with snapshot() as session:
            open_ones.append(
                session.scalar(
                    text(
                        "SELECT count(*) FROM pg_stat_activity WHERE xact_start IS NOT NULL"
                        " AND pid <> pg_backend_pid() AND application_name = 'credigestor'"
                    )
                )
            )
        return 200

    there.answer = look
    dispatcher(clock).look()
    assert open_ones == [0]


def test_two_at_once_tell_everything_once_and_in_order(there: Receiver, clock: Clock) -> None:
    of = endpoint(there.url)
    for number in range(40):
        add_event(of, number % 4)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(dispatcher(clock).look) for _ in range(2)]
        for each in both:
            each.result()
    dispatcher(clock).look()
    expected = {f"evt_{each.message_id.hex}": each.id for each in events()}
    came = [expected[got.id] for got in there.got]
    assert sorted(came) == sorted(expected.values())
    for customer in range(4):
        theirs = [expected[g.id] for g in there.got if g.json["data"]["customer_id"] == customer]
        assert theirs == sorted(theirs)


def test_while_one_is_at_work_the_other_does_nothing(there: Receiver, clock: Clock) -> None:
    add_event(endpoint(there.url), ANA)
    with locks.alone("webhooks") as alone:
        assert alone
        dispatcher(clock).look()
        assert there.got == []
    dispatcher(clock).look()
    assert len(there.got) == 1


def test_who_loses_the_lock_amid_deliveries_notes_them_and_begins_no_other(
    there: Receiver, clock: Clock
) -> None:
    of = endpoint(there.url)
    for customer in (ANA, BIA):
        add_event(of, customer)

    def lose_it(_: Got) -> int:
        if len(there.got) == 1:
            with transaction() as session:
                session.execute(_END_WHO_HOLDS)
        return 200

    def slowly(_: Got) -> int:
        Signal().wait(SHORT / 2)
        return 200

    there.answer = lose_it
    sender = dispatcher(clock)
    with receiver() as slow:
        slow.answer = slowly
        add_event(endpoint(slow.url), ANA)
        with pytest.raises(DatabaseAway):
            sender.look()
    assert [each.delivered_at is not None for each in events()] == [True, False, True]
    sender.look()
    assert there.told() == [(CREATED, ANA), (CREATED, BIA)]


def test_a_process_killed_amid_a_delivery_leaves_it_to_the_next_with_the_same_id(
    there: Receiver, clock: Clock
) -> None:
    add_event(endpoint(there.url), ANA)
    with hanging(there) as asked:
        killed = subprocess.Popen([sys.executable, "-c", _LOOK])
        try:
            assert asked.wait(30)
        finally:
            killed.kill()
            killed.wait()

    def told_again() -> bool:
        dispatcher(clock).look()
        return len(there.got) == 2

    wait_for(told_again)  # a moment later: the lock goes with its connection
    first, again = there.got
    assert (first.id, first.body) == (again.id, again.body)
    assert events()[0].delivered_at is not None


def test_who_dies_after_it_sent_and_before_it_noted_has_it_sent_again_with_the_same_id(
    there: Receiver, clock: Clock
) -> None:
    class Killed(BaseException):
        pass

    def post(url: str, *args: Any, **options: Any) -> Outcome:
        there.got.append(Got({"webhook-id": args[1]["webhook-id"]}, args[0]))
        return Outcome(200, 1, None)

    add_event(endpoint(there.url), ANA)
    dying = dispatcher(clock, post=post)
    dying._record = lambda *_: (_ for _ in ()).throw(Killed())  # type: ignore[method-assign]
    with pytest.raises(Killed):
        dying.look()
    dispatcher(clock).look()  # the next process
    first, again = there.got
    assert (first.id, first.body) == (again.id, again.body)
    assert events()[0].delivered_at is not None


def test_one_that_was_away_gets_it_from_the_next_process(clock: Clock) -> None:
    with receiver() as gone:
        of = endpoint(gone.url)
    add_event(of, ANA)
    dispatcher(clock).look()
    with snapshot() as session:
        [told] = reports.deliveries(session, of, limit=2)
    assert told.attempts[0].error == "O destino recusou a conexão."
    with receiver() as back:
        with transaction() as session:
            session.execute(text("UPDATE webhook_endpoints SET url = :url"), {"url": back.url})
        clock.go_on(seconds=5)
        dispatcher(clock).look()
        assert back.told() == [(CREATED, ANA)]


def test_the_thread_looks_by_itself_and_stops(
    there: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credigestor.webhooks.dispatcher.LOOK", 0.01)
    add_event(endpoint(there.url), ANA)
    sender = dispatcher(clock)
    sender.start()
    try:
        wait_for(lambda: events()[0].delivered_at)
    finally:
        sender.stop()
    assert len(there.got) == 1
    assert sender._thread is not None
    assert not sender._thread.is_alive()


def test_a_database_that_is_away_is_told_once_and_waited_for(
    clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credigestor.webhooks.dispatcher.LOOK", 0.01)
    monkeypatch.setattr("credigestor.webhooks.dispatcher._AFTER_FAILURE", 0.01)
    sender = dispatcher(clock)
    looked = []

    def away() -> None:
        looked.append(1)
        if len(looked) < 4:
            raise DatabaseAway("fora")
        sender._stop.set()

    monkeypatch.setattr(sender, "look", away)
    with caplog.at_level(logging.WARNING):
        sender.start()
        assert sender._thread is not None
        sender._thread.join(10)
    assert len(looked) == 4
    assert caplog.text.count("Webhooks wait for the database") == 1


@pytest.mark.parametrize("beside_the_pages", [True, False])
def test_the_app_has_the_thread_and_so_has_the_api_in_a_process_of_its_own(
    beside_the_pages: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert threads_of("webhooks", beside_the_pages, monkeypatch) == ([True], [])
