"""A backup sees the shop at one moment, whoever changes or restores it meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.backups import backup
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import AuditEntry
from credigestor.errors import Conflict
from tests.backups.making import made, manifest_of
from tests.backups.restoring import NOW
from tests.portfolio import add_customer

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.usefixtures("shop")
def test_a_backup_sees_one_moment_however_long_it_takes(tmp_path: Path) -> None:
    during: list[int] = []

    def progress(share: float, what: str) -> None:
        if not during:
            with transaction() as other:
                during.append(add_customer(other, "Zoé"))
                other.add(AuditEntry(actor_name="x", action="x", entity="x"))

    with snapshot() as session:
        backup.write(session, tmp_path / "x.zip", generated_at=NOW, progress=progress)
    manifest = manifest_of(tmp_path / "x.zip")
    rows = {table.name: table.rows for table in manifest.tables}
    assert during
    assert rows["customers"] == 1
    assert manifest.sequences["customers"] == during[0]


@contextmanager
def another_process_is_inside(statement: str) -> Iterator[threading.Event]:
    """Somebody holds a table while a backup begins, and commits only then."""
    go_on = threading.Event()
    inside = threading.Event()

    def work() -> None:
        with transaction() as session:
            for each in statement.split("; "):
                session.execute(text(each))
            inside.set()
            go_on.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    try:
        yield go_on
    finally:
        go_on.set()
        thread.join()


def a_backup_waits_for_a_lock() -> bool:
    with transaction() as session:
        return bool(
            session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND query LIKE 'LOCK TABLE%'"
                )
            )
        )


def begun_while(statement: str, path: Path) -> list[BaseException]:
    """A backup that begins while the statement's transaction is open; what it raised."""
    raised: list[BaseException] = []

    def work() -> None:
        try:
            made(path)
        except Conflict as error:
            raised.append(error)

    with another_process_is_inside(statement) as go_on:
        thread = threading.Thread(target=work)
        thread.start()
        for _ in range(500):
            if a_backup_waits_for_a_lock():
                break
            threading.Event().wait(0.02)
        else:
            pytest.fail("the backup did not wait for the table")
        go_on.set()
        thread.join()
    return raised


@pytest.mark.usefixtures("shop")
def test_a_table_that_is_being_rebuilt_is_not_found_empty(tmp_path: Path) -> None:
    """TRUNCATE shows through older snapshots: what was refilled would be missing."""
    rebuild = (
        "CREATE TEMP TABLE before ON COMMIT DROP AS SELECT * FROM note_facts; "
        "TRUNCATE note_facts; INSERT INTO note_facts SELECT * FROM before"
    )
    assert begun_while(rebuild, tmp_path / "x.zip") == []
    manifest = manifest_of(tmp_path / "x.zip")
    facts = manifest.table("note_facts")
    with snapshot() as session:
        assert facts
        assert facts.rows == session.scalar(text("SELECT count(*) FROM note_facts")) != 0


@pytest.mark.usefixtures("shop")
def test_a_backup_that_meets_a_restore_gives_up_instead_of_mixing_two_shops(
    tmp_path: Path,
) -> None:
    exchange = (
        "LOCK TABLE segments; CREATE TABLE other (LIKE segments INCLUDING ALL); "
        "ALTER TABLE segments RENAME TO former; ALTER TABLE other RENAME TO segments"
    )
    try:
        (error,) = begun_while(exchange, tmp_path / "x.zip")
        assert "trocados" in str(error)
        assert list(tmp_path.iterdir()) == []
    finally:
        with transaction() as session:
            session.execute(text("DROP TABLE segments"))
            session.execute(text("ALTER TABLE former RENAME TO segments"))


def test_without_one_moment_for_all_tables_nothing_is_written(tmp_path: Path) -> None:
    with Session(get_engine()) as session, pytest.raises(AssertionError, match="one moment"):
        backup.write(session, tmp_path / "x.zip", generated_at=NOW)
    assert list(tmp_path.iterdir()) == []
