"""What was put on paper, and the image that heads it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class NotePrinting(Base):
    """A note put on paper: the first copy, or a later one that says "2ª VIA" (R23).

    The notes printed by one press of the button share its `operation_id`. Append-only.
    """

    __tablename__ = "note_printings"
    __table_args__ = (
        UniqueConstraint("operation_id", "note_id"),
        UniqueConstraint("note_id", "copy"),
        CheckConstraint("copy >= 1", name="copy"),
    )
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    copy: Mapped[int]
    printed_at: Mapped[datetime] = now()
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ContractPrinting(Base):
    """A sale's contract put on paper, one copy for each who signs: the first time, or again.

    Append-only.
    """

    __tablename__ = "contract_printings"
    __table_args__ = (
        UniqueConstraint("operation_id"),
        UniqueConstraint("sale_id", "copy"),
        CheckConstraint("copy >= 1", name="copy"),
    )
    id: Mapped[int] = an_id()
    operation_id: Mapped[uuid.UUID]
    sale_id: Mapped[int] = mapped_column(ForeignKey("sales.id"))
    copy: Mapped[int]
    printed_at: Mapped[datetime] = now()
    printed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Logo(Base):
    """An image that heads the shop's documents; the settings in force name one by its SHA-256."""

    __tablename__ = "logos"
    __table_args__ = (
        UniqueConstraint("sha256"),
        CheckConstraint("media_type IN ('image/png', 'image/jpeg')", name="media_type"),
        CheckConstraint("octet_length(content) <= 1048576", name="size"),
    )
    id: Mapped[int] = an_id()
    sha256: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes]
    created_at: Mapped[datetime] = now()
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
