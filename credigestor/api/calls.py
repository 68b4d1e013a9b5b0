"""Who calls, on which day, and what they may: what every operation begins with."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.dependencies.utils import get_flat_params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.api import rates
from credigestor.api.one_thread import at_once
from credigestor.api.problems import Problem
from credigestor.db.engine import single_statements, transaction
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import api_keys, api_logins
from credigestor.shop_day import shop_day
from credigestor.web import startup

log = logging.getLogger("credigestor")

_bearer = HTTPBearer(
    scheme_name="login",
    description="O `access_token` de POST /auth/login (JWT), ou uma chave de programa (`cg_…`), "
    "que um administrador cria na página Usuários.",
    bearerFormat="JWT ou cg_…",
    auto_error=False,
)
_STRANGER = "O token ou a chave falta, venceu ou não vale. Entre de novo."
#: As FastAPI wants the header of a 401 (RFC 6750).
CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(frozen=True)
class Call:
    """One call: who, by which login, at what moment, on which day of the shop.

    By a key there is no login: `login_session` is then minus the key's id, which no login has.
    """

    actor: Actor
    login_session: int
    now: datetime
    today: date
    key: api_keys.Held | None = None


def identified(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Call:
    """The call of whoever holds this token or key; 401 for a stranger, whatever else is wrong.

    Calls are counted: 429 once they were too many.
    """
    now = clock.now()
    startup.prepare()
    call: Call | None = None
    limits: dict[str, int] = {}
    calls: dict[str, int] = {}
    try:
        with single_statements() as session:
            call = _holder(session, bearer.credentials, now) if bearer else None
            if call is not None:
                name = f"key {call.key.id}" if call.key else f"user {call.actor.id}"
                limits = rates.of_caller(request, name)
                calls = rates.count(session, limits, now)
    except Exception as error:
        if call is None:
            raise
        rates.uncounted(error)
    if call is None:
        rates.stranger(request)
        raise Problem(401, "invalid_token", _STRANGER, CHALLENGE)
    rates.enforce(request, limits, calls, now)
    if call.key is not None and api_keys.is_due(call.key, now):
        _note_use(call.key, request, now)
    return call


def _holder(session: Session, token: str, now: datetime) -> Call | None:
    if token.startswith(api_keys.PREFIX):
        key = api_keys.holder(session, key=token, now=now)
        return Call(key.actor, -key.id, now, shop_day(session), key) if key else None
    held = api_logins.holder(session, access=token, now=now)
    if held is None:
        return None
    return Call(held.actor, held.login_session, now, clock.today(held.time_zone))


def _note_use(key: api_keys.Held, request: Request, now: datetime) -> None:
    try:
        with transaction() as session:
            address = rates.address(request)
            api_keys.note_use(session, key_id=key.id, address=address, now=now)
    except Exception as error:  # no call fails for it: the disk may be full, and this one reads
        log.warning("A key's use could not be noted: %s", type(error).__name__)


Caller = Annotated[Call, Depends(at_once(identified))]


def may(permission: Permission | None) -> Callable[[Request, Call], Awaitable[None]]:
    """The dependency that refuses who lacks the permission, and parameters that are unknown."""

    known: frozenset[str] | None = None  # to ask FastAPI takes as long as to read a body

    async def allowed(request: Request, call: Caller) -> None:
        nonlocal known
        if permission is not None:
            call.actor.require(permission)
        known = known_query(request, known)

    return allowed


def known_query(request: Request, known: frozenset[str] | None = None) -> frozenset[str]:
    """Refuse a parameter that the operation does not have: `as_off` would be today's figures.

    Gives those that it has, which need not be asked for again.
    """
    if known is None:
        flat = get_flat_params(request.scope["route"].dependant)
        known = frozenset(each.alias for each in flat)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise Problem(
            422, "invalid_input", "Há um parâmetro desconhecido no endereço.", {}, unknown
        )
    return known
