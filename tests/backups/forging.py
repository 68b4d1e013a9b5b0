"""ZIPs as no program writes them: every field of a member may lie."""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from credigestor.db.migrate import head_revision

ROWS = b"id,name\n1,Ana\n2,\n"


@dataclass
class Member:
    """A member: its name and packed bytes, and what the headers say of it."""

    name: str
    data: bytes
    size: int
    packed: int | None = None  # what the directory says of the packed bytes
    crc: int = 0
    method: int = 8
    flags: int = 0
    extra: bytes = b""
    local_name: str | None = None
    offset: int | None = None

    @property
    def stated(self) -> int:
        return len(self.data) if self.packed is None else self.packed


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(5, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def zeros(gigabytes: float) -> bytes:
    """So many zeros deflated, in a moment: one packed megabyte again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return megabyte * int(gigabytes * 1024) + deflated(b"")


def member(name: str, content: bytes = ROWS, **fields: Any) -> Member:
    """An honest member, but for the fields given."""
    given = {"size": len(content), "crc": zlib.crc32(content), **fields}
    return Member(name, given.pop("data", None) or deflated(content), **given)


def table(name: str = "people", content: bytes = ROWS, **fields: Any) -> dict[str, Any]:
    """A table as an honest manifest tells of it, but for the fields given."""
    return {
        "name": name,
        "member": f"tables/{name}.csv",
        "columns": ["id", "name"],
        "rows": 2,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    } | fields


def manifest(tables: Sequence[dict[str, Any]], **fields: Any) -> Member:
    """An honest manifest, but for the fields given."""
    content = {
        "format": "credigestor-backup",
        "version": 1,
        "schema_revision": head_revision(),
        "generated_at": "2026-11-23T15:45:00Z",
        "shop": "Loja",
        "tables": list(tables),
        "sequences": {"people": 2},
    } | fields
    return member("manifest.json", json.dumps(content).encode())


def write(path: Path, members: Sequence[Member], *, tail: bytes = b"") -> Path:
    """Write the members, the directory that tells of them, and its end."""
    with path.open("wb") as file:
        directory = bytearray()
        for one in members:
            local = (one.local_name or one.name).encode()
            at = file.tell() if one.offset is None else one.offset
            big = one.size > 0xFFFFFFFE
            size = 0xFFFFFFFF if big else one.size
            extra = one.extra + (struct.pack("<HHQ", 1, 8, one.size) if big else b"")
            file.write(
                struct.pack(
                    "<4s5H3I2H",
                    *(b"PK\3\4", 45, one.flags, one.method, 0, 0x21, one.crc),
                    *(min(one.stated, 0xFFFFFFFF), size, len(local), len(one.extra)),
                )
            )
            file.write(local + one.extra + one.data)
            name = one.name.encode()
            directory += struct.pack(
                "<4s6H3I5H2I",
                *(b"PK\1\2", 45, 45, one.flags, one.method, 0, 0x21, one.crc),
                *(one.stated, size, len(name), len(extra), 0, 0, 0, 0, at),
            )
            directory += name + extra
        start = file.tell()
        file.write(bytes(directory))
        count = min(len(members), 0xFFFF)
        file.write(
            struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0) + tail
        )
    return path
