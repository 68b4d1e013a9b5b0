"""A full disk is named, with its folder; nothing half-written stays, and work goes on with room."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from credigestor.backups import automatic, restore
from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading import bulk_load, incoming_schema
from credigestor.db.models import AuditEntry
from credigestor.errors import Conflict, DiskFull
from credigestor.exports.csv_folder import export_folder
from credigestor.reports.backups import State
from credigestor.rules.permissions import Actor
from tests.backups.making import all_runs
from tests.cli.commands import run
from tests.full_disk import resize, small_disk
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def many_rows(shop: None) -> None:
    """More than the disk holds, in several blocks, and nothing that could be packed smaller."""
    with transaction() as session:
        for number in range(40):
            remarks = os.urandom(8_000).hex()
            session.add(AuditEntry(actor_name="x", action="x", entity="x", after={"x": remarks}))
            add_customer(session, f"Cliente {number}", remarks=remarks)


@pytest.fixture
def disk(many_rows: None) -> Iterator[Path]:
    with small_disk("256k") as folder:
        yield folder


def test_a_backup_names_the_full_disk_once_and_is_made_when_there_is_room(
    disk: Path, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Conflict, match=f"em {disk}: o disco está cheio"):
        automatic.make(disk, admin, now=NOW)
    assert list(disk.iterdir()) == []
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
    assert (all_runs()[0].state, "o disco está cheio" in all_runs()[0].detail) == (
        State.FAILED,
        True,
    )
    resize(disk, "8m")
    made = automatic.make(disk, admin, now=NOW)
    assert list(disk.iterdir()) == [made.path]


def test_the_commands_name_it_in_one_line(disk: Path) -> None:
    backup = run("backup", "--to", str(disk))
    export = run("export", str(disk / "csv"))
    assert backup.stderr == f"Erro: O backup não pôde ser gravado em {disk}: o disco está cheio.\n"
    assert export.stderr == (
        f"Erro: A exportação não pôde ser gravada em {disk / 'csv'}: o disco está cheio.\n"
    )
    assert list((disk / "csv").iterdir()) == []


def exported(folder: Path) -> list[str]:
    with snapshot() as session:
        return [
            written.name
            for written in export_folder(
                session, folder, as_of=TODAY, today=TODAY, generated_at=NOW
            )
        ]


def test_an_export_that_lacks_room_replaces_no_file_of_the_one_before(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (disk / "clientes.csv").write_text("de antes")
    with pytest.raises(DiskFull, match=f"em {disk}: o disco está cheio"):
        exported(disk)
    assert [path.name for path in disk.iterdir()] == ["clientes.csv"]
    assert (disk / "clientes.csv").read_text() == "de antes"
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == []
    resize(disk, "8m")
    names = exported(disk)
    assert sorted(path.name for path in disk.iterdir()) == sorted(names)


def test_a_restore_whose_database_lacks_room_says_so_and_leaves_nothing(
    saved: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = psycopg.errors.DiskFull("could not extend file: No space left on device")

    def fill(*_: Any) -> None:
        raise OperationalError("COPY", {}, full)

    monkeypatch.setattr(bulk_load, "fill", fill)
    with pytest.raises(DiskFull, match="O disco do banco de dados está cheio"):
        restore.restore(saved, admin, today=TODAY)
    assert all_runs()[0].detail.startswith("O disco do banco de dados está cheio")


def test_what_ended_a_restore_is_told_also_where_its_schema_cannot_be_dropped(
    saved: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = psycopg.errors.DiskFull("could not extend file: No space left on device")
    dropped = []

    def fill(*_: Any) -> None:
        raise OperationalError("COPY", {}, full)

    def drop(live: str) -> None:
        dropped.append(live)
        if len(dropped) > 1:
            raise OperationalError("DROP SCHEMA", {}, full)

    monkeypatch.setattr(bulk_load, "fill", fill)
    monkeypatch.setattr(incoming_schema, "_drop_leftovers", drop)
    with pytest.raises(DiskFull):
        restore.restore(saved, admin, today=TODAY)
    monkeypatch.undo()
    incoming_schema.drop_leftovers()
