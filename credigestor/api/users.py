"""People who log in: registered, changed, given a new password, and their logins ended."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.versions import Change, Seen
from credigestor.db.engine import snapshot
from credigestor.db.models import User as Row
from credigestor.errors import NotFound
from credigestor.rules.permissions import Permission, Role
from credigestor.services import auth
from credigestor.services import users as services

router = Operations("/users", "Usuários")
logins = Operations("/logins", "Usuários")


class NewUser(Body):
    """Who is to log in; the password is made here and told once."""

    model_config = examples({"login": "vera", "name": "Vera Vendedora", "role": "seller"})

    login: Annotated[str, Field(max_length=100)]
    name: Annotated[str, Field(max_length=200)]
    role: Role


class UserChange(Body):
    """What is to change of a user; a new role, and `active: false`, end their logins."""

    model_config = examples({"role": "manager"})

    name: Annotated[str, Field(default_factory=str, max_length=200)]
    role: Annotated[Role, Field(default_factory=lambda: Role.SELLER)]
    active: Annotated[StrictBool, Field(default_factory=bool)]


class NothingMore(Body):
    """Nothing has to be said of it."""

    model_config = examples({})


class PasswordMade(Answer):
    """A user's new password, told this once: null when the same is asked for again."""

    id: int
    password: str | None


class _Kept(Answer):
    """What is kept of it: no password."""

    id: int


class User(Answer):
    """Who logs in, and as what."""

    id: int
    login: str
    name: str
    role: Role
    active: bool
    created_at: datetime
    password_changed_at: datetime


class OpenLogin(Answer):
    """A browser or program that is logged in."""

    id: int
    user_id: int
    user_name: str
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


class LoginEnded(Answer):
    """A login that was ended."""

    id: int


@router.reads("", Permission.USERS, "Os usuários")
def search(call: Caller, paging: Paging, active: bool | None = None) -> Page[User]:
    """Users by id."""
    after = paging.after(int)
    with snapshot() as session:
        found = sorted(services.list_users(session, call.actor), key=lambda user: user.id)
    rest = [
        user
        for user in found
        if (after is None or user.id > after[0]) and active in (None, user.active)
    ]
    shown, cursor = paging.cut(rest, lambda user: [user.id])
    return Page(items=[User.model_validate(user) for user in shown], next_cursor=cursor)


@router.writes("", Permission.USERS, "Cadastrar um usuário", answers=PasswordMade)
def create(call: Caller, once: Once, data: NewUser) -> Response:
    """Register a user."""
    made: list[str] = []

    def act(session: Session) -> _Kept:
        user, password = services.create(
            session, call.actor, login=data.login, name=data.name, role=data.role
        )
        made.append(password)
        return _Kept(id=user.id)

    return once(data, act, secret=lambda _: {"password": made[0] if made else None})


@router.reads("/{user_id}", Permission.USERS, "Um usuário", versioned=User)
def read(user_id: PathId, seen: Seen) -> Response:
    """One user."""
    with snapshot() as session:
        return seen(_shown(session, user_id))


@router.changes("/{user_id}", Permission.USERS, "Mudar um usuário", answers=User)
def change(user_id: PathId, call: Caller, change: Change, data: UserChange) -> Response:
    """Change name and role, bar from logging in or let in again."""

    def act(session: Session) -> None:
        sent = data.model_fields_set
        before = services.lock(session, user_id)
        if sent & {"name", "role"}:
            services.edit(
                session,
                call.actor,
                user_id=user_id,
                name=data.name if "name" in sent else before.name,
                role=data.role if "role" in sent else Role(before.role),
                now=call.now,
            )
        if "active" in sent and data.active != before.active:
            if data.active:
                services.activate(session, call.actor, user_id=user_id)
            else:
                services.deactivate(session, call.actor, user_id=user_id, now=call.now)

    return change(
        data,
        act,
        lock=lambda session: services.lock(session, user_id),
        shown=lambda session: _shown(session, user_id),
    )


@router.writes(
    "/{user_id}/password", Permission.USERS, "Gerar uma nova senha", answers=PasswordMade
)
def reset_password(user_id: PathId, call: Caller, once: Once, data: NothingMore) -> Response:
    """Give another user a new password, and end their logins."""
    made: list[str] = []

    def act(session: Session) -> _Kept:
        made.append(services.reset_password(session, call.actor, user_id=user_id, now=call.now))
        return _Kept(id=user_id)

    return once(data, act, secret=lambda _: {"password": made[0] if made else None})


@logins.reads("", Permission.USERS, "Quem está conectado, o acesso mais novo primeiro")
def live(call: Caller, paging: Paging) -> Page[OpenLogin]:
    """The logins that hold."""
    after = paging.after(int)
    with snapshot() as session:
        found = auth.list_sessions(session, call.actor, now=call.now)
    rest = sorted(
        (each for each in found if after is None or each.id < after[0]), key=lambda each: -each.id
    )
    shown, cursor = paging.cut(rest, lambda each: [each.id])
    return Page(items=[OpenLogin.model_validate(each) for each in shown], next_cursor=cursor)


@logins.writes("/{login_id}/end", Permission.USERS, "Encerrar um acesso", answers=LoginEnded)
def end(login_id: PathId, call: Caller, once: Once, data: NothingMore) -> Response:
    """End a login: the browser or program is out at its next request."""

    def act(session: Session) -> LoginEnded:
        auth.end_session(session, call.actor, session_id=login_id, now=call.now)
        return LoginEnded(id=login_id)

    return once(data, act)


def _shown(session: Session, user_id: int) -> User:
    row = session.get(Row, user_id)
    if row is None:
        raise NotFound("Usuário não encontrado.")
    return User.model_validate(row)
