"""Too many failed tries: counted in the table, so that every process counts the same ones.

A lock ends by itself. The one on a whole login spares addresses that its owner has used, so that
a stranger cannot lock the owner out (OWASP Authentication Cheat Sheet, "Account Lockout"). A
browser in which the owner has logged in counts by itself, apart from its address: a stranger
beside the owner cannot either ("Device Cookies").
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.models import LoginAttempt
from credigestor.errors import BusinessError, NotAllowed

WINDOW = timedelta(minutes=15)
LOCK = timedelta(minutes=15)
PAIR_LIMIT = 5
ADDRESS_LIMIT = 30
LOGIN_LIMIT = 50
KNOWN = timedelta(days=30)
#: Not an address that a connection can have.
_BROWSER = "browser "


def browser_place(browser_hash: str) -> str:
    """What stands in the address's place for a known browser."""
    return (_BROWSER + browser_hash)[:64]


def refusal(session: Session, *, login: str, address: str, now: datetime) -> BusinessError | None:
    """The refusal while there were too many failures; none may try at once until the commit."""
    hold(session, login=login, address=address)
    until = _locked_until(session, login=login, address=address_key(address), now=now)
    if until is None:
        return None
    minutes = max(1, math.ceil((until - now) / timedelta(minutes=1)))
    return NotAllowed(
        "Muitas tentativas sem sucesso. Por segurança, aguarde "
        f"{minutes} {'minuto' if minutes == 1 else 'minutos'} e tente de novo."
    )


def hold(session: Session, *, login: str, address: str) -> None:
    """Wait until nobody else tries this login or from this address; until the commit."""
    # Always in this order: two tries cannot wait for each other.
    locks.hold(session, "login", login)
    locks.hold(session, "address", address_key(address))


def count(session: Session, *, login: str, address: str, succeeded: bool, now: datetime) -> None:
    """Note one try, and forget old ones."""
    session.add(
        LoginAttempt(login=login, address=address_key(address), at=now, succeeded=succeeded)
    )
    _prune(session, now)


def _locked_until(session: Session, *, login: str, address: str, now: datetime) -> datetime | None:
    of_login, of_address = LoginAttempt.login == login, LoginAttempt.address == address
    pair_success = session.scalar(
        select(func.max(LoginAttempt.at)).where(of_login, of_address, LoginAttempt.succeeded)
    )
    known = address.startswith(_BROWSER) or (
        pair_success is not None and pair_success > now - KNOWN
    )
    pair = _failures(session, now, of_login, of_address)
    ends = [
        _end_of_lock([at for at in pair if pair_success is None or at > pair_success], PAIR_LIMIT),
        _end_of_lock(_failures(session, now, of_address), ADDRESS_LIMIT),
        None if known else _end_of_lock(_failures(session, now, of_login), LOGIN_LIMIT),
    ]
    return max((end for end in ends if end is not None and end > now), default=None)


def _failures(session: Session, now: datetime, *where: ColumnElement[bool]) -> list[datetime]:
    return list(
        session.scalars(
            select(LoginAttempt.at)
            .where(*where, ~LoginAttempt.succeeded, LoginAttempt.at > now - WINDOW - LOCK)
            .order_by(LoginAttempt.at)
        )
    )


def _end_of_lock(failures: list[datetime], limit: int) -> datetime | None:
    full = [
        last + LOCK
        for first, last in zip(failures, failures[limit - 1 :], strict=False)
        if last - first <= WINDOW
    ]
    return full[-1] if full else None


def address_key(address: str) -> str:
    """What counts as one address: itself, or the /64 of IPv6 addresses that a subscriber holds."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _prune(session: Session, now: datetime) -> None:
    session.execute(
        delete(LoginAttempt).where(
            or_(
                LoginAttempt.at < now - KNOWN,
                ~LoginAttempt.succeeded & (LoginAttempt.at < now - timedelta(days=1)),
            )
        )
    )
