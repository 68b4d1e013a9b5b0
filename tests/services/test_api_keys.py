"""Keys for programs as administrators make them: every wrong field is told, nothing half-made."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import ApiKey, User
from credigestor.errors import BusinessError, InvalidInputs, NotAllowed, NotFound
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, users
from tests.factories import add_user
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def vera() -> User:
    return add_user(Role.SELLER, name="Vera")


def make(actor: Actor, user: User | None, **changes: Any) -> str:
    asked: dict[str, Any] = {
        "name": "Caixa",
        "scopes": [Permission.COUNTER],
        "until": TODAY + timedelta(days=30),
        "now": NOW,
        "today": TODAY,
    }
    with transaction() as session:
        user_id = user.id if user else None
        _, secret = api_keys.make(session, actor, user_id=user_id, **asked | changes)
    return secret


def listed(actor: Actor, now: Any = NOW) -> list[api_keys.KeyInfo]:
    with snapshot() as session:
        return api_keys.list_keys(session, actor, now=now)


def test_every_wrong_field_is_told_at_once(admin: Actor) -> None:
    with pytest.raises(InvalidInputs) as refused:
        make(admin, None, name=" ", scopes=[], until=None)
    assert refused.value.errors.keys() == {"user_id", "name", "until"}
    assert count(ApiKey) == 0


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": ""}, "name", "Preencha"),
        ({"name": "x" * 61}, "name", "longo demais"),
        ({"name": "a\u202eb"}, "name", "invisível"),
        ({"scopes": []}, "scopes", "ao menos uma"),
        ({"scopes": [Permission.COUNTER, Permission.USERS]}, "scopes", "Cuidar de usuários"),
        ({"until": TODAY - timedelta(days=1)}, "until", "23/11/2029"),
        ({"until": date(2029, 11, 24)}, "until", "23/11/2029"),
        ({"until": None}, "until", "23/11/2029"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    changes: dict[str, Any], field: str, words: str, admin: Actor, vera: User
) -> None:
    with pytest.raises(InvalidInputs) as refused:
        make(admin, vera, **changes)
    assert words in refused.value.errors[field]
    assert count(ApiKey) == 0


def test_the_longest_and_the_shortest_are_allowed(admin: Actor, vera: User) -> None:
    make(admin, vera, until=TODAY, name="A")
    make(admin, vera, until=date(2029, 11, 23), name="x" * 60)
    assert count(ApiKey) == 2


def test_somebody_inactive_gets_no_key(admin: Actor) -> None:
    with pytest.raises(InvalidInputs, match="usuário ativo"):
        make(admin, add_user(active=False))


def test_one_user_has_no_two_of_one_name_that_work(admin: Actor, vera: User) -> None:
    make(admin, vera)
    with pytest.raises(InvalidInputs, match="já tem uma chave"):
        make(admin, vera)
    make(admin, add_user(name="Outra"))
    with transaction() as session:
        api_keys.revoke(session, admin, key_id=1, now=NOW)
    make(admin, vera)


def test_two_clicks_at_once_make_one_key(admin: Actor, vera: User) -> None:
    outcomes: list[str] = []

    def click() -> None:
        try:
            outcomes.append(make(admin, vera))
        except BusinessError:
            outcomes.append("")

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(filter(None, outcomes))) == count(ApiKey) == 1


def test_who_does_not_manage_users_makes_none(manager: Actor, vera: User) -> None:
    with pytest.raises(NotAllowed):
        make(manager, vera)


def test_a_key_is_revoked_once(admin: Actor, vera: User) -> None:
    make(admin, vera)
    with transaction() as session:
        api_keys.revoke(session, admin, key_id=1, now=NOW)
    for gone in (1, 2):
        with transaction() as session, pytest.raises(NotFound):
            api_keys.revoke(session, admin, key_id=gone, now=NOW)


def test_the_list_has_those_that_work_first_and_tells_what_the_role_lacks(admin: Actor) -> None:
    user = add_user(Role.MANAGER, name="Guta")
    make(admin, user, name="vencida", until=TODAY)
    make(admin, user, name="boa", scopes=[Permission.COUNTER, Permission.CANCEL])
    make(admin, user, name="revogada")
    with transaction() as session:
        api_keys.revoke(session, admin, key_id=3, now=NOW)
        users.edit(session, admin, user_id=user.id, name="Guta", role=Role.SELLER, now=NOW)
    shown = listed(admin, NOW + timedelta(days=2))
    assert [(each.name, each.usable) for each in shown] == [
        ("boa", True),
        ("revogada", False),
        ("vencida", False),
    ]
    assert shown[0].idle == {Permission.CANCEL}
    assert shown[0].created_by_name == shown[1].revoked_by_name == admin.name


def test_a_scope_that_only_a_later_version_knows_gives_nothing(admin: Actor, vera: User) -> None:
    secret = make(admin, vera)
    with transaction() as session:
        session.get_one(ApiKey, 1).scopes = ["counter", "teleport"]
    with snapshot() as session:
        held = api_keys.holder(session, key=secret, now=NOW)
    assert held
    assert held.scopes == {Permission.COUNTER}
