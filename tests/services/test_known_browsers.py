"""A browser in which somebody logged in is not locked out by others' failures; no other one is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from credigestor.db.engine import transaction
from credigestor.services import auth, known_browsers
from credigestor.services.lockout import ADDRESS_LIMIT, LOGIN_LIMIT, PAIR_LIMIT
from tests.factories import PASSWORD, actor_of, add_user
from tests.services.logging_in import HOME, NOW, enter, fail, locked, try_in

pytestmark = pytest.mark.usefixtures("db")


def entered(login: str, *, browser: str | None = None, now: datetime = NOW) -> str:
    """The cookie of the browser in which this person has logged in."""
    token = enter(login, now=now)
    with transaction() as session:
        return auth.know_browser(session, token=token, browser=browser, now=now)


def test_failures_of_others_at_the_same_address_do_not_lock_a_known_browser() -> None:
    add_user(login="bia")
    known = entered("bia")
    for number in range(ADDRESS_LIMIT):
        fail(1, f"login{number}", now=NOW)
    fail(PAIR_LIMIT, "bia", now=NOW)
    fail(LOGIN_LIMIT, "bia", address="203.0.113.4", now=NOW)
    assert locked(try_in("bia", PASSWORD))
    assert locked(try_in("bia", PASSWORD, browser="made up by a stranger"))
    assert try_in("bia", PASSWORD, browser=known).ticket


def test_a_known_browser_has_five_tries_wherever_it_comes_from() -> None:
    add_user(login="bia")
    known = entered("bia")
    for number in range(PAIR_LIMIT):
        address = f"203.0.113.{number}"
        assert not locked(try_in("bia", "errada", browser=known, address=address))
    assert locked(try_in("bia", PASSWORD, browser=known, address="192.0.2.5"))
    assert try_in("bia", PASSWORD, browser=known, now=NOW + timedelta(minutes=15)).ticket


def test_a_browser_is_known_only_for_who_logged_in_with_it() -> None:
    add_user(login="bia")
    add_user(login="adm")
    known = entered("bia")
    fail(PAIR_LIMIT, "adm")
    assert locked(try_in("adm", PASSWORD, browser=known))
    shared = entered("adm", browser=known, now=NOW + timedelta(minutes=20))
    assert shared == known
    fail(PAIR_LIMIT, "adm", now=NOW + timedelta(minutes=21))
    later = NOW + timedelta(minutes=22)
    assert locked(try_in("adm", PASSWORD, now=later))
    assert try_in("adm", PASSWORD, browser=known, now=later).ticket
    assert try_in("bia", PASSWORD, browser=known, now=later).ticket


def test_a_value_that_no_login_gave_is_replaced() -> None:
    add_user(login="bia")
    assert entered("bia", browser="planted") != "planted"


def test_the_cookie_of_a_visitor_who_never_entered_makes_no_known_browser() -> None:
    add_user(login="bia")
    try_in("bia", PASSWORD, visitor="visitor of a ticket that nobody traded")
    fail(PAIR_LIMIT, "bia", now=NOW + timedelta(seconds=1))
    browser = "visitor of a ticket that nobody traded"
    assert locked(try_in("bia", PASSWORD, browser=browser, now=NOW + timedelta(seconds=2)))


def test_a_browser_is_forgotten_after_thirty_days() -> None:
    add_user(login="bia")
    known = entered("bia", now=NOW - timedelta(days=31))
    fail(PAIR_LIMIT, "bia")
    assert locked(try_in("bia", PASSWORD, browser=known))


def test_who_is_logged_in_counts_in_the_browser_or_at_the_address_of_the_login() -> None:
    user = add_user(login="bia")
    known = entered("bia")
    with transaction() as session:
        first, *_ = auth.list_sessions(session, actor_of(user), now=NOW, user_id=user.id)
        place = known_browsers.place_of(session, login_session=first.id)
    fail(PAIR_LIMIT, "bia", address=place)
    assert locked(try_in("bia", PASSWORD, browser=known))
    assert not locked(try_in("bia", PASSWORD, address=HOME))
