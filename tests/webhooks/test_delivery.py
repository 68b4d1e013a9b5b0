"""Delivery to a real receiver: signed, retried, in order for each customer, by one at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import webhooks as reports
from credigestor.reports.webhooks import Delivery
from credigestor.rules.webhooks import SCHEDULE, Event, Off
from credigestor.services import webhooks
from tests.moments import NOW
from tests.webhooks.receiving import (
    ADA,
    Clock,
    Got,
    Receiver,
    add_event,
    audited,
    dispatcher,
    endpoint,
    endpoint_and_secret,
    events,
    hanging,
    receiver,
    stored,
)

pytestmark = pytest.mark.usefixtures("db")

ANA, BIA = 1, 2
CREATED = Event.SALE_CREATED.value


def deliveries(endpoint_id: int) -> list[reports.Delivered]:
    with snapshot() as session:
        return reports.deliveries(session, endpoint_id, limit=200)


def test_a_delivery_is_signed_as_the_library_verifies(
    there: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forged, replayed and changed ones are told apart by it."""

    class AtThatMoment(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return clock.at

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", AtThatMoment)
    of, secret = endpoint_and_secret(there.url)
    add_event(of, ANA)
    dispatcher(clock).look()
    [got] = there.got
    library = Webhook(secret)
    told = library.verify(got.body, got.headers)
    assert told == {"type": CREATED, "timestamp": told["timestamp"], "data": {"customer_id": ANA}}
    assert datetime.fromisoformat(told["timestamp"]) == events()[0].at.replace(
        microsecond=events()[0].at.microsecond // 1000 * 1000
    )
    assert got.headers["content-type"] == "application/json"
    for changed in (
        {"webhook-id": "evt_0"},
        {"webhook-timestamp": str(int(clock.at.timestamp()) + 1)},
        {"webhook-signature": "v1,AAAA"},
    ):
        with pytest.raises(WebhookVerificationError):
            library.verify(got.body, got.headers | changed)
    with pytest.raises(WebhookVerificationError):
        library.verify(got.body.replace(b"1", b"2"), got.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 32).verify(got.body, got.headers)
    clock.go_on(minutes=6)
    with pytest.raises(WebhookVerificationError, match="too old"):
        library.verify(got.body, got.headers)


def test_a_changed_secret_signs_beside_the_old_one_for_a_day(there: Receiver, clock: Clock) -> None:
    of, old = endpoint_and_secret(there.url)
    with transaction() as session:
        new = webhooks.rotate(session, ADA, endpoint_id=of, now=clock.at)
    assert old != new
    for expected in ([new, old], [new]):
        add_event(of, ANA)
        dispatcher(clock).look()
        got = there.got[-1]
        signed = [Webhook(each).sign(got.id, clock.at, got.body.decode()) for each in expected]
        assert got.headers["webhook-signature"].split() == signed
        clock.go_on(hours=24)


def test_one_that_fails_gets_it_on_the_schedule_with_the_same_id(
    there: Receiver, clock: Clock
) -> None:
    of = endpoint(there.url)
    add_event(of, ANA)
    there.answer = lambda _: 500
    sender = dispatcher(clock)
    sender.look()
    for count, wait in enumerate(SCHEDULE[:3], start=1):
        clock.at += wait - timedelta(seconds=1)
        sender.look()
        assert len(there.got) == count
        clock.go_on(seconds=1)
        sender.look()
        assert len(there.got) == count + 1
    there.answer = lambda _: 200
    clock.at += SCHEDULE[3]
    sender.look()
    assert {got.id for got in there.got} == {f"evt_{events()[0].message_id.hex}"}
    assert {got.body for got in there.got} == {there.got[0].body}
    assert len({got.headers["webhook-timestamp"] for got in there.got}) == 5
    [delivery] = deliveries(of)
    assert delivery.state is Delivery.DELIVERED
    assert [each.status for each in delivery.attempts] == [200, 500, 500, 500, 500]
    assert delivery.attempts[-1].error == "O destino respondeu 500."
    clock.go_on(days=3)
    sender.look()
    assert len(there.got) == 5


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    hours = [2, 5, 10, 14, 20, 24]
    assert [wait.total_seconds() for wait in SCHEDULE] == [
        *(5, 300, 1800),
        *(3600 * each for each in hours),
    ]


def test_one_that_fails_for_three_days_is_off_and_gets_all_once_it_is_on_again(
    there: Receiver, clock: Clock
) -> None:
    of = endpoint(there.url)
    add_event(of, ANA)
    there.answer = lambda _: 503
    sender = dispatcher(clock)
    for wait in (timedelta(0), *SCHEDULE):
        clock.at += wait
        sender.look()
    assert (len(there.got), stored(of).off_cause) == (10, Off.FAILING)
    with snapshot() as session:
        assert reports.off_by_themselves(session) == [there.url]
    entry = audited()[-1]
    assert (entry.actor_name, entry.action) == ("automático", "deactivate")
    assert entry.after is not None
    assert entry.after["off_cause"] == "failing"
    clock.go_on(days=30)
    sender.look()
    there.answer = lambda _: 200
    with transaction() as session:
        webhooks.switch_on(session, ADA, endpoint_id=of, today=NOW.date())
    sender.look()
    assert len(there.got) == 11
    assert deliveries(of)[0].state is Delivery.DELIVERED


def test_one_that_is_gone_is_off_at_once(there: Receiver, clock: Clock) -> None:
    of = endpoint(there.url)
    for customer in (ANA, BIA):
        add_event(of, customer)
    there.answer = lambda _: 410
    dispatcher(clock).look()
    assert (len(there.got), stored(of).off_cause) == (1, Off.GONE)


def test_one_that_hangs_holds_nobody_elses_up(clock: Clock) -> None:
    with receiver() as slow, receiver() as quick:
        add_event(endpoint(slow.url), ANA)
        other = endpoint(quick.url)
        for _ in range(3):
            add_event(other, ANA)
        with hanging(slow):
            sender = dispatcher(clock)
            sender.look()
        assert len(quick.got) == 3
        assert all(each.delivered_at for each in events()[1:])
        [failed] = deliveries(events()[0].endpoint_id)
        assert failed.attempts[0].error == "O destino não respondeu em 0.4 segundos."
        clock.go_on(seconds=5)
        sender.look()
        assert all(each.delivered_at for each in events())


def test_an_event_that_fails_holds_back_later_ones_of_its_customer_alone(
    there: Receiver, clock: Clock
) -> None:
    of = endpoint(there.url)
    for customer in (ANA, BIA, ANA, BIA):
        add_event(of, customer)
    there.answer = lambda got: 500 if got.json["data"]["customer_id"] == ANA else 200
    sender = dispatcher(clock)
    sender.look()
    assert there.told() == [(CREATED, ANA), (CREATED, BIA), (CREATED, BIA)]
    there.answer = lambda _: 200
    clock.go_on(seconds=5)
    sender.look()
    assert there.told()[3:] == [(CREATED, ANA), (CREATED, ANA)]
    ids = [f"evt_{each.message_id.hex}" for each in events() if each.customer_id == ANA]
    assert [got.id for got in there.got[3:]] == ids


def test_what_is_discarded_or_off_meanwhile_is_not_sent(there: Receiver, clock: Clock) -> None:
    """Though it was looked up with what was sent before it."""
    of = endpoint(there.url)
    first, second, *_ = (add_event(of, customer) for customer in (1, 2, 3, 4))

    def meanwhile(_: Got) -> int:
        with transaction() as session:
            if len(there.got) == 1:
                webhooks.discard(session, ADA, endpoint_id=of, event_id=second)
            else:
                webhooks.switch_off(session, ADA, endpoint_id=of, now=NOW)
        return 200

    there.answer = meanwhile
    dispatcher(clock).look()
    assert there.told() == [(CREATED, 1), (CREATED, 3)]
    assert [each.id for each in events() if each.delivered_at] == [first, first + 2]
