"""Who wrote what, and its seals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class AuditEntry(Base):
    """One write: who, when, on what, before and after.

    Append-only, but for the personal data of a customer who is being anonymised (R28).
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_entity", "entity", "entity_id"),
        Index("ix_audit_log_at", "at"),
    )
    id: Mapped[int] = an_id()
    at: Mapped[datetime] = now()
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str]
    action: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AuditSeal(Base):
    """What an entry of the audit log was when it was written, as a digest; `check` compares.

    A trigger writes it with the entry, and again when a customer in it is anonymised (R28).
    """

    __tablename__ = "audit_seals"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[bytes]
