"""Backups: every table, exact values, and nobody else's to read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pyzipper
from sqlalchemy import text

from credigestor import atomic_file
from credigestor.backups import archive, backup
from credigestor.backups.manifest import Table
from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.migrate import head_revision
from credigestor.db.models import INSTALLATION, AuditEntry, Base
from credigestor.errors import InvalidInput
from credigestor.rules.permissions import Actor
from tests.backups.making import made, manifest_of
from tests.backups.restoring import NOW
from tests.factories import PASSWORD_HASH

pytestmark = pytest.mark.usefixtures("db")

PASSPHRASE = "três tigres tristes"


def hashes(path: Path) -> dict[str, str]:
    return {table.name: table.sha256 for table in manifest_of(path).tables}


@pytest.mark.usefixtures("shop")
def test_every_table_of_the_shop_is_in_it_and_nothing_of_the_server(tmp_path: Path) -> None:
    written = made(tmp_path / "x.zip")
    manifest = manifest_of(tmp_path / "x.zip")
    ours = {table.name for table in Base.metadata.sorted_tables} - INSTALLATION
    assert {table.name for table in manifest.tables} == ours
    assert {"users", "sessions", "login_attempts", "stale_sales", "note_facts"} <= ours
    assert (manifest.schema_revision, manifest.shop) == (head_revision(), "Loja da Zélia")
    assert manifest.generated_at == NOW
    assert written == backup.Made(
        tmp_path / "x.zip", (tmp_path / "x.zip").stat().st_size, manifest.rows, False
    )


@pytest.mark.usefixtures("shop")
def test_counts_sizes_and_hashes_are_those_of_the_members(tmp_path: Path) -> None:
    made(tmp_path / "x.zip")
    manifest = manifest_of(tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as file, snapshot() as session:
        assert file.testzip() is None
        assert set(file.namelist()) == {"manifest.json", *(t.member for t in manifest.tables)}
        for table in manifest.tables:
            content = file.read(table.member)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (
                table.size,
                table.sha256,
            )
            header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
            assert header == table.columns
            count = session.scalar(text(f"SELECT count(*) FROM {table.name}"))
            assert len(rows) == table.rows == count


@pytest.mark.usefixtures("shop")
def test_values_are_exact_null_is_not_the_empty_text_and_moments_are_in_utc(
    tmp_path: Path,
) -> None:
    with transaction() as session:
        session.execute(text("UPDATE customers SET created_at = '2026-07-01 12:30:00.123456-03'"))
    with snapshot() as session:
        session.execute(text("SET LOCAL timezone = 'America/Sao_Paulo'"))
        session.execute(text("SET LOCAL datestyle = 'German'"))
        backup.write(session, tmp_path / "x.zip", generated_at=NOW)
    with archive.opened(tmp_path / "x.zip") as opened:
        customers = b"".join(opened.blocks("customers")).decode()
        notes = b"".join(opened.blocks("notes")).decode()
    header, row = customers.split("\n", 1)
    assert ',"Ana ""D\'Ávila"", \\N;\n filha",' in row
    assert ",2026-07-01 15:30:00.123456+00," in row
    assert ",2026-02-02," in notes
    after_name = row.rsplit('filha",', 1)[1].strip().split(",")
    named = dict(zip(header.split(",name_folded,", 1)[1].split(","), after_name, strict=True))
    assert (named["remarks"], named["street"]) == ('""', "")


@pytest.mark.usefixtures("shop")
def test_sequences_say_where_numbering_goes_on(tmp_path: Path, admin: Actor) -> None:
    with transaction() as session:
        session.execute(text("SELECT nextval(pg_get_serial_sequence('sales', 'id'))"))
    made(tmp_path / "x.zip")
    sequences = manifest_of(tmp_path / "x.zip").sequences
    assert sequences["sales"] == 2
    assert sequences["users"] == admin.id
    assert sequences["reversals"] == 0
    assert "segments" in sequences
    assert not sequences.keys() & INSTALLATION


@pytest.mark.usefixtures("shop")
def test_two_backups_of_the_same_data_are_equal_in_every_table(tmp_path: Path) -> None:
    made(tmp_path / "x.zip")
    with transaction() as session:  # another place in the file, the same rows
        session.execute(text("UPDATE customers SET active = active"))
        session.execute(text("INSERT INTO stale_sales VALUES (2, 'epoch'), (1, 'epoch')"))
    made(tmp_path / "y.zip")
    with transaction() as session:
        session.execute(text("DELETE FROM stale_sales"))
        session.execute(text("INSERT INTO stale_sales VALUES (1, 'epoch'), (2, 'epoch')"))
    made(tmp_path / "z.zip")
    x, y, z = (hashes(tmp_path / f"{name}.zip") for name in "xyz")
    assert y == z
    assert {name for name in x if x[name] != y[name]} == {"stale_sales"}


@pytest.mark.usefixtures("shop")
def test_a_generated_column_is_not_in_it(tmp_path: Path) -> None:
    """It could not be loaded: the server makes it."""
    add = "ALTER TABLE segments ADD COLUMN twice integer GENERATED ALWAYS AS (id * 2) STORED"
    try:
        with transaction() as session:
            session.execute(text(add))
        made(tmp_path / "x.zip")
        segments = manifest_of(tmp_path / "x.zip").table("segments")
        assert segments
        assert "twice" not in segments.columns
    finally:
        with transaction() as session:
            session.execute(text("ALTER TABLE segments DROP COLUMN IF EXISTS twice"))


@pytest.mark.usefixtures("shop")
def test_a_table_that_a_later_version_adds_is_not_forgotten(tmp_path: Path) -> None:
    try:
        with transaction() as session:
            session.execute(text('CREATE TABLE later ("select" integer PRIMARY KEY, b text)'))
            session.execute(text("INSERT INTO later VALUES (2, NULL), (1, '')"))
        made(tmp_path / "x.zip")
        with archive.opened(tmp_path / "x.zip") as opened:
            assert b"".join(opened.blocks("later")) == b'select,b\n1,""\n2,\n'
    finally:
        with transaction() as session:
            session.execute(text("DROP TABLE IF EXISTS later"))


@pytest.mark.usefixtures("shop")
def test_only_its_owner_may_read_it_and_nothing_unfinished_stays(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "x.zip"
    made(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["x.zip"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_when_the_disk_is_full_the_error_says_so_and_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str | None
) -> None:
    with transaction() as session:
        session.add(AuditEntry(actor_name="x" * 200_000, action="x", entity="x"))
    real = atomic_file.atomic_file

    @contextmanager
    def full_disk(path: Path) -> Iterator[object]:
        with real(path), open("/dev/full", "r+b", buffering=0) as full:
            yield full

    monkeypatch.setattr(backup, "atomic_file", full_disk)
    with pytest.raises(OSError, match="No space left"):
        made(tmp_path / "x.zip", passphrase)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    made(tmp_path / "x.zip", passphrase)  # the connection is as good as before
    assert manifest_of(tmp_path / "x.zip", passphrase).rows


@pytest.mark.usefixtures("shop")
def test_a_protected_backup_opens_with_its_passphrase_and_no_other(tmp_path: Path) -> None:
    assert made(tmp_path / "x.zip", PASSPHRASE).encrypted
    decomposed = "tre\u0302s tigres tristes"
    assert decomposed != PASSPHRASE
    manifest = manifest_of(tmp_path / "x.zip", decomposed)
    made(tmp_path / "y.zip")
    assert manifest.tables == manifest_of(tmp_path / "y.zip").tables
    for wrong, message in ((None, "Informe a senha"), ("outra senha qualquer", "não confere")):
        with pytest.raises(archive.BadArchive, match=message):
            manifest_of(tmp_path / "x.zip", wrong)
    assert archive.is_encrypted(tmp_path / "x.zip")
    assert not archive.is_encrypted(tmp_path / "y.zip")


def test_a_passphrase_that_is_too_short_makes_no_backup(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="pelo menos 12 caracteres") as refused:
        made(tmp_path / "x.zip", "onze letras")
    assert refused.value.field == "passphrase"
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("shop")
def test_nothing_of_a_protected_backup_can_be_read_but_the_names_of_its_members(
    tmp_path: Path,
) -> None:
    made(tmp_path / "x.zip", PASSPHRASE)
    with pyzipper.AESZipFile(tmp_path / "x.zip") as file:
        assert {member.compress_type for member in file.infolist()} == {zipfile.ZIP_DEFLATED}
        assert {member.wz_aes_strength for member in file.infolist()} == {3}  # 256 bits
        assert {member.wz_aes_version for member in file.infolist()} == {2}  # without a CRC
        assert {member.CRC for member in file.infolist()} == {0}
    content = (tmp_path / "x.zip").read_bytes()
    for word in ("Ávila", "Zélia", PASSWORD_HASH, head_revision(), "schema_revision", "name,"):
        assert word.encode() not in content
    assert PASSPHRASE.encode() not in content


@pytest.mark.usefixtures("shop")
def test_other_programs_can_read_the_manifest(tmp_path: Path) -> None:
    made(tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as file:
        manifest = json.loads(file.read("manifest.json"))
        assert file.getinfo("manifest.json").date_time == (2026, 11, 23, 15, 45, 0)
    assert (manifest["format"], manifest["version"]) == ("credigestor-backup", 1)
    assert set(manifest["tables"][0]) == set(Table.model_fields)


@pytest.mark.usefixtures("shop")
def test_a_backup_leaves_the_connection_as_it_was(tmp_path: Path) -> None:
    made(tmp_path / "x.zip")
    with get_engine().connect() as connection:
        assert connection.scalar(text("SHOW datestyle")) == "ISO, MDY"
        assert connection.scalar(text("SHOW transaction_read_only")) == "off"
