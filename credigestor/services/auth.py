"""Login: from a password to a single-use ticket, from the ticket to a cookie, and its end.

The database holds only SHA-256 digests of tickets and cookies: who reads a backup cannot log in
with it. Too many failures are refused first, by `lockout`.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, CursorResult, delete, select, update
from sqlalchemy.orm import Session

from credigestor.db.models import BackupRun, LoginSession, User
from credigestor.errors import BusinessError, InvalidInput, NotFound
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import audit, known_browsers, lockout
from credigestor.services.passwords import DUMMY_HASH, password_matches

IDLE = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
TICKET = timedelta(seconds=30)
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=30)
#: The database's clock, which dates a restore, and ours may differ by so much.
CLOCKS_DIFFER = timedelta(hours=1)

REFUSED = "Usuário ou senha incorretos."
TICKET_REFUSED = "Este acesso venceu. Entre de novo."


@dataclass(frozen=True)
class SignIn:
    """Outcome of a try to sign in, so that the transaction that counted it can be committed."""

    ticket: str | None = None
    refusal: BusinessError | None = None

    def ticket_or_raise(self) -> str:
        """The ticket; raises the refusal. Call it after the transaction has been committed."""
        if self.ticket is None:
            raise self.refusal or InvalidInput(REFUSED)
        return self.ticket


@dataclass(frozen=True)
class SessionInfo:
    """A live session, as a person is shown it."""

    id: int
    user_id: int
    user_name: str
    address: str
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


def digest(secret: str) -> str:
    """SHA-256 of a ticket or cookie, in hexadecimal: the only form that is stored."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def sign_in(
    session: Session,
    *,
    login: str,
    password: str,
    address: str,
    visitor_token: str,
    user_agent: str,
    now: datetime,
    browser: str | None = None,
) -> SignIn:
    """Check a password, count the try, and give a ticket of 30 seconds for this visitor's cookie.

    `browser` is the cookie by which it may be known. Nothing is raised, because the count must be
    committed. One message and the same work answer
    an unknown login, a wrong password and an inactive user.
    """
    login = "".join(c for c in login if c.isprintable()).strip().lower()[:40]
    place = known_browsers.place(
        session,
        login=login,
        address=address,
        browser_hash=None if browser is None else digest(browser),
        now=now,
    )
    refusal = lockout.refusal(session, login=login, address=place, now=now)
    if refusal is not None:
        return SignIn(refusal=refusal)
    # Held until the commit: who changes the password meanwhile then finds this session to end.
    user = session.scalar(select(User).where(User.login == login).with_for_update(read=True))
    usable = user if user is not None and user.active else None
    correct = password_matches(password, usable.password_hash if usable else DUMMY_HASH)
    succeeded = usable is not None and correct
    lockout.count(session, login=login, address=place, succeeded=succeeded, now=now)
    if usable is None or not succeeded:
        return SignIn(refusal=InvalidInput(REFUSED))
    return SignIn(
        ticket=issue_ticket(
            session,
            user_id=usable.id,
            address=address,
            visitor_token=visitor_token,
            user_agent=user_agent,
            now=now,
        )
    )


def issue_ticket(
    session: Session,
    *,
    user_id: int,
    address: str,
    visitor_token: str,
    user_agent: str,
    now: datetime,
) -> str:
    """Open a session for a user whose identity was just proved; give the ticket to enter it."""
    ticket = secrets.token_urlsafe(32)
    session.execute(delete(LoginSession).where(LoginSession.expires_at < now - KEPT))
    session.add(
        LoginSession(
            user_id=user_id,
            ticket_hash=digest(ticket),
            ticket_expires_at=now + TICKET,
            visitor_hash=digest(visitor_token),
            address=address[:64],
            user_agent=user_agent[:300],
            created_at=now,
            last_seen_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    session.flush()
    return ticket


def redeem_ticket(session: Session, *, ticket: str, visitor_token: str, now: datetime) -> str:
    """Trade a ticket, once, for a fresh cookie; NotFound when it is spent, old or not theirs."""
    token = secrets.token_urlsafe(32)
    redeemed = session.scalar(
        update(LoginSession)
        .where(
            LoginSession.ticket_hash == digest(ticket),
            LoginSession.visitor_hash == digest(visitor_token),
            LoginSession.ticket_expires_at > now,
            LoginSession.revoked_at.is_(None),
        )
        .values(token_hash=digest(token), ticket_hash=None, visitor_hash=None, last_seen_at=now)
        .returning(LoginSession.id)
    )
    if redeemed is None:
        raise NotFound(TICKET_REFUSED)
    return token


def know_browser(session: Session, *, token: str, browser: str | None, now: datetime) -> str:
    """Give the value by which the browser of a login that was just entered is known from now on.

    The one it has, if anybody logged in with it before: several people may share a browser.
    """
    if browser is None or not known_browsers.is_known(
        session, browser_hash=digest(browser), now=now
    ):
        browser = secrets.token_urlsafe(32)
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == digest(token))
        .values(visitor_hash=digest(browser))
    )
    return browser


