"""The shop's data as CSV files, and all of them as one ZIP with a manifest.

The caller gives the session: on one snapshot all files tell of the same moment. Users come
only as names of sellers and receivers; no password hash, no login and no session leaves.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from credigestor.db.migrate import current_revision
from credigestor.db.settings import current_settings
from credigestor.transfer.contents import CSV_FILES, Moment
from credigestor.transfer.csv_format import write_rows

MANIFEST = "manifest.json"
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Member:
    """One file written: its name, rows without the header, SHA-256 in hexadecimal, bytes."""

    name: str
    rows: int
    sha256: str
    size: int


def export_csv(session: Session, name: str, to: IO[bytes], *, as_of: date, today: date) -> Member:
    """Write one of CSV_FILES to an open binary file.

    `as_of` is the date at which notes are stated: status and what is owed, in R$; `today` is
    the shop's day.
    """
    moment = Moment(as_of, today, ZoneInfo(current_settings(session).time_zone))
    columns, statement = CSV_FILES[name](moment)
    result = session.execute(statement, execution_options={"yield_per": _ROWS_AT_ONCE})
    converters = [convert for _, _, convert in columns]
    counter = _Counter(to)
    rows = write_rows(
        cast(IO[bytes], counter),
        [label for label, _, _ in columns],
        (
            [
                value if convert is None or value is None else convert(value)
                for value, convert in zip(row, converters, strict=True)
            ]
            for row in result
        ),
    )
    return Member(name, rows, counter.digest.hexdigest(), counter.size)


def export(
    session: Session,
    to: Path | IO[bytes],
    *,
    as_of: date,
    today: date,
    generated_at: datetime,
) -> list[Member]:
    """Write a ZIP of all CSV files and a manifest to a file or a path; give its CSV members.

    The manifest states when, which shop and which schema revision, and of each member its
    rows, SHA-256 and size. A path is written beside and renamed into place, for the owner's
    eyes only. Raises OSError when it cannot be written.
    """
    if isinstance(to, Path):
        with _in_place(to) as file:
            return export(session, file, as_of=as_of, today=today, generated_at=generated_at)
    members = []
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in CSV_FILES:
            with archive.open(name, "w", force_zip64=True) as file:
                members.append(export_csv(session, name, file, as_of=as_of, today=today))
        manifest = {
            "generated_at": generated_at.isoformat(timespec="seconds"),
            "as_of": as_of.isoformat(),
            "shop": current_settings(session).shop_name,
            "schema_revision": current_revision(session.connection()),
            "members": [vars(member) for member in members],
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
    return members


def export_folder(session: Session, folder: Path, *, as_of: date, today: date) -> list[Member]:
    """Write each of CSV_FILES into a folder, made if missing; give what was written.

    Files of the same name are replaced, each at once. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    members = []
    for name in CSV_FILES:
        with _in_place(folder / name) as file:
            members.append(export_csv(session, name, file, as_of=as_of, today=today))
    return members


def archive_name(at: datetime) -> str:
    """Name of a backup made at a local time: credigestor-2026-11-23-154500.zip."""
    return f"credigestor-{at:%Y-%m-%d-%H%M%S}.zip"


@contextmanager
def _in_place(path: Path) -> Iterator[IO[bytes]]:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


class _Counter(io.RawIOBase):
    """Passes bytes on to a file, counting and hashing them."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)
