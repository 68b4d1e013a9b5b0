"""Who works in the shop, their logins, and each try at one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class User(Base):
    """A person who logs in; `login` is folded to lower case."""

    __tablename__ = "users"
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("role IN ('seller', 'manager', 'admin')", name="role"),
        CheckConstraint("login = lower(login)", name="login_lower"),
    )
    id: Mapped[int] = an_id()
    login: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = now()
    password_changed_at: Mapped[datetime] = now()


class LoginSession(Base):
    """A browser that is logged in, or about to be (a ticket not yet traded for a cookie).

    Only SHA-256 digests of the cookie, the ticket and the visitor's cookie are kept; once the
    ticket was traded, `visitor_hash` is of the cookie by which the browser is known again.
    """

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_hash"), UniqueConstraint("ticket_hash"))
    id: Mapped[int] = an_id()
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str | None]
    ticket_hash: Mapped[str | None]
    ticket_expires_at: Mapped[datetime | None]
    visitor_hash: Mapped[str | None]
    address: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[datetime] = now()
    last_seen_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LoginAttempt(Base):
    """One try at a password, for lockout by account and by address."""

    __tablename__ = "login_attempts"
    __table_args__ = (
        Index("ix_login_attempts_login_at", "login", "at"),
        Index("ix_login_attempts_address_at", "address", "at"),
    )
    id: Mapped[int] = an_id()
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = now()
    succeeded: Mapped[bool]
