"""Logins of programs: a signed token of 15 minutes, and one that renews it, once.

The tokens (JWT, HS256) hold the id of a row of `sessions` and nothing that could grow old: whose it
is, and what they may, is read at each call. The key that signs them belongs to the installation,
so no backup holds it and another shop's tokens are nothing here.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import Row, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import TIMESTAMP, insert
from sqlalchemy.orm import Session

from credigestor.db.models import Installation, LoginSession, User
from credigestor.db.settings import DEFAULT_TIME_ZONE, TIME_ZONE
from credigestor.errors import NotFound
from credigestor.rules.permissions import Actor, Role
from credigestor.services import auth

ACCESS = timedelta(minutes=15)
_ALGORITHM = "HS256"
_ACCESS, _REFRESH, _READING = "access", "refresh", "docs"

# Statements built once: to build them takes longer than to run them.
_MOMENT = TIMESTAMP(timezone=True)
_NAMED = (
    LoginSession.id == bindparam("login_session"),
    # After a restore ids are given again: the token of an earlier login is not for a later one.
    LoginSession.created_at < bindparam("by_then", type_=_MOMENT),
    *auth.live(bindparam("now", type_=_MOMENT)),
    User.active,
)
_KEY = select(Installation.signing_key)
_NAMED_LOGIN = (
    select(LoginSession.id, LoginSession.user_id, User.name, User.role)
    .join(User)
    .where(*_NAMED)
    .subquery()
)
#: The key that a token must be signed with, the login that it names if it is, and where the shop's
#: day begins: one question.
_HOLDER = select(
    Installation.signing_key, _NAMED_LOGIN, TIME_ZONE.scalar_subquery().label("time_zone")
).outerjoin_from(Installation, _NAMED_LOGIN, true())
_RENEWED = select(LoginSession).join(User).where(*_NAMED).with_for_update(of=LoginSession)


@dataclass(frozen=True)
class Tokens:
    """What a program logs on with; `lasts` is the access token's time, `until` the login's end."""

    access: str
    refresh: str
    lasts: timedelta
    until: datetime


@dataclass(frozen=True)
class Held:
    """Who holds a token, role as it is now, by which login, and the shop's time zone."""

    actor: Actor
    login_session: int
    time_zone: str


def begin(session: Session, *, ticket: str, visitor_token: str, now: datetime) -> Tokens:
    """Trade a ticket of `auth.sign_in`, once, for tokens; NotFound when it is spent or old."""
    row = session.scalar(
        select(LoginSession)
        .where(
            LoginSession.ticket_hash == auth.digest(ticket),
            LoginSession.visitor_hash == auth.digest(visitor_token),
            LoginSession.ticket_expires_at > now,
            LoginSession.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound(auth.TICKET_REFUSED)
    row.ticket_hash = row.visitor_hash = None  # no browser is known by it
    return _issue(row, _made_key(session), now)


def renew(session: Session, *, refresh: str, now: datetime) -> Tokens | None:
    """Trade a refresh token for new tokens; None for one that is no good.

    One that was used already was stolen, or who used it was: its login ends. Nothing is raised,
    because that must be committed.
    """
    key = _key(session)
    named = _signed(refresh, _REFRESH, key, now)
    if key is None or named is None:
        return None
    row = session.scalar(_RENEWED, {**named, "now": now})
    if row is None:
        return None
    if row.token_hash != _digest(refresh):
        row.revoked_at = now
        return None
    row.last_seen_at = now
    return _issue(row, key, now)


def holder(session: Session, *, access: str, now: datetime) -> Held | None:
    """Find who holds this access token; None if nobody."""
    found = _found(session, access, _ACCESS, now)
    if found is None:
        return None
    actor = Actor(found.user_id, found.name, Role(found.role))
    return Held(actor, found.id, found.time_zone or DEFAULT_TIME_ZONE)


def reading_ticket(session: Session, *, login_session: int, now: datetime) -> str:
    """A ticket that opens the API's documentation, and nothing else, while that login holds.

    It may be the login of a page: the ticket stands in an address, where no token should.
    """
    key = _key(session) or _made_key(session)
    return _sign(login_session, _READING, key, now, now + auth.ABSOLUTE)


def reads(session: Session, *, ticket: str, now: datetime) -> bool:
    """Tell whether the login of such a ticket still holds."""
    return _found(session, ticket, _READING, now) is not None


def _found(session: Session, token: str, use: str, now: datetime) -> Row[Any] | None:
    """The login that a token of ours names; None for any other token, and a login that is over."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        asked = _as_asked(claims)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
    # Whether to believe the token, the same answer tells. Not by the ORM: that takes twice as long.
    found = session.connection().execute(_HOLDER, {**asked, "now": now}).one_or_none()
    if found is None or found.id is None:
        return None
    return found if _signed(token, use, found.signing_key, now) else None


def end(session: Session, *, login_session: int, now: datetime) -> None:
    """End a login: its tokens open nothing from the next call on."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == login_session, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def derived(session: Session, purpose: str) -> str:
    """A secret that nobody keeps: the installation gives the same for the same purpose."""
    made = hmac.digest(_made_key(session), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _issue(row: LoginSession, key: bytes, now: datetime) -> Tokens:
    until = min(now + ACCESS, row.expires_at)
    refresh = _sign(row.id, _REFRESH, key, now, row.expires_at)
    row.token_hash = _digest(refresh)
    return Tokens(
        _sign(row.id, _ACCESS, key, now, until), refresh, until - now, until=row.expires_at
    )


def _sign(login_session: int, use: str, key: bytes, now: datetime, until: datetime) -> str:
    claims = {
        "sub": str(login_session),
        "aud": use,
        "iat": int(now.timestamp()),
        "exp": int(until.timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(claims, key, _ALGORITHM)


def _signed(token: str, use: str, key: bytes | None, now: datetime) -> dict[str, Any] | None:
    """What a token of ours says, as _NAMED asks it; None for any other token, and an old one."""
    if key is None:
        return None
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=use,
            # The moment is ours to tell: PyJWT would ask the machine's clock.
            options={"require": ["sub", "iat", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except (jwt.InvalidTokenError, ValueError):
        return None
    if claims["exp"] <= now.timestamp():
        return None
    return _as_asked(claims)


def _as_asked(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What claims name, as _NAMED asks for it."""
    login_session = int(claims["sub"])
    if not 0 < login_session < 2**31:
        raise ValueError("no id of ours")
    return {
        "login_session": login_session,
        "by_then": datetime.fromtimestamp(claims["iat"] + 1, UTC),
    }


def _digest(refresh: str) -> str:
    # Not what a cookie of the same value would be found by.
    return auth.digest(f"api {refresh}")


def _key(session: Session) -> bytes | None:
    return session.scalar(_KEY)


def _made_key(session: Session) -> bytes:
    made = insert(Installation).values(id=uuid.uuid4(), signing_key=secrets.token_bytes(32))
    kept = func.coalesce(Installation.signing_key, made.excluded.signing_key)
    return (
        session.scalars(
            made.on_conflict_do_update(
                index_elements=[Installation.one], set_={"signing_key": kept}
            ).returning(Installation.signing_key)
        ).one()
        or b""
    )
