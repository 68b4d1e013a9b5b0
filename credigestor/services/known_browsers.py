"""Browsers in which somebody has logged in, known again by a cookie that opens nothing.

What is typed wrong in one counts by itself, apart from its address (`lockout`): whoever sits beside
the owner, at the same address, cannot lock the owner out (OWASP, "Device Cookies"). Only a login
that succeeded gives the cookie, and only its SHA-256 is kept, in `sessions`: it cannot be made up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from credigestor.db.models import LoginSession, User
from credigestor.services import lockout


def is_known(session: Session, *, browser_hash: str, now: datetime) -> bool:
    """Tell whether anybody has logged in with this browser in the last 30 days."""
    return (
        session.scalar(select(LoginSession.id).where(*_of(browser_hash, now)).limit(1)) is not None
    )


def place(
    session: Session, *, login: str, address: str, browser_hash: str | None, now: datetime
) -> str:
    """Where a try to log in counts: in the browser, if this login has entered with it, or at the
    address."""
    if browser_hash is None:
        return address
    entered = session.scalar(
        select(LoginSession.id)
        .join(User, User.id == LoginSession.user_id)
        .where(User.login == login, *_of(browser_hash, now))
        .limit(1)
    )
    return address if entered is None else lockout.browser_place(browser_hash)


def place_of(session: Session, *, login_session: int) -> str:
    """Where tries at the own password count of who is logged in: that login's browser or address.

    As they were when it began: coming from another address gives no more tries.
    """
    row = session.get_one(LoginSession, login_session)
    return lockout.browser_place(row.visitor_hash) if row.visitor_hash else row.address


def _of(browser_hash: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    # A row without token_hash is a ticket that nobody traded, its hash a mere visitor's.
    return (
        LoginSession.visitor_hash == browser_hash,
        LoginSession.token_hash.is_not(None),
        LoginSession.created_at > now - lockout.KNOWN,
    )
