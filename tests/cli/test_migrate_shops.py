"""Every shop of a server migrated by one command, each as its own process would find it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from credigestor.db.engine import get_engine
from credigestor.db.migrate import head_revision
from tests.cli.commands import run

SCHEMAS = ("loja_um", "loja_dois")


@pytest.fixture
def folder(db: str, tmp_path: Path) -> Iterator[Path]:
    """Two shops' files, one shop with two processes; a password that a shell would spoil."""
    url = make_url(db).set(drivername="postgresql", password="a$HOME&'b`")
    address = url.render_as_string(hide_password=False)
    common = f'# de todas\nDATABASE_URL="{address}"\nCREDIGESTOR_SCHEMA=errado\n'
    (tmp_path / "loja.env").write_text(common)
    for port, schema in ((8501, "loja_um"), (8502, "loja_um"), (8503, "loja_dois")):
        (tmp_path / f"{port}.env").write_text(f"CREDIGESTOR_SCHEMA={schema}\n")
    yield tmp_path
    with get_engine().begin() as connection:
        for schema in SCHEMAS:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))


def revision(schema: str) -> object:
    with get_engine().connect() as connection:
        return connection.scalar(text(f"SELECT version_num FROM {schema}.alembic_version"))


def test_each_shop_is_migrated_once_and_one_that_fails_keeps_none_from_it(folder: Path) -> None:
    (folder / "8502b.env").write_text("DATABASE_URL=postgresql://nowhere.invalid/loja\n")
    done = run("migrate-shops", str(folder))
    assert done.exit_code == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == ["8501.env", "8503.env"]
    assert "8502b.env: " in done.stderr
    assert "Não foram atualizadas: 8502b.env" in done.stderr
    assert {revision(schema) for schema in SCHEMAS} == {head_revision()}


def test_a_folder_without_files_is_a_message(tmp_path: Path) -> None:
    done = run("migrate-shops", str(tmp_path))
    assert done.exit_code == 1
    assert "Não há PORTA.env nem loja.env" in done.stderr
