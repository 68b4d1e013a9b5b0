"""Writing a backup: every table of the shop at one moment, in one file.

Tables come from the server's catalogue, so that none is forgotten. Password hashes and logins
are in it: a backup is for restoring, and for nobody else's eyes.
"""

from __future__ import annotations

import hashlib
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import pyzipper
from sqlalchemy import ColumnElement, Select, TextClause, column, select, table, text
from sqlalchemy.orm import Session

from credigestor.atomic_file import atomic_file
from credigestor.backups.manifest import MANIFEST, Manifest, Table, marking, member_name, secret
from credigestor.db import waiting
from credigestor.db.loading import copying
from credigestor.db.migrate import current_revision
from credigestor.db.models import INSTALLATION
from credigestor.db.settings import current_settings
from credigestor.errors import Conflict, InvalidInput
from credigestor.rules.progress import Progress, silent

#: Half the time of zlib's own choice (6) for three percent more bytes.
_LEVEL = 5
#: Tables that a restore makes by itself, or that tell of the server and not of the shop.
_NOT_OURS = sorted(INSTALLATION | {"alembic_version"})
_CSV = "FORMAT csv, HEADER"

_TABLES = text(
    """
    SELECT c.oid::bigint AS oid, c.relname AS name, greatest(c.reltuples, 0)::bigint AS expected,
        ARRAY(
            SELECT a.attname::text FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attgenerated = ''
            ORDER BY a.attnum
        ) AS columns,
        ARRAY(
            SELECT a.attname::text
            FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
            WHERE i.indrelid = c.oid AND i.indisprimary
            ORDER BY k.place
        ) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' AND c.relname <> ALL(:not_ours)
    ORDER BY c.relname
    """
)
_SEQUENCES = text(
    """
    SELECT t.relname AS name, coalesce(pg_sequence_last_value(s.oid), 0) AS last
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE s.relkind = 'S' AND n.nspname = current_schema() AND t.relname <> ALL(:not_ours)
    ORDER BY t.relname
    """
)


#: WinZip's AES makes guessing cheap (1,000 rounds of PBKDF2): the length has to make up for it.
MIN_PASSPHRASE = 12
#: What a person must know of a backup without a passphrase.
IN_THE_CLEAR = (
    "Sem senha, quem tiver o arquivo lê os dados dos clientes e pode tentar adivinhar as senhas de "
    "quem usa o sistema, que vão nele cifradas (bcrypt)."
)


@dataclass(frozen=True)
class Made:
    """A backup that was written: where, its bytes, the rows in it, and whether encrypted."""

    path: Path
    size: int
    rows: int
    encrypted: bool


def write(
    session: Session,
    path: Path,
    *,
    generated_at: datetime,
    installation: str | None = None,
    passphrase: str | None = None,
    progress: Progress = silent,
) -> Made:
    """Write all of the shop's data, as of one moment, to a file that only its owner may read.

    `installation` marks it as made here, for `backup_folder`.
    `session` is a fresh snapshot (`db.engine.snapshot`); its moment is that of this call. The
    file is written beside and renamed into place, its folder made. Raises OSError when it cannot
    be written, Conflict when the tables are being exchanged for others (a restore), InvalidInput
    for a passphrase that is too short.
    """
    if passphrase is not None:
        check_passphrase(passphrase)
    tables = _lock(session)
    for setting in ("datestyle = 'ISO, YMD'", "timezone = 'UTC'", "intervalstyle = 'postgres'"):
        session.execute(text(f"SET LOCAL {setting}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path) as file:
        manifest = _write(session, file, tables, generated_at, installation, passphrase, progress)
    return Made(path, path.stat().st_size, manifest.rows, passphrase is not None)


def check_passphrase(passphrase: str) -> None:
    """Refuse one that is too short to protect a backup; InvalidInput, field `passphrase`.

    For new backups only: one made with a shorter passphrase is opened with it.
    """
    if len(passphrase) < MIN_PASSPHRASE:
        raise InvalidInput(
            f"A senha do backup precisa ter pelo menos {MIN_PASSPHRASE} caracteres.",
            field="passphrase",
        )


def _lock(session: Session) -> list[Any]:
    """The shop's tables, held against being dropped or emptied; opens the snapshot after it.

    TRUNCATE, and the exchange that a restore ends with, are seen by a snapshot that is older
    than they are. So the locks come first, and then the look.
    """
    session.rollback()
    level = session.scalar(text("SHOW transaction_isolation"))
    assert level == "repeatable read", "a backup needs one moment for all tables"
    before = _catalogue(session, _TABLES)
    session.rollback()
    quote = session.get_bind().dialect.identifier_preparer.quote
    names = ", ".join(quote(found.name) for found in before)
    waiting.unhurried(session)  # takes no snapshot either
    session.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))  # takes no snapshot
    tables = _catalogue(session, _TABLES)
    if [found.oid for found in tables] != [found.oid for found in before]:
        raise Conflict("Os dados foram trocados enquanto o backup começava. Tente de novo.")
    return tables


def _catalogue(session: Session, statement: TextClause) -> list[Any]:
    return list(session.execute(statement, {"not_ours": _NOT_OURS}))


def _write(
    session: Session,
    file: IO[bytes],
    tables: list[Any],
    generated_at: datetime,
    installation: str | None,
    passphrase: str | None,
    progress: Progress,
) -> Manifest:
    archive = pyzipper.AESZipFile(file, "w")
    if passphrase is not None:
        archive.setpassword(secret(passphrase))
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
    expected = sum(found.expected for found in tables) or 1
    written: list[Table] = []
    done = 0
    try:
        for number, found in enumerate(tables, 1):
            what = f"Gravando a tabela {number} de {len(tables)}"
            rows = copying.Rows()
            digest = hashlib.sha256()
            size = 0
            blocks = copying.copy_out(session.connection(), _select(found), _CSV, rows)
            # Closed before anything else is asked of the connection, also where the disk is full.
            with (
                closing(blocks),
                _member(archive, member_name(found.name), generated_at) as member,
            ):
                for block in blocks:
                    digest.update(block)
                    size += len(block)
                    member.write(block)
                    progress(min((done + rows.count) / expected, 1.0), what)
            done += found.expected
            written.append(
                Table(
                    name=found.name,
                    member=member_name(found.name),
                    columns=found.columns,
                    rows=rows.count - 1,
                    size=size,
                    sha256=digest.hexdigest(),
                )
            )
        manifest = Manifest(
            schema_revision=current_revision(session.connection()) or "",
            generated_at=generated_at.astimezone(UTC),
            shop=current_settings(session).shop_name,
            installation=installation,
            tables=written,
            sequences={found.name: found.last for found in _catalogue(session, _SEQUENCES)},
        )
        with _member(archive, MANIFEST, generated_at) as member:
            member.write(manifest.model_dump_json(indent=2).encode() + b"\n")
        archive.comment = marking(installation) if installation else b""
    except BaseException:
        archive.fp = None  # closing it would write on, and hide what went wrong
        raise
    archive.close()
    return manifest


def _select(found: Any) -> Select[Any]:
    columns: list[ColumnElement[Any]] = [column(name) for name in found.columns]
    order: list[ColumnElement[Any]] = [column(name) for name in found.key or found.columns]
    return select(*columns).select_from(table(found.name)).order_by(*order)


def _member(archive: pyzipper.AESZipFile, name: str, at: datetime) -> IO[bytes]:
    info = archive.zipinfo_cls(name, date_time=at.astimezone(UTC).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _LEVEL  # noqa: SLF001 - no public name before Python 3.13
    member: IO[bytes] = archive.open(info, "w", force_zip64=True)
    return member
