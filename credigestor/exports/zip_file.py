"""All files of an export in one ZIP, written while it is sent: no file is ever whole in memory."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from credigestor.db.loading.copying import Rows
from credigestor.db.settings import current_settings

MANIFEST = "manifest.json"
#: Said in the manifest, since a ZIP of the shop's data looks like a backup.
NOTICE = (
    "Exportação para planilhas e outros programas. Não é um backup e não pode ser restaurada: "
    "não traz usuários, senhas, configurações nem o histórico."
)
#: Half of the time of zlib's own 6, for a file a tenth larger.
_LEVEL = 5


def zipped(
    session: Session,
    members: Mapping[str, Callable[[Rows], Generator[bytes, None, None]]],
    *,
    as_of: date,
    generated_at: datetime,
    rows: Rows,
) -> Iterator[bytes]:
    """A ZIP of the members and a manifest: rows, SHA-256 and bytes of each, and what it is not.

    `rows` counts those of all members.
    """
    settings = current_settings(session)
    made = generated_at.astimezone(ZoneInfo(settings.time_zone))
    pipe = _Pipe()
    described = []
    with zipfile.ZipFile(cast(Any, pipe), "w") as archive:
        for name, blocks in members.items():
            before, size, digest = rows.count, 0, hashlib.sha256()
            member = _member(name, made)
            with (
                closing(blocks(rows)) as source,
                archive.open(member, "w", force_zip64=True) as file,
            ):
                for block in source:
                    file.write(block)
                    digest.update(block)
                    size += len(block)
                    yield from pipe.taken()
            described.append(
                {
                    "name": name,
                    "rows": rows.count - before,
                    "sha256": digest.hexdigest(),
                    "size": size,
                }
            )
        manifest = {
            "format": "credigestor-export",
            "notice": NOTICE,
            "generated_at": generated_at.isoformat(timespec="seconds"),
            "as_of": as_of.isoformat(),
            "shop": settings.shop_name,
            "members": described,
        }
        about = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        archive.writestr(_member(MANIFEST, made), about)
    yield from pipe.taken()


def _member(name: str, made: datetime) -> Any:
    """Without a moment of its own it would be of 1980, and with no rights but its owner's."""
    member: Any = zipfile.ZipInfo(name, made.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member._compresslevel = _LEVEL  # noqa: SLF001 - no public name before Python 3.13
    member.external_attr = 0o644 << 16
    return member


class _Pipe(io.RawIOBase):
    """What is written into it can be taken out, once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> Iterator[bytes]:
        """All that was written since."""
        block, self._parts = b"".join(self._parts), []
        if block:
            yield block
