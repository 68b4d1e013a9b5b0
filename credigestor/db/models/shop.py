"""The settings of the shop, and which installation this is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class SettingsVersion(Base):
    """One version of the shop's settings; the newest row is in force."""

    __tablename__ = "settings"
    id: Mapped[int] = an_id()
    data: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = now()
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    changed_by_name: Mapped[str]


class Installation(Base):
    """Which installation this is, one row, made when it is first asked for: its backups' mark.

    `signing_key` signs the API's tokens, from the first login there on. `setup_code` is what a new
    shop's first visitor from another machine is asked for, gone with the first administrator.
    """

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("one", name="one"),)
    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    id: Mapped[uuid.UUID]
    signing_key: Mapped[bytes | None]
    setup_code: Mapped[str | None]