def authenticate(
    session: Session, *, token: str, now: datetime, touch: bool
) -> tuple[Actor, int] | None:
    """Find who holds this cookie, role as it is now, and the session's id; None for a stranger.

    `touch` notes the visit, at most once a minute, which keeps the session from idling out.
    """
    if not token:
        return None
    row = session.execute(
        select(LoginSession, User)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.token_hash == digest(token), *live(now), User.active)
    ).one_or_none()
    if row is None:
        return None
    login_session, user = row
    if touch and now - login_session.last_seen_at >= SEEN_EVERY:
        session.execute(
            update(LoginSession)
            .where(LoginSession.id == login_session.id, LoginSession.last_seen_at < now)
            .values(last_seen_at=now)
        )
    return Actor(user.id, user.name, Role(user.role)), login_session.id


def was_login(session: Session, *, token: str) -> bool:
    """Tell whether this cookie is, or once was, a login: an anonymous visitor's never was."""
    statement = select(LoginSession.id).where(LoginSession.token_hash == digest(token))
    return session.scalar(statement) is not None


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End the session of this cookie; nothing happens when there is none."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == digest(token), LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def revoke_sessions(
    session: Session, *, user_id: int, now: datetime, except_token: str | None = None
) -> int:
    """End a user's sessions and unused tickets, but for the cookie given; give how many."""
    statement = (
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    if except_token is not None:
        statement = statement.where(LoginSession.token_hash.is_distinct_from(digest(except_token)))
    result = session.execute(statement)
    return result.rowcount if isinstance(result, CursorResult) else 0


def list_sessions(
    session: Session, actor: Actor, *, now: datetime, user_id: int | None = None
) -> list[SessionInfo]:
    """Live sessions, newest first: of one user, or of all; another's only to who manages users."""
    if user_id is None or user_id != actor.id:
        actor.require(Permission.USERS)
    statement = (
        select(LoginSession, User.name)
        .join(User, User.id == LoginSession.user_id)
        .where(LoginSession.token_hash.is_not(None), *live(now), User.active)
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())
    )
    if user_id is not None:
        statement = statement.where(LoginSession.user_id == user_id)
    return [
        SessionInfo(
            id=row.id,
            user_id=row.user_id,
            user_name=name,
            address=row.address,
            user_agent=row.user_agent,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
        )
        for row, name in session.execute(statement)
    ]


def end_session(session: Session, actor: Actor, *, session_id: int, now: datetime) -> None:
    """End one session: one's own, or anybody's for who manages users; NotFound if it is over."""
    row = session.scalar(
        select(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.revoked_at.is_(None))
        .with_for_update()
    )
    if row is None or (row.user_id != actor.id and not actor.can(Permission.USERS)):
        raise NotFound("Esta sessão já terminou.")
    row.revoked_at = now
    audit.record(session, actor, "end_session", "users", row.user_id, after={"session": row.id})


def live(now: datetime | BindParameter[datetime]) -> tuple[ColumnElement[bool], ...]:
    """Conditions of a session that is neither ended, nor old, nor idle, nor of a backup."""
    # A login that came back with a backup is nobody's: it may have ended since. A restore that a
    # clock running ahead noted as still to come does not count: it would keep everybody out.
    restored = select(BackupRun.id).where(
        BackupRun.kind == "restore",
        BackupRun.ok.is_(True),
        BackupRun.started_at >= LoginSession.created_at,
        BackupRun.started_at <= now + CLOCKS_DIFFER,
    )
    return (
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > now,
        LoginSession.last_seen_at > now - IDLE,
        ~restored.correlate(LoginSession).exists(),
    )
