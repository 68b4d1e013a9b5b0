"""Users, their passwords, and the administrator that must remain, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import AuditEntry, LoginSession, User
from credigestor.errors import Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.rules.permissions import Actor, Role
from credigestor.services import passwords, users
from tests.factories import PASSWORD, actor_of, add_user
from tests.moments import NOW
from tests.services.logging_in import HOME
from tests.services.selling import at_once
from tests.ui.support import login_as

pytestmark = pytest.mark.usefixtures("db")


def live_sessions(user_id: int) -> int:
    with transaction() as session:
        return len(
            session.scalars(
                select(LoginSession).where(
                    LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None)
                )
            ).all()
        )


def get(user_id: int) -> User:
    with transaction() as session:
        return session.get_one(User, user_id)


def test_an_administrator_registers_a_user_who_can_prove_the_password(admin: Actor) -> None:
    with transaction() as session:
        user, password = users.create(
            session, admin, login=" Bia.Luz ", name=" Bia  Luz ", role=Role.SELLER
        )
    assert (user.login, user.name, user.role) == ("bia.luz", "Bia Luz", "seller")
    assert len(password) == 16
    assert passwords.password_matches(password, user.password_hash)


@pytest.mark.parametrize("login", ["ab", "a" * 41, "bia luz", "bía", "bia@loja", "", "<b>"])
def test_an_unfit_login_is_refused_at_its_field(admin: Actor, login: str) -> None:
    with pytest.raises(InvalidInput) as refused, transaction() as session:
        users.create(session, admin, login=login, name="Bia", role=Role.SELLER)
    assert refused.value.field == "login"


def test_a_login_is_taken_once_whatever_its_case(admin: Actor) -> None:
    add_user(login="bia")
    with pytest.raises(Conflict, match="login"), transaction() as session:
        users.create(session, admin, login="BIA", name="Bia", role=Role.SELLER)


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("curta", "10 caracteres"),
        ("ç" * 5 + "abcde" * 14, "72 bytes"),
        ("bia.da.luz", "igual ao usuário"),
        ("Bia Da Luz Souza", "igual ao usuário"),
        ("aaaaaaaaaaaa", "repete"),
        ("senha\x00comprida", "invisível"),
    ],
)
def test_an_unfit_password_is_refused(password: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        passwords.hash_password(password, login="bia.da.luz", name="bia da luz souza")


def test_a_password_typed_on_another_keyboard_is_the_same_password() -> None:
    composed, decomposed = "senha não óbvia", "senha na\u0303o o\u0301bvia"
    hashed = passwords.hash_password(composed, login="x", name="y")
    assert passwords.password_matches(decomposed, hashed)


def test_a_password_of_72_bytes_is_read_to_its_last_one() -> None:
    password = "0123456789ab" * 6
    hashed = passwords.hash_password(password, login="x", name="y")
    assert passwords.password_matches(password, hashed)
    assert not passwords.password_matches(password[:-1] + "X", hashed)
    assert not passwords.password_matches(password + "X", hashed)


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER])
def test_nobody_else_manages_users(role: Role) -> None:
    actor, other = actor_of(add_user(role)), add_user()
    acts: list[Callable[..., object]] = [
        lambda s: users.create(s, actor, login="novo", name="Novo", role=Role.ADMIN),
        lambda s: users.edit(s, actor, user_id=other.id, name="X", role=Role.ADMIN, now=NOW),
        lambda s: users.deactivate(s, actor, user_id=other.id, now=NOW),
        lambda s: users.activate(s, actor, user_id=other.id),
        lambda s: users.reset_password(s, actor, user_id=other.id, now=NOW),
        lambda s: users.list_users(s, actor),
    ]
    for act in acts:
        with pytest.raises(NotAllowed), transaction() as session:
            act(session)


def test_a_new_role_ends_the_sessions_and_a_new_name_does_not(admin: Actor) -> None:
    user = add_user()
    login_as(user=user)
    with transaction() as session:
        users.edit(session, admin, user_id=user.id, name="Outro Nome", role=Role.SELLER, now=NOW)
    assert live_sessions(user.id) == 1
    with transaction() as session:
        users.edit(session, admin, user_id=user.id, name="Outro Nome", role=Role.MANAGER, now=NOW)
    assert live_sessions(user.id) == 0
    assert (get(user.id).name, get(user.id).role) == ("Outro Nome", "manager")


def test_deactivating_ends_the_sessions_and_activating_brings_none_back(admin: Actor) -> None:
    user = add_user()
    login_as(user=user)
    with transaction() as session:
        users.deactivate(session, admin, user_id=user.id, now=NOW)
    assert not get(user.id).active
    with transaction() as session:
        users.activate(session, admin, user_id=user.id)
    assert get(user.id).active
    assert live_sessions(user.id) == 0


def test_a_reset_password_works_and_ends_the_sessions(admin: Actor) -> None:
    user = add_user()
    login_as(user=user)
    with transaction() as session:
        password = users.reset_password(session, admin, user_id=user.id, now=NOW)
    assert passwords.password_matches(password, get(user.id).password_hash)
    assert not passwords.password_matches(PASSWORD, get(user.id).password_hash)
    assert live_sessions(user.id) == 0


def test_an_administrator_does_not_reset_the_own_password_who_could_not_read_it(
    admin: Actor,
) -> None:
    with pytest.raises(Conflict, match="Minha conta"), transaction() as session:
        users.reset_password(session, admin, user_id=admin.id or 0, now=NOW)


def test_a_user_who_does_not_exist_is_not_found(admin: Actor) -> None:
    with pytest.raises(NotFound), transaction() as session:
        users.reset_password(session, admin, user_id=999, now=NOW)


def change(actor: Actor, current: str, new: str) -> None:
    """Change the own password, or raise why not."""
    with transaction() as session:
        refusal = users.change_own_password(
            session, actor, current=current, new=new, address=HOME, now=NOW
        )
    if refusal is not None:
        raise refusal


def test_one_changes_the_own_password_knowing_the_current_one(seller: Actor) -> None:
    assert seller.id is not None
    login_as(user=get(seller.id))
    change(seller, PASSWORD, "outra senha boa")
    assert passwords.password_matches("outra senha boa", get(seller.id).password_hash)
    assert live_sessions(seller.id) == 0


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("errada", "outra senha boa", "current"), (PASSWORD, PASSWORD, "new"), (PASSWORD, "x", "new")],
)
def test_a_refused_change_of_password_names_the_field(
    seller: Actor, current: str, new: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        change(seller, current, new)
    assert refused.value.field == field


def test_the_last_active_administrator_stays(admin: Actor) -> None:
    add_user(Role.ADMIN, active=False)
    add_user(Role.MANAGER)
    assert admin.id is not None
    with pytest.raises(Conflict), transaction() as session:
        users.deactivate(session, admin, user_id=admin.id, now=NOW)
    with pytest.raises(Conflict), transaction() as session:
        users.edit(session, admin, user_id=admin.id, name="A", role=Role.MANAGER, now=NOW)
    assert get(admin.id).role == "admin"
    assert get(admin.id).active


def test_an_inactive_administrator_may_be_demoted(admin: Actor) -> None:
    other = add_user(Role.ADMIN, active=False)
    with transaction() as session:
        users.edit(session, admin, user_id=other.id, name="B", role=Role.SELLER, now=NOW)
    assert get(other.id).role == "seller"


def test_two_administrators_who_demote_each_other_at_once_leave_one() -> None:
    for _ in range(5):
        one, two = add_user(Role.ADMIN), add_user(Role.ADMIN)

        def demote(actor: User, target: User) -> None:
            with transaction() as session:
                users.edit(
                    session,
                    actor_of(actor),
                    user_id=target.id,
                    name="X",
                    role=Role.SELLER,
                    now=NOW,
                )

        errors = at_once([lambda: demote(one, two), lambda: demote(two, one)])  # noqa: B023
        assert sorted(error is None for error in errors) == [False, True]
        with transaction() as session:
            left = session.scalars(select(User).where(User.role == "admin", User.active)).all()
            assert len(left) == 1
            left[0].active = False


def test_the_audit_log_tells_who_did_what_and_no_password(admin: Actor) -> None:
    with transaction() as session:
        user, password = users.create(session, admin, login="bia", name="Bia", role=Role.SELLER)
        users.edit(session, admin, user_id=user.id, name="Bia", role=Role.MANAGER, now=NOW)
        users.reset_password(session, admin, user_id=user.id, now=NOW)
    with transaction() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [entry.action for entry in entries] == ["create", "edit", "reset_password"]
        assert entries[1].actor_name == admin.name
        assert entries[1].before is not None
        assert entries[1].after is not None
        assert (entries[1].before["role"], entries[1].after["role"]) == ("seller", "manager")
        everything = " ".join(f"{entry.before} {entry.after}" for entry in entries)
    assert password not in everything
    assert "$2b$" not in everything
