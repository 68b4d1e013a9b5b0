"""People who log in: create, edit, deactivate, reset, and their own password.

A change of role, password or activity ends that person's sessions. The shop always keeps one
active administrator: the rows of all of them are locked, in id order, before one is taken away.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from credigestor.db.models import Installation, User
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotFound
from credigestor.rules.identity import parse_name
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import api_keys, audit, auth, confirmation, lockout
from credigestor.services.passwords import generate_password, hash_password

#: Characters of a login.
MAX_LOGIN = 40
_LOGIN = re.compile(rf"[a-z0-9._-]{{3,{MAX_LOGIN}}}")
_ACTIVE_ADMINS = select(User.id).where(User.role == Role.ADMIN.value, User.active)


def has_users(session: Session) -> bool:
    """Tell whether anybody was registered yet, active or not."""
    return session.scalar(select(User.id).limit(1)) is not None


def has_active_admin(session: Session) -> bool:
    """Tell whether there is an administrator who may log in."""
    return session.scalar(_ACTIVE_ADMINS.limit(1)) is not None


def list_users(session: Session, actor: Actor) -> Sequence[User]:
    """All users, active ones first, then by name; NotAllowed unless the actor manages users."""
    actor.require(Permission.USERS)
    return session.scalars(select(User).order_by(User.active.desc(), User.name, User.id)).all()


def create_first_admin(session: Session, *, login: str, name: str, password: str) -> User:
    """Register the administrator of a new shop, whose setup code is gone with that.

    Raises Conflict once any user exists.
    """
    session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
    if has_users(session):
        raise Conflict("A loja já tem um administrador. Entre com o seu usuário.")
    user = _add(session, login=login, name=name, role=Role.ADMIN, password=password)
    actor = Actor(user.id, user.name, Role.ADMIN)
    audit.record(session, actor, "create", "users", user.id, after=_shown(user))
    session.execute(update(Installation).values(setup_code=None))
    return user


def create(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    role: Role,
    password: str | None = None,
) -> tuple[User, str]:
    """Register a user; give the row and the password, made here unless given.

    Raises NotAllowed, InvalidInput (login, name, password), Conflict when the login is taken.
    """
    actor.require(Permission.USERS)
    plain = password or generate_password()
    user = _add(session, login=login, name=name, role=role, password=plain)
    audit.record(session, actor, "create", "users", user.id, after=_shown(user))
    return user, plain


def edit(
    session: Session, actor: Actor, *, user_id: int, name: str, role: Role, now: datetime
) -> User:
    """Change a user's name and role; a new role ends their sessions.

    Raises NotAllowed, NotFound, InvalidInput, Conflict for the last active administrator.
    """
    actor.require(Permission.USERS)
    user = _locked(session, user_id)
    before = _shown(user)
    user.name = parse_name(name)
    if role != user.role:
        _keep_an_admin(session, losing=user)
        user.role = Role(role).value
        auth.revoke_sessions(session, user_id=user.id, now=now)
    audit.record(session, actor, "edit", "users", user.id, before=before, after=_shown(user))
    return user


def deactivate(session: Session, actor: Actor, *, user_id: int, now: datetime) -> None:
    """Bar a user from logging in, end their sessions and revoke their keys; their work stays.

    Raises NotAllowed, NotFound, Conflict for the last active administrator.
    """
    actor.require(Permission.USERS)
    user = _locked(session, user_id)
    before = _shown(user)
    _keep_an_admin(session, losing=user)
    user.active = False
    auth.revoke_sessions(session, user_id=user.id, now=now)
    api_keys.revoke_all(session, actor, user=user, now=now)
    audit.record(session, actor, "deactivate", "users", user.id, before=before, after=_shown(user))


def activate(session: Session, actor: Actor, *, user_id: int) -> None:
    """Let a deactivated user log in again; raises NotAllowed, NotFound."""
    actor.require(Permission.USERS)
    user = _locked(session, user_id)
    before = _shown(user)
    user.active = True
    audit.record(session, actor, "activate", "users", user.id, before=before, after=_shown(user))


def reset_password(session: Session, actor: Actor, *, user_id: int, now: datetime) -> str:
    """Give another user a new random password, returned only here, and end their sessions.

    Raises NotAllowed, NotFound, Conflict for the actor: who could not read it, being logged out.
    """
    actor.require(Permission.USERS)
    if user_id == actor.id:
        raise Conflict("Troque a sua própria senha em Minha conta.")
    user = _locked(session, user_id)
    plain = generate_password()
    _set_password(session, user, plain, now)
    audit.record(session, actor, "reset_password", "users", user.id)
    return plain


def change_own_password(
    session: Session, actor: Actor, *, current: str, new: str, address: str, now: datetime
) -> BusinessError | None:
    """Replace the actor's own password and end all their sessions, this one too.

    A wrong current one counts and locks as a failed login does: that refusal (field `current`) is
    given and not raised, because the count must be committed. Raises InvalidInput for an unfit
    new one (`new`).
    """
    login = session.scalar(select(User.login).where(User.id == actor.id)) or ""
    lockout.hold(session, login=login, address=address)  # before the rows, as a login does
    user = _locked(session, actor.id)
    refusal = confirmation.refusal(
        session, actor, Permission.COUNTER, password=current, address=address, now=now
    )
    if isinstance(refusal, InvalidInput):
        return InvalidInput("A senha atual não confere.", field="current")
    if refusal is not None:
        return refusal
    if current == new:
        raise InvalidInput("A senha nova é igual à atual.", field="new")
    _set_password(session, user, new, now)
    audit.record(session, actor, "change_password", "users", user.id)
    return None


def lock(session: Session, user_id: int) -> User:
    """A user whom nobody else changes until the end of the transaction; raises NotFound."""
    return _locked(session, user_id)


def parse_login(login: str) -> str:
    """Fold a login to lower case; InvalidInput unless 3 to 40 of a–z, 0–9, dot, _ and -."""
    folded = login.strip().lower()
    if not _LOGIN.fullmatch(folded):
        raise InvalidInput(
            f"O usuário tem de 3 a {MAX_LOGIN} caracteres: letras sem acento, números, ponto, "
            "hífen ou sublinhado.",
            field="login",
        )
    return folded


def _add(session: Session, *, login: str, name: str, role: Role, password: str) -> User:
    login, name = parse_login(login), parse_name(name)
    user = User(
        login=login,
        name=name,
        role=Role(role).value,
        password_hash=hash_password(password, login=login, name=name),
        active=True,
    )
    session.add(user)
    session.flush()  # a taken login is refused here, by uq_users_login
    return user


def _locked(session: Session, user_id: int | None) -> User:
    # The administrators first and in id order, whoever is meant: no two changes wait in a ring.
    session.execute(
        select(User.id)
        .where((User.role == Role.ADMIN.value) | (User.id == user_id))
        .order_by(User.id)
        .with_for_update()
    )
    user = session.get(User, user_id, populate_existing=True) if user_id else None
    if user is None:
        raise NotFound("Usuário não encontrado.")
    return user


def _keep_an_admin(session: Session, *, losing: User) -> None:
    if losing.role != Role.ADMIN or not losing.active:
        return
    if session.scalar(_ACTIVE_ADMINS.where(User.id != losing.id).limit(1)) is None:
        raise Conflict(
            "Este é o único administrador ativo. Cadastre ou promova outro antes desta mudança."
        )


def _set_password(session: Session, user: User, plain: str, now: datetime) -> None:
    user.password_hash = hash_password(plain, login=user.login, name=user.name, field="new")
    user.password_changed_at = now
    auth.revoke_sessions(session, user_id=user.id, now=now)


def _shown(user: User) -> dict[str, object]:
    return {"login": user.login, "name": user.name, "role": user.role, "active": user.active}
