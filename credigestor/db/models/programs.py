"""Other programs: what they asked for by the API, their keys, and whom webhooks tell."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class ApiOperation(Base):
    """A write that a program asked for by the API: what it asked, and what it was answered.

    `digest` is the SHA-256 of who asked what; `answer` holds ids, numbers, dates and amounts, and
    nobody's name. As old as the record that it tells of.
    """

    __tablename__ = "api_operations"
    operation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = now()


class ApiKey(Base):
    """A key by which a program calls the API for a user; only its SHA-256 is kept.

    It belongs to the installation: no backup holds it, and none brings a revoked one back. So no
    foreign key ties it to its user, whom id and `user_since` (created_at) name together: after a
    restore another may have the id.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        UniqueConstraint("key_hash"),
        CheckConstraint("key_hash ~ '^[0-9a-f]{64}$'", name="key_hash"),
        CheckConstraint("expires_at > created_at", name="expires_at"),
    )
    id: Mapped[int] = an_id()
    name: Mapped[str]
    user_id: Mapped[int]
    user_since: Mapped[datetime]
    key_hash: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    last_used_address: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_name: Mapped[str | None]


class ApiCalls(Base):
    """How often somebody called the API in one minute (since 1970): a login, a key, an address.

    Not in the server's journal: a count costs a read no wait for the disk, and a crash loses it.
    """

    __tablename__ = "api_calls"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's own way
    caller: Mapped[str] = mapped_column(primary_key=True)
    minute: Mapped[int]
    calls: Mapped[int]


class WebhookEndpoint(Base):
    """Where events go, which ones, and the secret that signs them; off with its cause.

    For a day after a change the former secret signs beside the new one. `overdue_told` is the last
    day whose newly late notes were told.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        CheckConstraint("cardinality(events) > 0", name="events"),
        CheckConstraint("off_cause IN ('person', 'gone', 'failing')", name="off_cause"),
        CheckConstraint("(off_cause IS NULL) = (off_at IS NULL)", name="off"),
    )
    id: Mapped[int] = an_id()
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes]
    old_secret: Mapped[bytes | None]
    old_secret_until: Mapped[datetime | None]
    off_cause: Mapped[str | None]
    off_at: Mapped[datetime | None]
    overdue_told: Mapped[date]
    created_at: Mapped[datetime] = now()


class WebhookEvent(Base):
    """An event for one endpoint, written in the act's own transaction; in order of id.

    `next_at` is when it is tried again, None for at once. No foreign key leads into the shop's
    tables: these rows outlive a restore.
    """

    __tablename__ = "webhook_events"
    __table_args__ = (
        Index(
            "ix_webhook_events_waiting",
            *("endpoint_id", "customer_id", "id"),
            postgresql_where=text("delivered_at IS NULL"),
        ),
        Index("ix_webhook_events_endpoint_id", "endpoint_id", "id"),
        Index("ix_webhook_events_at", "at"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    message_id: Mapped[uuid.UUID] = mapped_column(server_default=func.gen_random_uuid())
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoints.id", ondelete="CASCADE"))
    type: Mapped[str]
    customer_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    data: Mapped[dict[str, Any]]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try at a delivery: the status that came back, or in Portuguese why none did."""

    __tablename__ = "webhook_attempts"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("webhook_events.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    error: Mapped[str | None]
