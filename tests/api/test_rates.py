"""So many calls a minute: counted for all processes, told, and never a reason for a good call to
fail."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.config import Config
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ApiCalls, User
from credigestor.errors import Busy
from credigestor.rules.permissions import Permission, Role
from credigestor.services import api_rates
from tests.api.asking import Answer, ask, log_in, post, token_of
from tests.api.keying import key_of
from tests.factories import PASSWORD, add_user
from tests.moments import NOW
from tests.services.selling import count

#: On the full minute.
MINUTE = NOW.replace(second=0)


@pytest.fixture
def limits(configured: Callable[..., None]) -> Callable[..., None]:
    def limited(**most: int) -> None:
        configured(**{f"CREDIGESTOR_API_PER_{name.upper()}": str(n) for name, n in most.items()})

    return limited


def me(token: str | None, **more: Any) -> Answer:
    return ask("GET", "/auth/me", token=token, **more)


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def until_somebody_waits(session: Session, who: threading.Thread) -> None:
    while not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
        assert who.is_alive()


def behind_proxy(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


def test_the_usual_limits_leave_a_till_alone_and_a_stranger_little() -> None:
    usual = {name: field.default for name, field in Config.model_fields.items() if "per_" in name}
    assert usual == {"api_per_caller": 600, "api_per_address": 1200, "api_per_stranger": 60}


def test_too_many_of_one_caller_wait_for_the_next_minute(
    vera: User, limits: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    token, key = token_of(vera), key_of(vera, Permission.COUNTER)
    limits(caller=2)
    at(monkeypatch, MINUTE + timedelta(seconds=18))
    assert [me(token).status for _ in range(3)] == [200, 200, 429]
    refused = me(token)
    assert refused.code == "too_many_requests"
    assert refused.headers["retry-after"] == "42"
    assert "42 s" in refused.json["detail"]
    # Another login of the same person is no way around it; a key counts by itself.
    assert me(log_in(vera)["access_token"]).status == 429
    assert [me(key).status for _ in range(3)] == [200, 200, 429]
    at(monkeypatch, MINUTE + timedelta(seconds=60))
    assert me(token).status == 200
    assert me(key).status == 200


def test_what_is_refused_is_not_done(vera: User, limits: Callable[..., None]) -> None:
    key = key_of(vera, Permission.SELL)
    limits(caller=1)
    me(key)
    answer = ask(
        "POST",
        "/customers",
        token=key,
        body={"name": "Ana", "tax_id": "529.982.247-25"},
        key="00000000-0000-4000-8000-000000000001",
    )
    assert answer.status == 429
    with snapshot() as session:
        rows = "SELECT (SELECT count(*) FROM customers) + (SELECT count(*) FROM api_operations)"
        assert session.scalar(text(rows)) == 0


def test_too_many_of_one_address_whoever_calls(
    vera: User, limits: Callable[..., None], configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="true")
    keys = [key_of(vera, Permission.COUNTER, name=name) for name in "AB"]
    limits(address=2)
    here, there = behind_proxy("203.0.113.9"), behind_proxy("203.0.113.10")
    answers = [me(key, headers=here) for key in (*keys, keys[0])]
    assert [each.status for each in answers] == [200, 200, 429]
    assert me(keys[0], headers=there).status == 200


def test_an_ipv6_subscriber_is_one_address(
    vera: User, limits: Callable[..., None], configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="true")
    key = key_of(vera, Permission.COUNTER)
    limits(address=1)
    assert me(key, headers=behind_proxy("2001:db8::1")).status == 200
    assert me(key, headers=behind_proxy("2001:db8::2:1")).status == 429


def test_strangers_have_few_and_take_none_from_who_is_known(
    vera: User, limits: Callable[..., None]
) -> None:
    key = key_of(vera, Permission.COUNTER)
    limits(stranger=2)
    assert [me(token).status for token in (None, "cg_x", "a.b.c")] == [401, 401, 429]
    assert me(key).status == 200
    entering = {"login": vera.login, "password": PASSWORD}
    login = ask("POST", "/auth/login", body=entering)
    assert login.code == "too_many_requests"
    assert ask("POST", "/auth/refresh", body={"refresh_token": "x"}).code == "too_many_requests"


def test_a_limit_of_nought_counts_nothing(vera: User, limits: Callable[..., None]) -> None:
    token = token_of(vera)
    with transaction() as session:
        session.execute(text("DELETE FROM api_calls"))
    limits(caller=0, address=0, stranger=0)
    assert (me(token).status, me(None).status) == (200, 401)
    assert "ratelimit" not in me(token).headers
    assert count(ApiCalls) == 0


def test_every_answer_tells_what_is_left_of_the_nearest_limit(
    vera: User, limits: Callable[..., None]
) -> None:
    token = token_of(vera)
    limits(caller=3, address=100)
    answers = [me(token) for _ in range(4)]
    told = [re.fullmatch(r'"minuto";r=(\d+);t=60', a.headers["ratelimit"]) for a in answers]
    assert [match and match[1] for match in told] == ["2", "1", "0", "0"]
    assert {a.headers["ratelimit-policy"] for a in answers} == {'"minuto";q=3;w=60'}


def test_a_good_call_that_cannot_be_counted_is_answered(
    vera: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token = token_of(vera)

    def broken(session: Any, **_: object) -> None:
        session.execute(text("SELECT 1 / 0"))

    monkeypatch.setattr(api_rates, "count", broken)
    assert me(token).status == 200
    assert me(None).status == 401
    assert caplog.text.count("could not be counted") == 2


def test_a_count_that_somebody_holds_is_not_waited_for(
    vera: User, caplog: pytest.LogCaptureFixture
) -> None:
    token = token_of(vera)
    me(token)
    with transaction() as session:
        session.execute(text("SELECT * FROM api_calls FOR UPDATE")).all()
        assert me(token).status == 200
    assert caplog.text.count("could not be counted") == 1
    with transaction() as session:
        api_rates.count(session, callers=["x"], now=NOW)
        assert session.scalar(text("SHOW lock_timeout")) == "200ms"


def test_two_calls_never_wait_for_each_other(db: str) -> None:
    def count(session: Session, *callers: str) -> None:
        api_rates.count(session, callers=callers, now=NOW)

    def other() -> None:
        with suppress(Busy), transaction() as session:
            count(session, "b", "a")

    with transaction() as session:
        count(session, "a", "b")
    with transaction() as session:
        count(session, "a")
        waiting = threading.Thread(target=other)
        waiting.start()
        until_somebody_waits(session, waiting)
        count(session, "b")
    waiting.join()


def test_many_at_once_are_all_counted(vera: User) -> None:
    def work() -> None:
        for _ in range(10):
            with transaction() as session:
                api_rates.count(session, callers=["b", "a"], now=NOW)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction() as session:
        assert api_rates.count(session, callers=["a", "b"], now=NOW) == {"a": 51, "b": 51}


def test_a_write_that_waits_keeps_no_other_call_of_its_caller_from_being_counted(
    vera: User,
) -> None:
    key = key_of(vera, Permission.SELL)
    answers: list[Answer] = []
    ana = {"name": "Ana", "tax_id": "529.982.247-25"}
    with transaction() as session:
        session.execute(text("LOCK TABLE customers IN SHARE MODE"))
        writing = threading.Thread(target=lambda: answers.append(post("/customers", key, ana)))
        writing.start()
        until_somebody_waits(session, writing)
        assert '"minuto";r=999998' in me(key).headers["ratelimit"]
    writing.join()
    assert answers[0].status == 201


def counted(now: datetime) -> int:
    with transaction() as session:
        return api_rates.count(session, callers=["x"], now=now)["x"]


def test_a_process_whose_clock_is_ahead_resets_nothing_and_one_far_ahead_decides_nothing() -> None:
    assert counted(MINUTE + timedelta(seconds=61)) == 1
    assert counted(MINUTE) == 2
    assert counted(MINUTE + timedelta(seconds=61)) == 3
    assert counted(MINUTE + timedelta(days=1)) == 1
    assert counted(MINUTE) == 1
    assert counted(MINUTE) == 2


def test_who_does_not_call_any_more_is_forgotten(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = [token_of(vera), token_of(add_user(Role.MANAGER))]
    me(tokens[0])
    at(monkeypatch, NOW + timedelta(minutes=2))
    me(tokens[1])
    with snapshot() as session:
        callers = set(session.scalars(text("SELECT caller FROM api_calls")))
    assert callers == {"user 2", "address 127.0.0.1"}


def test_counting_writes_no_journal_that_a_read_would_wait_for(vera: User) -> None:
    with snapshot() as session:
        kind = "SELECT relpersistence FROM pg_class WHERE oid = 'api_calls'::regclass"
        assert session.scalar(text(kind)) == "u"
