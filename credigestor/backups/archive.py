"""Reading a backup that may be anything: damaged, half a file, or made to do harm.

Nothing is unpacked to disk and nothing is held in memory. What the archive's directory claims
is checked before a byte is unpacked: names, sizes, ratios, no two members over one place.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyzipper
from pydantic import BaseModel, ValidationError

from credigestor.backups.manifest import (
    FORMAT,
    MANIFEST,
    VERSION,
    Manifest,
    Table,
    marking,
    member_name,
    secret,
)
from credigestor.db.migrate import known_revisions
from credigestor.errors import InvalidInput
from credigestor.rules.progress import Progress, silent
from credigestor.rules.quoting import quote

#: Bytes that all members may hold, uncompressed: two hundred times a million notes.
MAX_SIZE = 128 * 1024**3
#: A member may hold so many times its compressed bytes, or SMALL bytes. Rows come to 3 to 9 times.
MAX_RATIO = 200
SMALL = 1024**2
MAX_MANIFEST = 1024**2
_MAX_MEMBERS = 1_000
_BLOCK = 256 * 1024
#: More at once is asked of the file only for a directory that no backup has.
_MAX_READ = 1024**2
_NAME = re.compile(r"manifest\.json|tables/[a-z_][a-z0-9_]{0,62}\.csv")
_AES_256 = 3
_NOBODY = str(uuid.UUID(int=0))
_MARKING = re.compile(marking("([0-9a-f-]{36})"))


class BadArchive(InvalidInput):
    """The file is no backup that can be restored; the message names what is wrong, and where."""


class Archive:
    """An open backup whose structure is right; its content is judged while it is read."""

    def __init__(self, zip_file: pyzipper.AESZipFile, manifest: Manifest, encrypted: bool) -> None:
        self._zip = zip_file
        self.manifest = manifest
        self.encrypted = encrypted

    def blocks(self, table: str) -> Iterator[bytes]:
        """A table's CSV, header first, in blocks; each read to its end proves size and SHA-256.

        Raises BadArchive at the latest after the last block: what was read is good only then.
        """
        stated = self.manifest.table(table)
        if stated is None:
            raise BadArchive(f"O backup não tem a tabela {quote(table)}.")
        digest = hashlib.sha256()
        size = 0
        for block in _unpacked(self._zip, stated.member):
            digest.update(block)
            size += len(block)
            yield block
        if size != stated.size or digest.hexdigest() != stated.sha256:
            raise BadArchive(
                f"O conteúdo de {stated.member} não é o que foi gravado: o SHA-256 não confere."
            )


@contextmanager
def opened(path: Path, *, passphrase: str | None = None) -> Iterator[Archive]:
    """Open a backup and check its structure and manifest; its tables are not read yet.

    Raises BadArchive, also for a missing or wrong passphrase, and OSError.
    """
    with _Careful(path) as file:
        try:
            zip_file = pyzipper.AESZipFile(file)
        except Exception as error:  # the library raises many kinds over what it cannot read
            raise BadArchive(
                "O arquivo não é um backup do CrediGestor, ou está cortado no fim."
            ) from error
        with zip_file:
            encrypted = _check_directory(zip_file)
            if encrypted and passphrase is None:
                raise BadArchive("Este backup está protegido. Informe a senha do backup.")
            if passphrase is not None:
                zip_file.setpassword(secret(passphrase))
            manifest = _read_manifest(zip_file)
            _compare(zip_file, manifest)
            yield Archive(zip_file, manifest, encrypted)


def verify(archive: Archive, progress: Progress = silent) -> None:
    """Read every member to its end and compare size and SHA-256; raises BadArchive."""
    total = archive.manifest.size or 1
    done = 0
    for table in archive.manifest.tables:
        for block in archive.blocks(table.name):
            done += len(block)
            progress(done / total, "Conferindo o arquivo")


def is_encrypted(path: Path) -> bool:
    """Whether the first member of a ZIP says so; raises OSError."""
    with path.open("rb") as file:
        header = file.read(8)
    return header[:4] == b"PK\x03\x04" and len(header) == 8 and bool(header[6] & 1)


def mark_of(path: Path) -> str | None:
    """Which installation a backup says it is of, without opening it; None of an older version.

    Anybody who may write to the folder may forge it, as all of a backup without passphrase. Raises
    OSError.
    """
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - len(marking(_NOBODY)), 0))
        found = _MARKING.fullmatch(file.read())
    return found[1].decode() if found else None


class _Careful(io.FileIO):
    """A file of which nobody reads outside, nor more than _MAX_READ bytes at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0 or size > _MAX_READ:
            size = _MAX_READ + 1
        data = super().read(size) or b""
        if len(data) > _MAX_READ:
            raise zipfile.BadZipFile("absurdly large directory")
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET and not 0 <= offset <= os.fstat(self.fileno()).st_size:
            raise zipfile.BadZipFile("a place outside the file")
        return super().seek(offset, whence)


