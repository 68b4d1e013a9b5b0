"""What a backup says of itself: the format, in one place for who writes it and who reads it.

A backup is a ZIP. `manifest.json` names one member a table, `tables/<name>.csv`: what COPY makes
of it as CSV with a header, in the order of its primary key, dates in ISO and moments in UTC; an
empty cell is NULL and "" the empty text. With a passphrase every member, the manifest too, is
encrypted with AES-256 as WinZip does it (AE-2).
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

FORMAT = "credigestor-backup"
VERSION = 1
MANIFEST = "manifest.json"

_Name = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
#: Such as every time zone can show.
_Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1980, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC)),
]
#: Which installation made a backup; it also ends the ZIP, in the clear where the manifest is not.
Mark = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
_Count = Annotated[int, Field(ge=0, lt=2**63)]


def member_name(table: str) -> str:
    """Name of a table's member."""
    return f"tables/{table}.csv"


def marking(installation: str) -> bytes:
    """The comment of a backup's ZIP: of one length, so that it is read without opening the ZIP."""
    return f"credigestor {installation}".encode()


def secret(passphrase: str) -> bytes:
    """A passphrase as the ZIP takes it: accents composed, whatever keyboard they came from."""
    return unicodedata.normalize("NFC", passphrase).encode()


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Table(_Strict):
    """One table: its member, columns in their order, rows without the header, bytes, SHA-256."""

    name: _Name
    member: str
    columns: Annotated[list[_Name], Field(min_length=1, max_length=1_000)]
    rows: _Count
    size: _Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(_Strict):
    """Version 1 of the format. `sequences` gives each table's last number, 0 before the first.

    `installation` is missing from what a version before 0.6 made.
    """

    format: Literal["credigestor-backup"] = "credigestor-backup"
    version: Literal[1] = 1
    schema_revision: Annotated[str, Field(min_length=1, max_length=64)]
    generated_at: _Moment
    shop: Annotated[str, Field(max_length=1_000)]
    installation: Mark | None = None
    tables: Annotated[list[Table], Field(min_length=1, max_length=1_000)]
    sequences: dict[_Name, _Count]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all tables, uncompressed."""
        return sum(table.size for table in self.tables)

    def table(self, name: str) -> Table | None:
        """The table of that name, where there is one."""
        return next((table for table in self.tables if table.name == name), None)
