"""The password asked for once more: right, wrong, counted by the lockout, and the right then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt, User
from credigestor.errors import BusinessError, InvalidInput, NotAllowed
from credigestor.rules.permissions import Permission, Role
from credigestor.services import confirmation, lockout
from tests.factories import PASSWORD, actor_of, add_user
from tests.services.logging_in import HOME, NOW, try_in

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, login="ada")


def confirm(user: User, password: str) -> BusinessError | None:
    with transaction() as session:
        return confirmation.refusal(
            session,
            actor_of(user),
            Permission.BACKUP,
            password=password,
            address=HOME,
            now=NOW,
        )


def attempts() -> list[bool]:
    with transaction() as session:
        return list(session.scalars(select(LoginAttempt.succeeded).order_by(LoginAttempt.id)))


def change(user: User, **values: object) -> None:
    with transaction() as session:
        session.execute(update(User).where(User.id == user.id).values(**values))


def test_the_right_password_is_accepted_and_counted(ada: User) -> None:
    assert confirm(ada, PASSWORD) is None
    assert attempts() == [True]


def test_the_right_password_gives_a_key_no_scope(ada: User) -> None:
    narrowed = replace(actor_of(ada), scopes=frozenset({Permission.EXPORT}))
    with transaction() as session:
        refused = confirmation.refusal(
            session, narrowed, Permission.BACKUP, password=PASSWORD, address=HOME, now=NOW
        )
    assert isinstance(refused, NotAllowed)


def test_a_wrong_password_is_refused_at_its_field_and_counted(ada: User) -> None:
    refused = confirm(ada, "errada")
    assert isinstance(refused, InvalidInput)
    assert refused.field == "password"
    assert attempts() == [False]


def test_wrong_passwords_lock_this_and_the_login_alike(ada: User) -> None:
    for _ in range(lockout.PAIR_LIMIT):
        confirm(ada, "errada")
    assert isinstance(confirm(ada, PASSWORD), NotAllowed)
    assert try_in("ada", PASSWORD, now=NOW).ticket is None
    assert try_in("ada", PASSWORD, now=NOW + timedelta(hours=1)).ticket


def test_failed_logins_lock_this_too(ada: User) -> None:
    for _ in range(lockout.PAIR_LIMIT):
        try_in("ada", "errada", now=NOW)
    assert isinstance(confirm(ada, PASSWORD), NotAllowed)


@pytest.mark.parametrize("values", [{"role": "manager"}, {"active": False}])
def test_who_lost_the_right_meanwhile_is_refused_whatever_the_password(
    ada: User, values: dict[str, object]
) -> None:
    change(ada, **values)
    assert isinstance(confirm(ada, PASSWORD), NotAllowed)
    assert attempts() == []


def test_nobody_is_refused(ada: User) -> None:
    with transaction() as session:
        session.delete(session.get(User, ada.id))
    assert isinstance(confirm(ada, PASSWORD), NotAllowed)
