"""Who calls, on which day, and what they may: what every operation begins with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.dependencies.utils import get_flat_params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from credigestor import clock
from credigestor.api.problems import Problem
from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import api_logins
from credigestor.shop_day import shop_day
from credigestor.web import startup

_bearer = HTTPBearer(
    scheme_name="login",
    description="O `access_token` de POST /auth/login.",
    bearerFormat="JWT",
    auto_error=False,
)
#: As FastAPI wants the header of a 401 (RFC 6750).
CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Call:
    """One call: who, by which login, at what moment, on which day of the shop."""

    actor: Actor
    login_session: int
    now: datetime
    today: date


def identified(
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Call:
    """The call of whoever holds this token; 401 for a stranger, whatever else is wrong."""
    now = clock.now()
    startup.prepare()
    with transaction() as session:  # it reads; a snapshot would take half as long again to begin
        found = bearer and api_logins.holder(session, access=bearer.credentials, now=now)
        if not found:
            raise Problem(
                401, "invalid_token", "O token falta, venceu ou não vale. Entre de novo.", CHALLENGE
            )
        actor, login_session = found
        return Call(actor, login_session, now, shop_day(session))


Caller = Annotated[Call, Depends(identified)]


def may(permission: Permission | None) -> Callable[[Request, Call], Awaitable[None]]:
    """The dependency that refuses who lacks the permission, and parameters that are unknown."""

    # Neither waits for anything: as a coroutine it needs no thread.
    async def allowed(request: Request, call: Caller) -> None:
        if permission is not None:
            call.actor.require(permission)
        known_query(request)

    return allowed


def known_query(request: Request) -> None:
    """Refuse a parameter that the operation does not have: `as_off` would be today's figures."""
    known = {each.alias for each in get_flat_params(request.scope["route"].dependant)}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise Problem(
            422, "invalid_input", "Há um parâmetro desconhecido no endereço.", {}, unknown
        )
