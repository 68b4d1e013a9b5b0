"""Files in and out: imports and their readings, downloads, backups."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from credigestor.db.models.base import Base, an_id, now


class ImportMapping(Base):
    """How files of an earlier import were read, by the name that a person gave it."""

    __tablename__ = "import_mappings"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("char_length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("octet_length(data::text) <= 1048576", name="size"),
    )
    id: Mapped[int] = an_id()
    name: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[datetime] = now()
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ImportRun(Base):
    """What came of a file that lay in the watched folder, or of several that belong together.

    One row a content, known by `digest` (SHA-256): what was refused and is tried again is told
    anew. The counts are of rows that came in. `detail` has the rows of the import's report, which
    name people: it goes when a customer is anonymised, and after a while by itself.
    """

    __tablename__ = "import_runs"
    __table_args__ = (
        UniqueConstraint("digest"),
        CheckConstraint("digest ~ '^[0-9a-f]{64}$'", name="digest"),
        CheckConstraint(
            "least(customers, sales, notes, payments, differences, problems) >= 0", name="counts"
        ),
        CheckConstraint(
            "NOT refused OR customers + sales + notes + payments = 0", name="nothing_refused"
        ),
    )
    id: Mapped[int] = an_id()
    at: Mapped[datetime] = now()
    file: Mapped[str]
    digest: Mapped[str]
    refused: Mapped[bool]
    customers: Mapped[int]
    sales: Mapped[int]
    notes: Mapped[int]
    payments: Mapped[int]
    differences: Mapped[int]
    problems: Mapped[int]
    detail: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Download(Base):
    """A file that was asked for: a single-use address for one login, and how far it has come.

    Only the SHA-256 of the token is kept. `what` says how the file is made, by whichever process
    gets the request. `rows` and `size` (bytes) grow while it is sent; `rows_expected` is an
    estimate.
    """

    __tablename__ = "downloads"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_downloads_created_at", "created_at"),
    )
    id: Mapped[int] = an_id()
    token_hash: Mapped[str]
    #: The user's id and the login session's: no foreign keys, these rows outlive a restore.
    user_id: Mapped[int]
    session_id: Mapped[int]
    what: Mapped[dict[str, Any]]
    file_name: Mapped[str]
    created_at: Mapped[datetime] = now()
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    rows_expected: Mapped[int | None]
    rows: Mapped[int] = mapped_column(BigInteger, server_default="0")
    size: Mapped[int] = mapped_column(BigInteger, server_default="0")
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]


class BackupRun(Base):
    """A backup, its verification, or a restore: begun, and how it ended.

    `ok` is None while it runs, or when its process was killed. `file` is a name in the backup
    folder, or the path given on the command line; `detail` a sentence in Portuguese.
    """

    __tablename__ = "backup_runs"
    __table_args__ = (
        CheckConstraint("kind IN ('backup', 'verify', 'restore')", name="kind"),
        CheckConstraint("(finished_at IS NULL) = (ok IS NULL)", name="finished"),
        Index("ix_backup_runs_kind", "kind", "started_at"),
    )
    id: Mapped[int] = an_id()
    kind: Mapped[str]
    automatic: Mapped[bool]
    actor_name: Mapped[str]
    started_at: Mapped[datetime] = now()
    finished_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    file: Mapped[str]
    size: Mapped[int | None] = mapped_column(BigInteger)
    encrypted: Mapped[bool] = mapped_column(server_default=text("false"))
    detail: Mapped[str] = mapped_column(server_default="")
