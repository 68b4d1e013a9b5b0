"""From a backup back to a shop: proved whole, loaded beside the shop's data, and exchanged for it.

Whatever goes wrong on the way, the process's death too, leaves the shop's data as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic

import psycopg
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.backups import archive
from credigestor.backups.archive import Archive, BadArchive
from credigestor.backups.history import noted
from credigestor.backups.manifest import Manifest
from credigestor.db import discreet, locks, outages
from credigestor.db.loading import bulk_load, incoming_schema
from credigestor.db.migrate import head_revision
from credigestor.db.models import INSTALLATION, Logo
from credigestor.db.settings import current_settings
from credigestor.errors import BusinessError, Conflict
from credigestor.reports.check.report import check_in_slices
from credigestor.reports.check.slices import OutOfTime
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.progress import Progress, silent
from credigestor.services import logos, summaries, users

_NOT_IN_A_BACKUP = INSTALLATION | {"alembic_version"}
_NAMED_PROBLEMS = 3


class RestoreFailed(BusinessError):
    """A backup that is whole could not be restored; the shop's data is as it was."""


@dataclass(frozen=True)
class Restored:
    """What came back: rows and tables, and the schema revision that the backup was made at."""

    rows: int
    tables: int
    revision: str


def restore(
    path: Path,
    actor: Actor,
    *,
    passphrase: str | None = None,
    today: date,
    progress: Progress = silent,
) -> Restored:
    """Put a backup in the place of all of the shop's data; everybody has to log in again.

    Raises NotAllowed, BadArchive, RestoreFailed, Conflict (another restore, or people at work
    without a pause), Unavailable and OSError; nothing was changed then.
    """
    actor.require(Permission.BACKUP)
    with outages.worded(), locks.alone("restore") as alone:
        if not alone:
            raise Conflict("Outra restauração está em andamento.")
        size = path.stat().st_size
        encrypted = archive.is_encrypted(path)
        with noted("restore", actor, path.name, encrypted=encrypted) as run:
            run.size = size
            with _loaded(path, passphrase, today, progress) as (incoming, restored):
                if actor.id is not None:
                    _keep_an_admin(incoming)
                progress(0.97, "Trocando os dados")
                incoming.exchange(run.done)
        return restored


def rehearse(
    path: Path,
    actor: Actor,
    *,
    passphrase: str | None = None,
    today: date,
    progress: Progress = silent,
    until: float | None = None,
) -> Restored:
    """Do all that `restore` does but the exchange, and recount the summaries too: a proof.

    Raises as `restore`, and OutOfTime when `monotonic` comes to `until`. Nothing of the shop's is
    touched.
    """
    actor.require(Permission.BACKUP)

    def in_time(share: float, what: str) -> None:
        if until is not None and monotonic() >= until:
            raise OutOfTime(("o que ainda não tinha sido lido",))
        progress(share, what)

    with _loaded(path, passphrase, today, in_time, recount=True, until=until) as (_, restored):
        return restored


@contextmanager
def _loaded(
    path: Path,
    passphrase: str | None,
    today: date,
    progress: Progress,
    *,
    recount: bool = False,
    until: float | None = None,
) -> Iterator[tuple[incoming_schema.Incoming, Restored]]:
    """The backup in a schema beside the shop's, at the newest revision and found sound."""
    with _worded(), archive.opened(path, passphrase=passphrase) as source:
        archive.verify(source, lambda share, what: progress(0.12 * share, what))
        manifest = source.manifest
        progress(0.12, "Preparando as tabelas")
        with incoming_schema.incoming(manifest.schema_revision) as incoming:
            _compare(incoming, manifest)
            progress(0.13, "Carregando os dados")
            _fill(incoming, path, passphrase, source, progress)
            if manifest.schema_revision != head_revision():
                _bring_up(incoming, today, progress)
            _prove(incoming, progress, recount, until)
            yield incoming, Restored(manifest.rows, len(manifest.tables), manifest.schema_revision)


def _compare(incoming: incoming_schema.Incoming, manifest: Manifest) -> None:
    with incoming.snapshot() as session:
        tables = bulk_load.columns(session.connection())
    expected = {name: sorted(tables[name]) for name in tables.keys() - _NOT_IN_A_BACKUP}
    found = {table.name: sorted(table.columns) for table in manifest.tables}
    for name in sorted(expected.keys() ^ found.keys()):
        does = "não tem a tabela" if name in expected else "tem uma tabela desconhecida,"
        raise BadArchive(f"O backup {does} {name}.")
    for table in manifest.tables:
        if found[table.name] != expected[table.name] or len(table.columns) != len(
            found[table.name]
        ):
            raise BadArchive(f"As colunas de {table.member} não são as da tabela {table.name}.")


