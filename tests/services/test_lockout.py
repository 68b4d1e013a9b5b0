"""Lockout by account and by address, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt, LoginSession
from credigestor.services import auth
from credigestor.services.lockout import ADDRESS_LIMIT, LOGIN_LIMIT, PAIR_LIMIT
from tests.factories import PASSWORD, add_user
from tests.services.logging_in import AWAY, HOME, NOW, enter, fail, locked, try_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("login", ["bia", "ninguem"])
def test_five_failures_lock_login_and_address_for_fifteen_minutes(login: str) -> None:
    add_user(login="bia")
    for minute in range(PAIR_LIMIT):
        assert not locked(try_in(login, "errada", now=NOW + timedelta(minutes=minute)))
    fifth = NOW + timedelta(minutes=PAIR_LIMIT - 1)
    assert locked(try_in(login, PASSWORD, now=fifth + timedelta(minutes=14, seconds=59)))
    assert not locked(try_in(login, PASSWORD, now=fifth + timedelta(minutes=15)))


def test_a_locked_login_says_how_long_and_checks_no_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail(PAIR_LIMIT, "bia")
    monkeypatch.setattr(auth, "password_matches", lambda *_: pytest.fail("bcrypt was run"))
    outcome = try_in("bia", PASSWORD, now=NOW + timedelta(minutes=5))
    assert "aguarde 10 minutos" in str(outcome.refusal)


def test_failures_spread_over_more_than_fifteen_minutes_do_not_lock() -> None:
    for minute in (0, 4, 8, 12, 16):
        fail(1, "bia", now=NOW + timedelta(minutes=minute))
    assert not locked(try_in("bia", "errada", now=NOW + timedelta(minutes=16)))


def test_another_address_is_not_locked_by_five_failures() -> None:
    add_user(login="bia")
    fail(PAIR_LIMIT, "bia", address=AWAY)
    assert try_in("bia", PASSWORD, address=HOME).ticket


def test_a_success_forgives_the_failures_of_its_pair() -> None:
    add_user(login="bia")
    fail(PAIR_LIMIT - 1, "bia")
    assert try_in("bia", PASSWORD, now=NOW + timedelta(seconds=1)).ticket
    fail(PAIR_LIMIT - 1, "bia", now=NOW + timedelta(seconds=2))
    assert not locked(try_in("bia", PASSWORD, now=NOW + timedelta(seconds=3)))


def test_thirty_failures_from_one_address_lock_it_for_every_login() -> None:
    add_user(login="bia")
    for number in range(ADDRESS_LIMIT):
        fail(1, f"login{number}", address=AWAY)
    assert locked(try_in("bia", PASSWORD, address=AWAY))
    assert try_in("bia", PASSWORD, address=HOME).ticket


def test_a_whole_ipv6_subnet_counts_as_one_address() -> None:
    for number in range(PAIR_LIMIT):
        try_in("bia", "errada", address=f"2001:db8:1:2::{number}")
    assert locked(try_in("bia", "errada", address="2001:db8:1:2:ffff::1"))
    assert not locked(try_in("bia", "errada", address="2001:db8:1:3::1"))


def test_a_stranger_cannot_lock_the_owner_out_of_an_address_used_before() -> None:
    add_user(login="bia")
    assert try_in("bia", PASSWORD, address=HOME, now=NOW - timedelta(days=29)).ticket
    for number in range(LOGIN_LIMIT):
        fail(1, "bia", address=f"203.0.113.{number}")
    assert locked(try_in("bia", PASSWORD, address="192.0.2.77"))
    assert try_in("bia", PASSWORD, address=HOME).ticket


def test_an_address_used_more_than_thirty_days_ago_is_a_stranger_again() -> None:
    add_user(login="bia")
    assert try_in("bia", PASSWORD, address=HOME, now=NOW - timedelta(days=31)).ticket
    for number in range(LOGIN_LIMIT):
        fail(1, "bia", address=f"203.0.113.{number}")
    assert locked(try_in("bia", PASSWORD, address=HOME))


def test_eight_at_once_do_not_get_past_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    add_user(login="bia")
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda _: try_in("bia", "errada"), range(8)))
    assert sum(locked(outcome) for outcome in outcomes) == 8 - PAIR_LIMIT
    with transaction() as session:
        assert len(session.scalars(select(LoginAttempt)).all()) == PAIR_LIMIT


def test_old_attempts_and_sessions_are_forgotten() -> None:
    add_user(login="bia")
    fail(3, "bia", now=NOW - timedelta(days=2))
    enter("bia", now=NOW - timedelta(days=31))
    enter("bia")
    with transaction() as session:
        assert session.scalars(select(LoginAttempt.succeeded)).all() == [True]
        assert len(session.scalars(select(LoginSession)).all()) == 1
