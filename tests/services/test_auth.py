"""Login, tickets, cookies and sessions, on a real PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession, User
from credigestor.errors import InvalidInput, NotAllowed, NotFound
from credigestor.rules.permissions import Role
from credigestor.services import auth, passwords, users
from tests.factories import PASSWORD, actor_of, add_user
from tests.services.logging_in import NOW, enter, redeem, try_in, who

pytestmark = pytest.mark.usefixtures("db")

#: As the product has them: during the tests bcrypt does the least work.
ROUNDS, HASH_OF_NOBODY = passwords.ROUNDS, vars(auth)["DUMMY_HASH"]


def test_a_password_gives_a_ticket_and_the_ticket_a_cookie() -> None:
    add_user(login="bia", name="Bia")
    assert who(enter("bia")) == "Bia"


def test_case_and_spaces_around_a_login_do_not_matter() -> None:
    add_user(login="bia")
    assert try_in("  BIA ", PASSWORD).ticket


def test_a_ticket_works_once() -> None:
    add_user(login="bia")
    ticket = try_in("bia", PASSWORD).ticket_or_raise()
    redeem(ticket)
    with pytest.raises(NotFound):
        redeem(ticket)


def test_eight_at_once_cannot_use_one_ticket_twice() -> None:
    add_user(login="bia")
    ticket = try_in("bia", PASSWORD).ticket_or_raise()

    def attempt(_: int) -> bool:
        try:
            return bool(redeem(ticket))
        except NotFound:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_a_ticket_is_of_no_use_to_another_visitor_or_after_thirty_seconds() -> None:
    add_user(login="bia")
    ticket = try_in("bia", PASSWORD).ticket_or_raise()
    with pytest.raises(NotFound):
        redeem(ticket, visitor="somebody else")
    with pytest.raises(NotFound):
        redeem(ticket, now=NOW + timedelta(seconds=30))
    assert redeem(ticket, now=NOW + timedelta(seconds=29))


def test_only_digests_are_stored() -> None:
    add_user(login="bia")
    ticket = try_in("bia", PASSWORD).ticket_or_raise()
    token = redeem(ticket)
    with transaction() as session:
        row = session.scalars(select(LoginSession)).one()
    assert row.token_hash == auth.digest(token)
    stored = " ".join(str(value) for value in vars(row).values())
    assert ticket not in stored
    assert token not in stored


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("bia", "errada"),
        ("ninguem", PASSWORD),
        ("inativa", PASSWORD),
        ("", ""),
        ("bia\0", "x" * 500),
        ("bia", "\ud800"),
    ],
)
def test_every_failure_has_the_same_message_and_the_same_work(
    login: str, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_user(login="bia")
    add_user(login="inativa", active=False)
    compared = []

    def matches(given: str, stored: str) -> bool:
        compared.append((given, stored))
        return passwords.password_matches(given, stored)

    monkeypatch.setattr(auth, "password_matches", matches)
    outcome = try_in(login, password)
    assert outcome.ticket is None
    assert str(outcome.refusal) == auth.REFUSED
    assert len(compared) == 1
    with pytest.raises(InvalidInput, match=auth.REFUSED):
        outcome.ticket_or_raise()


def test_the_hash_for_unknown_users_costs_as_much_as_a_real_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(passwords, "ROUNDS", ROUNDS)
    made = passwords.hash_password("uma senha boa", login="x", name="y")
    assert passwords.DUMMY_HASH[:7] == made[:7] == "$2b$12$"
    assert HASH_OF_NOBODY == passwords.DUMMY_HASH


def test_a_session_idles_out_after_two_hours_and_ends_after_twelve() -> None:
    add_user(login="bia", name="Bia")
    token = enter("bia")
    assert who(token, now=NOW + timedelta(hours=1, minutes=59)) == "Bia"
    assert who(token, now=NOW + timedelta(hours=2)) is None
    for hour in range(1, 12):
        assert who(token, now=NOW + timedelta(hours=hour), touch=True) == "Bia"
    assert who(token, now=NOW + timedelta(hours=12), touch=True) is None


def test_looking_without_touching_keeps_nobody_logged_in() -> None:
    add_user(login="bia", name="Bia")
    token = enter("bia")
    assert who(token, now=NOW + timedelta(hours=1), touch=False) == "Bia"
    assert who(token, now=NOW + timedelta(hours=2, seconds=1)) is None


def test_a_visit_is_noted_at_most_once_a_minute() -> None:
    add_user(login="bia")
    token = enter("bia")

    def seen() -> datetime:
        with transaction() as session:
            return session.scalars(select(LoginSession.last_seen_at)).one()

    who(token, now=NOW + timedelta(seconds=59), touch=True)
    assert seen() == NOW
    who(token, now=NOW + timedelta(seconds=61), touch=True)
    assert seen() == NOW + timedelta(seconds=61)


def test_a_role_is_read_anew_each_time() -> None:
    user = add_user(login="bia", role=Role.SELLER)
    token = enter("bia")
    with transaction() as session:
        session.get_one(User, user.id).role = Role.MANAGER.value
    with transaction() as session:
        found = auth.authenticate(session, token=token, now=NOW, touch=False)
    assert found is not None
    assert found[0].role is Role.MANAGER


def test_a_cookie_is_dead_after_signing_out() -> None:
    add_user(login="bia")
    token = enter("bia")
    with transaction() as session:
        auth.sign_out(session, token=token, now=NOW)
    assert who(token) is None


def test_a_login_under_way_does_not_survive_the_change_of_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    admin = actor_of(add_user(Role.ADMIN))
    user = add_user(login="bia")

    def reset() -> None:
        with transaction() as session:
            users.reset_password(session, admin, user_id=user.id, now=NOW)

    change = Thread(target=reset)

    def compare(*_: str) -> bool:
        change.start()
        change.join(1)  # the change comes between the comparison and the ticket, if it can
        return True

    monkeypatch.setattr(auth, "password_matches", compare)
    outcome = try_in("bia", PASSWORD)
    change.join()
    with pytest.raises(NotFound):
        redeem(outcome.ticket_or_raise())


def test_a_deactivated_user_is_out_at_once() -> None:
    user = add_user(login="bia")
    token = enter("bia")
    with transaction() as session:
        session.get_one(User, user.id).active = False
    assert who(token) is None


def test_revoking_ends_all_sessions_and_tickets_but_the_one_kept() -> None:
    user = add_user(login="bia")
    kept, other = enter("bia"), enter("bia")
    ticket = try_in("bia", PASSWORD).ticket_or_raise()
    with transaction() as session:
        assert auth.revoke_sessions(session, user_id=user.id, now=NOW, except_token=kept) == 2
    assert who(kept)
    assert who(other) is None
    with pytest.raises(NotFound):
        redeem(ticket)


def test_sessions_are_listed_to_their_owner_and_to_administrators() -> None:
    bia, ada = add_user(login="bia", name="Bia"), add_user(Role.ADMIN, login="ada")
    enter("bia")
    enter("ada")
    try_in("bia", PASSWORD)  # a ticket that nobody used is no session
    with transaction() as session:
        own = auth.list_sessions(session, actor_of(bia), now=NOW, user_id=bia.id)
        everyone = auth.list_sessions(session, actor_of(ada), now=NOW)
        later = auth.list_sessions(session, actor_of(ada), now=NOW + timedelta(hours=3))
        with pytest.raises(NotAllowed):
            auth.list_sessions(session, actor_of(bia), now=NOW)
        with pytest.raises(NotAllowed):
            auth.list_sessions(session, actor_of(bia), now=NOW, user_id=ada.id)
    assert [info.user_name for info in own] == ["Bia"]
    assert len(everyone) == 2
    assert later == []


def test_a_session_is_ended_by_its_owner_or_an_administrator_only() -> None:
    bia, eva = add_user(login="bia"), add_user(login="eva")
    ada = add_user(Role.ADMIN, login="ada")
    first, second = enter("bia"), enter("bia")
    with transaction() as session:
        ids = list(session.scalars(select(LoginSession.id).order_by(LoginSession.id)))
    with pytest.raises(NotFound), transaction() as session:
        auth.end_session(session, actor_of(eva), session_id=ids[0], now=NOW)
    assert who(first)
    with transaction() as session:
        auth.end_session(session, actor_of(bia), session_id=ids[0], now=NOW)
        auth.end_session(session, actor_of(ada), session_id=ids[1], now=NOW)
    assert who(first) is None
    assert who(second) is None
    with pytest.raises(NotFound), transaction() as session:
        auth.end_session(session, actor_of(bia), session_id=ids[0], now=NOW)