def _check_directory(zip_file: pyzipper.AESZipFile) -> bool:
    """Judge what the directory claims; tell whether the members are encrypted."""
    members: list[Any] = zip_file.infolist()
    if len(members) > _MAX_MEMBERS:
        raise BadArchive(f"O arquivo tem {len(members)} membros: não é um backup do CrediGestor.")
    if MANIFEST not in _checked_names(members):
        raise BadArchive(f"Falta {MANIFEST}: o arquivo não é um backup do CrediGestor.")
    if zip_file.getinfo(MANIFEST).file_size > MAX_MANIFEST:
        raise BadArchive(f"{MANIFEST} é grande demais para ser de um backup.")
    if sum(member.file_size for member in members) > MAX_SIZE:
        raise BadArchive(f"O backup diz ter mais de {MAX_SIZE // 1024**3} GB.")
    _check_places(members, end=zip_file.start_dir)
    return _are_encrypted(members)


def _checked_names(members: list[Any]) -> set[str]:
    """The members' names, each of them a backup's, there once, and of a size it can have."""
    names: set[str] = set()
    for member in members:
        name = member.orig_filename
        if not _NAME.fullmatch(name):
            raise BadArchive(f"O arquivo tem um membro que nenhum backup tem: {quote(name)}.")
        if name in names:
            raise BadArchive(f"O arquivo tem o membro {name} duas vezes.")
        names.add(name)
        if member.compress_type != zipfile.ZIP_DEFLATED:
            raise BadArchive(f"O membro {name} está comprimido de um modo que nenhum backup usa.")
        if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
            raise BadArchive(
                f"O membro {name} diz ter {member.file_size} bytes em {member.compress_size} "
                "comprimidos: nenhum backup é assim."
            )
    return names


def _check_places(members: list[Any], *, end: int) -> None:
    """Every member ends before the next begins, and the last before `end`."""
    for member in sorted(members, key=lambda member: member.header_offset, reverse=True):
        start = member.header_offset
        if start < 0 or start + 30 + len(member.orig_filename) + member.compress_size > end:
            raise BadArchive(f"O membro {member.orig_filename} ocupa o lugar de outro.")
        end = start


def _are_encrypted(members: list[Any]) -> bool:
    encrypted = [member for member in members if member.is_encrypted]
    if not encrypted:
        return False
    for member in members:
        if not member.is_encrypted or member.wz_aes_strength != _AES_256:
            raise BadArchive(f"O membro {member.orig_filename} não está protegido como os outros.")
    return True


class _Head(BaseModel):
    format: str
    version: int


def _read_manifest(zip_file: pyzipper.AESZipFile) -> Manifest:
    content = b"".join(_unpacked(zip_file, MANIFEST))
    try:
        head = _Head.model_validate_json(content)
        if head.format != FORMAT:
            raise BadArchive(f"{MANIFEST} não é de um backup do CrediGestor.")
        if head.version != VERSION:
            raise BadArchive(
                f"O backup é da versão {head.version} do formato, e este CrediGestor lê só a "
                f"{VERSION}. Atualize o CrediGestor."
            )
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        where = f" em {quote(place)}" if place else ""
        raise BadArchive(f"{MANIFEST} não está escrito como devia{where}.") from error
    if manifest.schema_revision not in known_revisions():
        raise BadArchive(
            f"O backup é da revisão {quote(manifest.schema_revision)} do banco de dados, que este "
            "CrediGestor não conhece. Atualize o CrediGestor."
        )
    return manifest


def _compare(zip_file: pyzipper.AESZipFile, manifest: Manifest) -> None:
    """Exactly the members that the manifest names, each of the size that it states."""
    members = {member.orig_filename: member for member in zip_file.infolist()}
    del members[MANIFEST]
    for table in manifest.tables:
        if table.member != member_name(table.name):
            raise BadArchive(f"{MANIFEST} dá à tabela {table.name} o membro {quote(table.member)}.")
        member = members.pop(table.member, None)
        if member is None:
            raise BadArchive(f"Falta o membro {table.member}, que {MANIFEST} promete.")
        _compare_size(table, member.file_size)
    if members:
        raise BadArchive(f"O membro {min(members)} não está em {MANIFEST}.")


def _compare_size(table: Table, size: int) -> None:
    if size != table.size:
        raise BadArchive(
            f"O membro {table.member} tem {size} bytes e {MANIFEST} promete {table.size}."
        )


def _unpacked(zip_file: pyzipper.AESZipFile, name: str) -> Iterator[bytes]:
    try:
        with zip_file.open(name) as file:
            while block := file.read(_BLOCK):
                yield block
    except OSError:
        raise
    except Exception as error:  # the library raises many kinds over what it cannot read
        if "Bad password" in str(error):
            raise BadArchive("A senha do backup não confere.") from error
        raise BadArchive(f"O membro {name} está danificado.") from error
