"""Keys for programs: what opens the API, for whom, how far, and until when."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ApiKey, AuditEntry, User
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, auth, customers, users
from tests.api.asking import ask, get, post
from tests.api.keying import ADA, key_of, revoke, row
from tests.factories import add_user
from tests.moments import NOW

ANA = {"name": "Ana Luz", "tax_id": "529.982.247-25"}


def me(key: str) -> Any:
    return ask("GET", "/auth/me", token=key)


def later(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def test_a_key_says_whose_it_is_what_it_may_and_until_when(vera: User) -> None:
    found = get("/auth/me", key_of(vera, Permission.SELL, name="Caixa 2"))
    assert (found["id"], found["name"], found["role"]) == (vera.id, "Vera Vendedora", "seller")
    assert found["permissions"] == ["sell"]
    # To the end of the shop's day, three hours behind UTC.
    assert found["key"] == {
        "id": 1,
        "name": "Caixa 2",
        "scopes": ["sell"],
        "expires_at": "2026-12-24T03:00:00Z",
    }


def test_a_login_has_no_key(seller_token: str) -> None:
    assert get("/auth/me", seller_token)["key"] is None


def test_only_its_hash_is_stored_and_it_has_256_bits(vera: User) -> None:
    one, other = key_of(vera, Permission.SELL, name="A"), key_of(vera, Permission.SELL, name="B")
    assert re.fullmatch("cg_[A-Za-z0-9_-]{43}", one)
    assert one != other
    with snapshot() as session:
        stored = session.scalars(text("SELECT k::text FROM api_keys k")).all()
        logged = session.scalars(text("SELECT a::text FROM audit_log a")).all()
    assert api_keys.digest(one) in stored[0]
    assert not any(one[3:] in each for each in [*stored, *logged])
    assert not any(api_keys.digest(one) in each for each in logged)


def test_what_a_key_writes_is_in_the_trail_as_its_own(vera: User) -> None:
    made = post("/customers", key_of(vera, Permission.SELL, name="Loja na internet"), ANA)
    assert made.status == 201
    with snapshot() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.entity == "customer")).one()
    assert entry.actor_id == vera.id
    assert entry.actor_name == "Vera Vendedora, pela chave 1 (Loja na internet)"


def test_the_refusal_names_what_the_key_lacks(vera: User) -> None:
    answer = post("/customers", key_of(vera, Permission.COUNTER), ANA)
    assert (answer.status, answer.code) == (403, "scope_missing")
    assert "Cadastrar clientes" in answer.json["detail"]


@pytest.mark.parametrize(
    "wrong",
    ["cg_", "cg_x", "cg_" + "A" * 43, "cg_" + "é" * 43, "cg_\x00", "cg_" + "a" * 10_000],
)
def test_what_is_no_key_of_ours_opens_nothing(wrong: str, vera: User) -> None:
    key_of(vera, Permission.COUNTER)
    answer = me(wrong)
    assert (answer.status, answer.code) == (401, "invalid_token")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert wrong not in answer.body.decode()


def test_a_key_cut_lengthened_or_written_otherwise_opens_nothing(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    assert me(key).status == 200
    for wrong in (key[:-1], key + "A", key.swapcase(), key[3:], f"CG_{key[3:]}", row().key_hash):
        assert me(wrong).status == 401


def test_a_revoked_one_ends_on_the_next_call_and_another_goes_on(vera: User) -> None:
    one = key_of(vera, Permission.COUNTER, name="A")
    other = key_of(vera, Permission.COUNTER, name="B")
    revoke(1)
    assert me(one).status == 401
    assert me(other).status == 200


def test_an_expired_one_ends_with_the_shops_day(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(vera, Permission.COUNTER, days=0)
    end = datetime(2026, 11, 24, 3, tzinfo=UTC)  # midnight in São Paulo
    later(monkeypatch, end - timedelta(seconds=1))
    assert me(key).status == 200
    later(monkeypatch, end)
    assert me(key).status == 401


def test_a_demotion_narrows_it_and_a_promotion_widens_nothing(admin: Actor) -> None:
    user = add_user(Role.MANAGER)
    key = key_of(user, Permission.COUNTER, Permission.ANALYTICS)

    def become(role: Role) -> None:
        with transaction() as session:
            users.edit(session, admin, user_id=user.id, name="Bia", role=role, now=NOW)

    become(Role.SELLER)
    assert get("/auth/me", key)["permissions"] == ["counter"]
    assert ask("GET", "/summary", token=key).code == "not_allowed"
    become(Role.ADMIN)
    assert get("/auth/me", key)["permissions"] == ["analytics", "counter"]


def test_a_deactivation_revokes_it_for_good(admin: Actor, vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    with transaction() as session:
        users.deactivate(session, admin, user_id=vera.id, now=NOW)
    assert me(key).status == 401
    assert row().revoked_by_name == admin.name
    with transaction() as session:
        users.activate(session, admin, user_id=vera.id)
    assert me(key).status == 401


def test_a_user_who_is_not_active_has_no_key_that_works_whatever_its_row_says(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    with transaction() as session:
        session.execute(update(User).values(active=False))
    assert me(key).status == 401


def test_a_new_password_does_not_stop_a_till(admin: Actor, vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    with transaction() as session:
        users.reset_password(session, admin, user_id=vera.id, now=NOW)
    assert me(key).status == 200


def test_another_user_who_has_the_id_after_a_restore_has_not_the_key(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    with transaction() as session:
        session.execute(text("UPDATE users SET created_at = created_at + interval '1 second'"))
    assert me(key).status == 401
    with snapshot() as session:
        [shown] = api_keys.list_keys(session, ADA, now=NOW)
    assert (shown.user_name, shown.usable) == (None, False)


def test_a_key_does_not_log_out(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    assert ask("POST", "/auth/logout", token=key).code == "not_a_login"
    assert me(key).status == 200


def test_a_key_renews_nothing_is_no_cookie_and_counts_on_no_page(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    assert ask("POST", "/auth/refresh", body={"refresh_token": key}).status == 401
    assert ask("GET", "/auth/me", headers={"cookie": f"credigestor_session={key}"}).status == 401
    with snapshot() as session:
        for cookie in (key, row().key_hash):
            assert auth.authenticate(session, token=cookie, now=NOW, touch=False) is None


def test_its_use_is_noted_with_the_address_once_a_minute(
    vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(vera, Permission.COUNTER)
    assert row().last_used_at is None
    for seconds, noted in ((0, 0), (59, 0), (60, 60), (100, 60)):
        later(monkeypatch, NOW + timedelta(seconds=seconds))
        assert me(key).status == 200
        assert row().last_used_at == NOW + timedelta(seconds=noted)
    assert row().last_used_address == "127.0.0.1"


def test_a_refused_key_is_not_noted_as_used(vera: User) -> None:
    key = key_of(vera, Permission.COUNTER)
    revoke()
    me(key)
    assert row().last_used_at is None


def test_noting_a_use_waits_neither_for_the_disk_nor_for_a_lock(
    vera: User, caplog: pytest.LogCaptureFixture
) -> None:
    key = key_of(vera, Permission.COUNTER)
    with transaction() as session:
        session.execute(select(ApiKey).with_for_update()).all()
        assert me(key).status == 200
    assert row().last_used_at is None
    assert "could not be noted" not in caplog.text  # as it were after two seconds
    with transaction() as session:
        api_keys.note_use(session, key_id=1, address="x", now=NOW)
        assert session.scalar(text("SHOW synchronous_commit")) == "off"


def test_a_use_that_cannot_be_noted_stops_no_call(
    vera: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    key = key_of(vera, Permission.COUNTER)

    def full(session: Session, **_: object) -> None:
        session.execute(text("SELECT 1 / 0"))

    monkeypatch.setattr(api_keys, "note_use", full)
    assert me(key).status == 200
    assert "could not be noted" in caplog.text


def test_no_log_and_no_answer_has_the_key(
    vera: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = key_of(vera, Permission.COUNTER, Permission.SELL)
    answers = [me(key), ask("GET", "/nada", token=key), post("/customers", key, {"name": 1})]

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(customers, "create", broken)
    answers.append(post("/customers", key, ANA))
    assert answers[-1].status == 500
    revoke()
    answers.append(me(key))
    for answer in answers:
        assert key[3:] not in f"{answer.body!r}{answer.headers}"
    assert "broken" in caplog.text
    assert key[3:] not in caplog.text
    assert api_keys.digest(key) not in caplog.text


@pytest.mark.parametrize(
    "look",
    [
        lambda s, a: api_keys.list_keys(s, a, now=NOW),
        lambda s, a: api_keys.revoke(s, a, key_id=1, now=NOW),
    ],
)
def test_keys_are_for_who_manages_users(
    look: Callable[[Session, Actor], object], manager: Actor
) -> None:
    from credigestor.errors import NotAllowed

    with transaction() as session, pytest.raises(NotAllowed):
        look(session, manager)
