"""Tokens of the API: given for a password, checked at each call, renewed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import Connection, event, select, text
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Installation, LoginAttempt, LoginSession, User
from credigestor.rules.permissions import Actor, Role
from credigestor.services import auth, backup_runs, users
from credigestor.services.lockout import PAIR_LIMIT
from tests.api.asking import ask, get, log_in, token_of
from tests.factories import PASSWORD, actor_of, add_user
from tests.moments import NOW
from tests.services.logging_in import enter

MOMENT = int(NOW.timestamp())
#: The claims of the first login's token.
GOOD: dict[str, Any] = {"sub": "1", "aud": "access", "iat": MOMENT, "exp": MOMENT + 60}


def me(token: str | None) -> int:
    return ask("GET", "/auth/me", token=token).status


def renewed(token: str) -> Any:
    return ask("POST", "/auth/refresh", body={"refresh_token": token})


def tried(login: str, password: str = "errada") -> Any:
    return ask("POST", "/auth/login", body={"login": login, "password": password})


def signing_key() -> bytes:
    with snapshot() as session:
        key = session.scalar(select(Installation.signing_key))
    assert key
    return key


def test_a_password_gives_tokens_that_say_who_calls(vera: User) -> None:
    tokens = log_in(vera)
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 15 * 60
    found = get("/auth/me", tokens["access_token"])
    assert (found["id"], found["name"], found["role"]) == (vera.id, "Vera Vendedora", "seller")
    assert found["permissions"] == ["contact", "counter", "sell"]
    assert found["today"] == "2026-11-23"


def test_the_token_holds_nothing_but_the_logins_id(vera: User) -> None:
    claims = jwt.decode(token_of(vera), options={"verify_signature": False})
    assert claims.keys() == {"sub", "aud", "iat", "exp", "jti"}
    with snapshot() as session:
        assert claims["sub"] == str(session.scalars(select(LoginSession.id)).one())


def test_a_wrong_password_an_unknown_login_and_an_inactive_user_are_answered_alike() -> None:
    add_user(login="bia")
    add_user(login="rui", active=False)
    answers = [tried("bia"), tried("ninguem", PASSWORD), tried("rui", PASSWORD)]
    assert {each.status for each in answers} == {401}
    assert len({each.body for each in answers}) == 1
    assert answers[0].json["detail"] == auth.REFUSED
    assert "www-authenticate" in answers[0].headers


def test_too_many_failures_lock_here_and_on_the_page_alike(vera: User) -> None:
    for _ in range(PAIR_LIMIT):
        assert tried(vera.login).status == 401
    locked = tried(vera.login, PASSWORD)
    assert (locked.status, locked.code) == (429, "too_many_attempts")
    assert "aguarde 15 minutos" in locked.json["detail"]
    assert int(locked.headers["retry-after"]) > 0
    with snapshot() as session:
        addresses = session.scalars(select(LoginAttempt.address).distinct()).all()
    assert addresses == ["127.0.0.1"]


def test_behind_the_proxy_failures_count_at_the_visitors_address(
    vera: User, configured: Any
) -> None:
    configured(CREDIGESTOR_BEHIND_PROXY="true")
    ask(
        "POST",
        "/auth/login",
        body={"login": vera.login, "password": "errada"},
        headers={"x-forwarded-for": "198.51.100.1, 203.0.113.9"},
    )
    with snapshot() as session:
        assert session.scalars(select(LoginAttempt.address)).all() == ["203.0.113.9"]


@pytest.mark.parametrize("token", [None, "x", "a.b.c", "é" * 9])
def test_what_is_no_token_opens_nothing(token: str | None, seller_token: str) -> None:
    answer = ask("GET", "/auth/me", token=token)
    assert (answer.status, answer.code) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_an_unsigned_token_opens_nothing(seller_token: str) -> None:
    assert me(seller_token) == 200
    assert me(jwt.encode(GOOD, "", "none")) == 401


def test_a_token_of_another_shop_opens_nothing(seller_token: str) -> None:
    assert me(jwt.encode(GOOD, signing_key())) == 200
    assert me(jwt.encode(GOOD, b"k" * 32)) == 401
    with transaction() as session:
        session.execute(text("UPDATE installation SET signing_key = sha256('x')"))
    assert me(seller_token) == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "refresh"},
        {"aud": None},
        {"exp": MOMENT},
        {"iat": MOMENT - 1},
        {"sub": "2"},
        {"sub": None},
    ],
)
def test_a_token_that_we_did_not_mean_opens_nothing(
    claims: dict[str, Any], seller_token: str
) -> None:
    kept = {name: value for name, value in {**GOOD, **claims}.items() if value is not None}
    token = jwt.encode(kept, signing_key())
    assert me(token) == 401


def test_a_token_lasts_fifteen_minutes_and_a_login_as_long_as_on_the_page(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = log_in(vera)

    def later(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + by)

    later(timedelta(minutes=14, seconds=59))
    assert me(tokens["access_token"]) == 200
    later(timedelta(minutes=15))
    assert me(tokens["access_token"]) == 401
    for hour in range(1, 12):
        later(timedelta(hours=hour))
        tokens = renewed(tokens["refresh_token"]).json
        assert me(tokens["access_token"]) == 200
    later(auth.ABSOLUTE)
    assert renewed(tokens["refresh_token"]).code == "invalid_token"


def test_a_login_that_nobody_renews_idles_out(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = log_in(vera)
    monkeypatch.setattr(clock, "now", lambda: NOW + auth.IDLE)
    assert renewed(tokens["refresh_token"]).status == 401


def test_a_refresh_token_that_was_used_ends_its_login(vera: User) -> None:
    first, other = log_in(vera), log_in(vera)
    second = renewed(first["refresh_token"]).json
    assert me(second["access_token"]) == 200
    assert renewed(first["refresh_token"]).status == 401
    assert me(second["access_token"]) == 401
    assert renewed(second["refresh_token"]).status == 401
    assert me(other["access_token"]) == 200


def test_an_access_token_renews_nothing(seller_token: str) -> None:
    assert renewed(seller_token).status == 401
    assert me(seller_token) == 200


def test_logging_out_acts_on_the_next_call(vera: User) -> None:
    tokens, other = log_in(vera), log_in(vera)
    gone = ask("POST", "/auth/logout", token=tokens["access_token"])
    assert (gone.status, gone.body) == (204, b"")
    assert me(tokens["access_token"]) == 401
    assert renewed(tokens["refresh_token"]).status == 401
    assert me(other["access_token"]) == 200


def test_demotion_deactivation_and_a_new_password_act_on_the_next_call(admin: Actor) -> None:
    acts: list[Callable[[Session, int], object]] = [
        lambda s, who: users.edit(s, admin, user_id=who, name="Bia", role=Role.SELLER, now=NOW),
        lambda s, who: users.deactivate(s, admin, user_id=who, now=NOW),
        lambda s, who: users.reset_password(s, admin, user_id=who, now=NOW),
    ]
    for act in acts:
        user = add_user(Role.MANAGER)
        tokens = log_in(user)
        assert me(tokens["access_token"]) == 200
        with transaction() as session:
            act(session, user.id)
        assert me(tokens["access_token"]) == 401
        assert renewed(tokens["refresh_token"]).status == 401


def test_a_login_of_a_program_is_seen_and_ended_as_any_other(vera: User, admin: Actor) -> None:
    token = token_of(vera)
    with transaction() as session:
        [seen] = auth.list_sessions(session, actor_of(vera), now=NOW, user_id=vera.id)
        auth.end_session(session, admin, session_id=seen.id, now=NOW)
    assert seen.user_agent.startswith("API")
    assert me(token) == 401


def test_who_calls_and_the_day_are_found_in_few_questions(seller_token: str) -> None:
    """Each is as dear as a statement of the payment itself; calls are counted by one more."""
    me(seller_token)
    asked: list[str] = []

    def note(connection: Connection, __: object, statement: str, *___: object) -> None:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.autocommit, "BEGIN and COMMIT beside them"
        asked.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    try:
        assert me(seller_token) == 200
    finally:
        event.remove(get_engine(), "before_cursor_execute", note)
    assert len(asked) == 2, asked


@pytest.mark.parametrize(
    "claims",
    [{"sub": "x"}, {"sub": str(2**70)}, {"sub": "0"}, {"iat": "x"}, {"iat": 1e300}, {"iat": None}],
)
def test_a_forged_token_may_claim_anything(claims: dict[str, Any], seller_token: str) -> None:
    """What it names is asked for before its signature is, so it must be harmless."""
    assert me(jwt.encode({**GOOD, **claims}, b"k" * 32)) == 401
    assert me("eyJhbGciOiJub25lIn0.W10.") == 401


def test_a_cookie_never_counts_and_is_never_given(vera: User) -> None:
    cookie = enter(vera.login, now=NOW)
    sent = {"cookie": f"credigestor_session={cookie}"}
    answer = ask("GET", "/auth/me", headers=sent)
    assert answer.status == 401
    assert me(cookie) == 401
    assert "set-cookie" not in answer.headers


def test_a_bearer_never_counts_on_pages(vera: User) -> None:
    tokens = log_in(vera)
    with snapshot() as session:
        for token in (tokens["access_token"], tokens["refresh_token"]):
            assert auth.authenticate(session, token=token, now=NOW, touch=False) is None


def test_a_token_is_not_for_a_later_login_that_a_restore_gave_its_id(vera: User) -> None:
    tokens = log_in(vera)
    with transaction() as session:
        session.execute(text("UPDATE sessions SET created_at = created_at + interval '1 second'"))
    assert me(tokens["access_token"]) == 401
    assert renewed(tokens["refresh_token"]).status == 401
    with snapshot() as session:
        assert session.scalar(select(LoginSession.revoked_at)) is None


def test_the_first_backup_and_the_first_login_share_one_row(vera: User) -> None:
    token = token_of(vera)
    with transaction() as session:
        mark = backup_runs.installation(session)
    token_of(vera)
    with transaction() as session:
        assert backup_runs.installation(session) == mark
    assert me(token) == 200


def test_a_login_after_a_backup_keeps_the_mark(vera: User) -> None:
    with transaction() as session:
        mark = backup_runs.installation(session)
    assert me(token_of(vera)) == 200
    with transaction() as session:
        assert backup_runs.installation(session) == mark
