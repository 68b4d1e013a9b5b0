"""So many calls a minute: of each login or key, of each address, and few of who is nobody yet.

Counted in the database, so that all processes count together. A count that fails stops nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from fastapi import Request
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.api.problems import Problem
from credigestor.config import get_config
from credigestor.db.engine import single_statements, transaction
from credigestor.services import api_rates
from credigestor.services.lockout import address_key
from credigestor.web import startup, visitor

log = logging.getLogger("credigestor")

#: Where a request keeps the headers that tell what is left, for the gate to send.
TOLD = "rate_limit"

_forgotten = 0


def address(request: Request) -> str:
    """The client's address, as the login has it."""
    client = request.client
    return visitor.client_address(client.host if client else None, request.headers.getlist)


def of_caller(request: Request, name: str) -> dict[str, int]:
    """The limits of a login or key, and of the address that it calls from."""
    config = get_config()
    here = f"address {address_key(address(request))}"
    return _set({name: config.api_per_caller, here: config.api_per_address})


def stranger(request: Request) -> None:
    """Count a call of who is nobody yet, by the address alone: a login, a wrong token."""
    startup.prepare()
    now, here = clock.now(), f"stranger {address_key(address(request))}"
    limits = _set({here: get_config().api_per_stranger})
    calls: dict[str, int] = {}
    try:
        with single_statements() as session:
            calls = count(session, limits, now)
    except Exception as error:
        uncounted(error)
    enforce(request, limits, calls, now)


def count(session: Session, limits: Mapping[str, int], now: datetime) -> dict[str, int]:
    """Count a call, in a transaction of its own; give how many there were this minute."""
    return api_rates.count(session, callers=limits.keys(), now=now) if limits else {}


def uncounted(error: Exception) -> None:
    """Note that a call could not be counted; it goes on."""
    log.warning("A call to the API could not be counted: %s", type(error).__name__)


def enforce(
    request: Request, limits: Mapping[str, int], calls: Mapping[str, int], now: datetime
) -> None:
    """Tell the caller what is left; Problem 429 once the calls were too many."""
    if not calls:
        return
    _forget(now)
    left = api_rates.left(now)
    # Told of the one that is nearest to its limit.
    name = min(calls, key=lambda each: limits[each] - calls[each])
    limit, remaining = limits[name], limits[name] - calls[name]
    request.scope["state"][TOLD] = [
        (b"ratelimit-policy", b'"minuto";q=%d;w=%d' % (limit, api_rates.PERIOD)),
        (b"ratelimit", b'"minuto";r=%d;t=%d' % (max(remaining, 0), left)),
    ]
    if remaining < 0:
        raise Problem(
            429,
            "too_many_requests",
            f"Pedidos demais neste minuto. Nada foi feito; tente de novo em {left} s.",
            {"Retry-After": str(left)},
        )


def _set(limits: Mapping[str, int]) -> dict[str, int]:
    return {name: limit for name, limit in limits.items() if limit}


def _forget(now: datetime) -> None:
    """Once a minute and process, remove who has not called of late."""
    global _forgotten
    if _forgotten == api_rates.minute(now):
        return
    _forgotten = api_rates.minute(now)
    try:
        with transaction() as session:
            api_rates.forget(session, now=now)
    except Exception as error:
        uncounted(error)