def _fill(
    incoming: incoming_schema.Incoming,
    path: Path,
    passphrase: str | None,
    source: Archive,
    progress: Progress,
) -> None:
    manifest = source.manifest

    def blocks(table: str) -> Iterator[bytes]:
        # Opened anew: two tables are read at a time, and one open archive is for one reader.
        with archive.opened(path, passphrase=passphrase) as own:
            if own.manifest != manifest:
                raise BadArchive("O arquivo foi trocado por outro durante a restauração.")
            yield from own.blocks(table)

    bulk_load.fill(
        incoming.engine,
        incoming.name,
        [bulk_load.Filling(t.name, t.columns, t.rows, t.size) for t in manifest.tables],
        blocks,
        manifest.sequences,
        lambda share: progress(0.13 + 0.57 * share, "Carregando os dados"),
    )


def _bring_up(incoming: incoming_schema.Incoming, today: date, progress: Progress) -> None:
    """From an older revision to the newest; what that leaves to the first reader is done here."""
    progress(0.7, "Atualizando o formato")
    incoming.upgrade("head")

    @contextmanager
    def begin() -> Iterator[Session]:
        with incoming.begin() as connection, Session(connection) as session:
            yield session

    summaries.fold(begin, today=today)


def _prove(
    incoming: incoming_schema.Incoming, progress: Progress, recount: bool, until: float | None
) -> None:
    progress(0.75, "Conferindo as contas")
    with incoming.snapshot() as session:
        _prove_settings(session)
        _prove_logos(session)
    problems = check_in_slices(
        incoming.snapshot,
        lambda done, total: progress(0.75 + 0.2 * done / total, "Conferindo as contas"),
        summaries=recount,
        whole=False,  # a shop with a broken trail must still come back
        until=until,
    )
    if problems:
        named = " ".join(f"{p.entity} {p.id}: {p.detail}" for p in problems[:_NAMED_PROBLEMS])
        raise RestoreFailed(
            f"As contas do backup não fecham; problemas encontrados: {len(problems)}. {named}"
        )


def _prove_settings(session: Session) -> None:
    """Settings that cannot be read would stop every page, the login among them."""
    try:
        current_settings(session)
    except ValidationError as error:
        names = ", ".join(sorted({str(each["loc"][0]) for each in error.errors()}))
        raise RestoreFailed(f"As configurações do backup não valem: {names}.") from error


def _prove_logos(session: Session) -> None:
    """A logo that cannot be read would stop every document."""
    for logo in session.scalars(select(Logo)):
        if not logos.can_be_read(logo.content):
            raise RestoreFailed(f"O logotipo {logo.id} do backup não é uma imagem que sirva.")


def _keep_an_admin(incoming: incoming_schema.Incoming) -> None:
    """Who restores from a page must not shut everybody out; with the command line one can help."""
    with incoming.snapshot() as session:
        if not users.has_active_admin(session):
            raise RestoreFailed(
                "O backup não tem nenhum administrador ativo: ninguém poderia cuidar da loja. Pela "
                "linha de comando ele pode ser restaurado, e um administrador, criado."
            )


@contextmanager
def _worded() -> Iterator[None]:
    """What the database says of a backup that does not fit, in our words."""
    try:
        yield
    except bulk_load.WrongCount as error:
        raise BadArchive(
            f"A tabela {error.table} tem {error.rows} linhas e o manifesto promete "
            f"{error.expected}."
        ) from error
    except (DBAPIError, psycopg.Error) as error:
        outage = outages.named(error)
        if outage is not error:
            raise outage from error
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(cause, psycopg.Error):
            raise
        raise RestoreFailed(_refusal(cause)) from error


def _refusal(error: psycopg.Error) -> str:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            "O usuário do banco de dados não pode criar esquemas, ou não é o dono do da loja; "
            "a restauração precisa disso (GRANT CREATE ON DATABASE)."
        )
    said = "; ".join(filter(None, [discreet.sentence(error), discreet.place(error)]))
    return f"O banco de dados recusou o conteúdo do backup: {said}"
