"""Users by address: as the page has them; a password is told once and kept by nobody."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Role
from credigestor.services import users
from tests.api.asking import Answer, ask, get, log_in, patch, post, read, token_of
from tests.factories import actor_of, add_user
from tests.moments import NOW

VERA = {"login": "vera.nova", "name": "Vera  Nova", "role": "seller"}


def made(answer: Answer) -> Any:
    assert answer.status == 201, answer.body
    return answer.json


def enter(login: str, password: str) -> Answer:
    return ask("POST", "/auth/login", body={"login": login, "password": password})


def actions() -> list[str]:
    with snapshot() as session:
        return list(session.scalars(text("SELECT action FROM audit_log ORDER BY id")))


def test_a_user_is_registered_and_enters_with_the_password_that_was_told(token: str) -> None:
    told = made(post("/users", token, VERA))
    assert enter("vera.nova", told["password"]).status == 200
    shown = get(f"/users/{told['id']}", token)
    assert (shown["name"], shown["role"], shown["active"]) == ("Vera Nova", "seller", True)
    assert [each["id"] for each in get("/users", token)["items"]][-1] == told["id"]
    assert not any("hash" in name or name == "password" for name in shown)


def test_a_password_is_told_once_and_kept_nowhere(token: str) -> None:
    key = str(uuid.uuid4())
    first, again = (post("/users", token, VERA, key=key) for _ in range(2))
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json == {**first.json, "password": None}
    with snapshot() as session:
        for table in ("api_operations", "audit_log", "users"):
            kept = session.scalar(text(f"SELECT string_agg(t::text, ' ') FROM {table} t"))
            assert first.json["password"] not in kept


def test_role_and_activity_act_at_the_next_call(token: str, vera: User) -> None:
    hers = token_of(vera)
    path = f"/users/{vera.id}"
    seen = read(path, token)
    raised = patch(path, token, {"role": "manager"}, seen.headers["etag"])
    assert (raised.status, raised.json["role"]) == (200, "manager")
    assert ask("GET", "/auth/me", token=hers).code == "invalid_token"  # a new role logs out
    hers = token_of(vera)
    assert get("/auth/me", hers)["role"] == "manager"
    late = patch(path, token, {"role": "admin"}, seen.headers["etag"])
    assert late.status == 412
    barred = patch(path, token, {"active": False})
    assert barred.json["active"] is False
    assert ask("GET", "/auth/me", token=hers).code == "invalid_token"
    assert [each["id"] for each in get("/users?active=false", token)["items"]] == [vera.id]
    assert patch(path, token, {"active": True, "name": "Vera Luz"}).json["name"] == "Vera Luz"
    assert log_in(vera)
    before = actions()
    assert patch(path, token, {"active": True}).status == 200  # it is so already
    assert actions() == before


def test_a_new_password_ends_the_logins_and_is_not_for_oneself(
    token: str, vera: User, boss: User
) -> None:
    hers = token_of(vera)
    told = made(post(f"/users/{vera.id}/password", token, {}))
    assert ask("GET", "/auth/me", token=hers).code == "invalid_token"
    assert enter(vera.login, told["password"]).status == 200
    assert post(f"/users/{boss.id}/password", token, {}).code == "conflict"


def test_the_last_administrator_stays(token: str, boss: User) -> None:
    for body in ({"role": "seller"}, {"active": False}):
        refused = patch(f"/users/{boss.id}", token, body)
        assert (refused.status, refused.code) == (409, "conflict")
    assert get("/auth/me", token)["role"] == "admin"


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({**VERA, "login": "x"}, 422, "#/login"),
    ({**VERA, "login": "véra"}, 422, "#/login"),
    ({**VERA, "name": "\x00"}, 422, "#/name"),
    ({**VERA, "role": "owner"}, 422, "#/role"),
    ({**VERA, "password": "minha senha"}, 422, "#/password"),
    ({"login": "vera"}, 422, "#/name"),
]


def test_what_the_page_refuses_is_refused_at_its_place(token: str, vera: User) -> None:
    for body, status, pointer in [*WRONG, ({**VERA, "login": vera.login}, 409, "#/login")]:
        answer = post("/users", token, body)
        assert answer.status == status, answer.body
        assert answer.json["errors"][0]["pointer"] == pointer
    for change, pointer in (({"name": " "}, "#/name"), ({"login": "outro"}, "#/login")):
        assert patch(f"/users/{vera.id}", token, change).json["errors"][0]["pointer"] == pointer
    assert patch("/users/999", token, {"name": "Ana"}).code == "not_found"
    assert ask("GET", "/users/999", token=token).code == "not_found"


def test_a_login_is_seen_and_ended(token: str, vera: User, boss: User) -> None:
    hers = token_of(vera)
    found = get("/logins?limit=1", token)
    [login] = found["items"]
    assert (login["user_id"], login["user_agent"]) == (vera.id, "API: ")
    assert found["next_cursor"]
    assert made(post(f"/logins/{login['id']}/end", token, {})) == {"id": login["id"]}
    assert ask("GET", "/auth/me", token=hers).code == "invalid_token"
    assert post(f"/logins/{login['id']}/end", token, {}).code == "not_found"
    assert [each["user_id"] for each in get("/logins", token)["items"]] == [boss.id]


def test_who_was_demoted_registers_nobody(token: str, boss: User) -> None:
    other = add_user(Role.ADMIN)
    theirs = token_of(other)
    with transaction() as session:
        users.edit(session, actor_of(boss), user_id=other.id, name="Ex", role=Role.SELLER, now=NOW)
    assert post("/users", theirs, VERA).status == 401
    assert post("/users", token_of(other), VERA).code == "not_allowed"
