"""Logging in and out by address: a password for tokens, a refresh token for new ones."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import StringConstraints

from credigestor import clock
from credigestor.api import rates
from credigestor.api.calls import CHALLENGE, Caller
from credigestor.api.fields import Answer, Body, examples
from credigestor.api.one_thread import at_once
from credigestor.api.operations import Operations
from credigestor.api.problems import Problem
from credigestor.db.engine import writing
from credigestor.errors import NotAllowed
from credigestor.rules.permissions import Permission, Role
from credigestor.services import api_keys, api_logins, auth
from credigestor.web import startup

#: Seconds after which a locked login is worth another try: the sentence tells the minutes.
_LOCKED = 60

router = Operations("/auth", "Acesso")
_strangers: APIRouter = router.router


class Login(Body):
    """Login and password, as typed on the page."""

    model_config = examples({"login": "vera", "password": "a senha da Vera"})

    login: Annotated[str, StringConstraints(max_length=200)]
    password: Annotated[str, StringConstraints(max_length=1000)]


class Refresh(Body):
    """The refresh token of the last answer."""

    model_config = examples({"refresh_token": "wX3nC0qk5o2Jt8m1yV7pZs4aLr9bUeDfGhIjKxQnTcY"})

    refresh_token: Annotated[str, StringConstraints(max_length=2000)]


class TokenPair(Answer):
    """Tokens; seconds of the first, and when the login ends whatever is renewed."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - its kind
    expires_in: int
    login_until: datetime


class MyKey(Answer):
    """The key by which a program calls: its scopes, and when it expires."""

    id: int
    name: str
    scopes: list[Permission]
    expires_at: datetime


class Me(Answer):
    """Who calls, what they may, and the shop's day; `key` is null for a login."""

    id: int
    name: str
    role: Role
    permissions: list[Permission]
    key: MyKey | None
    today: date


@_strangers.post(
    "/login",
    summary="Entrar",
    description="Troca usuário e senha por tokens.",
    dependencies=[Depends(at_once(rates.stranger))],
)
def login(request: Request, data: Login) -> TokenPair:
    """Check a password as the page does, with the same counting."""
    now, visitor_token = clock.now(), secrets.token_urlsafe(32)
    startup.prepare()
    with writing() as session:
        outcome = auth.sign_in(
            session,
            login=data.login,
            password=data.password,
            address=rates.address(request),
            visitor_token=visitor_token,
            user_agent=f"API: {request.headers.get('user-agent', '')}",
            now=now,
        )
    refusal = outcome.refusal
    if isinstance(refusal, NotAllowed):
        wait = {"Retry-After": str(_LOCKED)}
        raise Problem(429, "too_many_attempts", refusal.message, wait)
    if outcome.ticket is None:
        raise Problem(401, "wrong_credentials", auth.REFUSED, CHALLENGE)
    with writing() as session:
        tokens = api_logins.begin(
            session, ticket=outcome.ticket, visitor_token=visitor_token, now=now
        )
    return _pair(tokens)


@_strangers.post(
    "/refresh",
    summary="Renovar",
    description="Troca um refresh token, uma só vez.",
    dependencies=[Depends(at_once(rates.stranger))],
)
def refresh(data: Refresh) -> TokenPair:
    """Trade a refresh token; one that was used ends its login."""
    startup.prepare()
    with writing() as session:
        tokens = api_logins.renew(session, refresh=data.refresh_token, now=clock.now())
    if tokens is None:
        detail = "O refresh_token venceu, já foi usado ou não vale. Entre de novo."
        raise Problem(401, "invalid_token", detail, CHALLENGE)
    return _pair(tokens)


@router.acts("/logout", None, "Sair: os tokens deste acesso deixam de valer", status_code=204)
def logout(call: Caller) -> None:
    """End the caller's login; a key has none."""
    if call.key is not None:
        raise Problem(409, "not_a_login", "Uma chave não sai: um administrador a revoga.")
    with writing() as session:
        api_logins.end(session, login_session=call.login_session, now=call.now)


@router.reads("/me", None, "Quem chama e o que pode")
def me(call: Caller) -> Me:
    """The caller, as of this call."""
    actor, key = call.actor, call.key
    return Me(
        id=actor.id or 0,
        name=key.user_name if key else actor.name,
        role=actor.role,
        permissions=sorted(actor.permissions),
        key=_mine(key) if key else None,
        today=call.today,
    )


def _mine(key: api_keys.Held) -> MyKey:
    return MyKey(id=key.id, name=key.name, scopes=sorted(key.scopes), expires_at=key.expires_at)


def _pair(tokens: api_logins.Tokens) -> TokenPair:
    return TokenPair(
        access_token=tokens.access,
        refresh_token=tokens.refresh,
        expires_in=int(tokens.lasts.total_seconds()),
        login_until=tokens.until,
    )
