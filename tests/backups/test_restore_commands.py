"""Backup and restore by the command line, as cron and an administrator use them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from credigestor.db.engine import connection_options, get_engine, snapshot, transaction
from credigestor.db.models import BackupRun, User
from credigestor.rules.permissions import Actor
from tests.backups.restoring import backed_up, hashes, hashes_of, shop
from tests.cli.commands import run
from tests.portfolio import add_customer
from tests.postgres.servers import PROJECT, wait_for

pytestmark = pytest.mark.usefixtures("db")


def runs() -> list[tuple[str, bool | None]]:
    with snapshot() as session:
        rows = session.execute(select(BackupRun.kind, BackupRun.ok).order_by(BackupRun.id))
        return [(kind, ok) for kind, ok in rows]


def test_backup_verify_and_restore_do_what_they_say(admin: Actor, tmp_path: Path) -> None:
    shop(admin, sold=4)
    before = hashes()
    made = run("backup", "--to", str(tmp_path / "cópias"))
    assert "Sem senha, quem tiver o arquivo lê" in made.stderr
    path = Path(made.stdout.strip())
    assert (made.exit_code, path.parent) == (0, tmp_path / "cópias")
    verified = run("backup", "--verify", str(path))
    assert (verified.exit_code, "Tudo confere." in verified.stdout) == (0, True)
    with transaction() as session:
        add_customer(session, "Chegou Depois")
    result = run("restore", str(path), "--yes")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Todos devem entrar de novo." in result.stdout
    assert hashes() == before
    assert runs() == [("backup", True), ("verify", True), ("restore", True)]


def test_restore_shows_the_backup_and_asks_for_the_word(saved: Path) -> None:
    before = hashes()
    refused = run("restore", str(saved), typed="sim\n")
    assert refused.exit_code == 1
    assert "23/11/2026" in refused.stderr
    assert "Nada foi restaurado." in refused.stderr
    assert hashes() == before
    assert run("restore", str(saved), typed="RESTAURAR\n").exit_code == 0
    assert hashes() != before


def test_a_passphrase_comes_by_the_entry_or_from_the_configuration(
    admin: Actor, tmp_path: Path, configured: Callable[..., None]
) -> None:
    made = run("backup", "--to", str(tmp_path), "--passphrase-stdin", typed="pão de queijo\n")
    assert made.stderr == ""
    path = made.stdout.strip()
    without = run("restore", path, "--yes")
    assert (without.exit_code, "senha do backup" in without.stderr) == (1, True)
    wrong = run("restore", path, "--yes", "--passphrase-stdin", typed="pão de mel\n")
    assert (wrong.exit_code, "não confere" in wrong.stderr) == (1, True)
    empty = run("restore", path, "--yes", "--passphrase-stdin")
    assert (empty.exit_code, "Informe a senha" in empty.stderr) == (1, True)
    right = run("restore", path, "--yes", "--passphrase-stdin", typed="pão de queijo\n")
    assert right.exit_code == 0
    configured(CREDIGESTOR_BACKUP_PASSPHRASE="pão de queijo")
    assert run("backup", "--verify", path).exit_code == 0


def test_a_passphrase_that_is_too_short_is_refused_before_the_hour_has_come(
    admin: Actor, tmp_path: Path
) -> None:
    for options in ([], ["--daily"]):
        command = ["backup", "--to", str(tmp_path), *options, "--passphrase-stdin"]
        refused = run(*command, typed="onze letras\n")
        assert (refused.exit_code, "pelo menos 12 caracteres" in refused.stderr) == (1, True)
    assert not list(tmp_path.glob("*.zip"))


def test_a_bad_file_is_a_message_without_a_trace(saved: Path, tmp_path: Path) -> None:
    before = hashes()
    saved.write_bytes(saved.read_bytes()[:-100])
    result = run("restore", str(saved), "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Erro: O arquivo")
    missing = run("restore", str(tmp_path / "nada.zip"), "--yes")
    assert (missing.exit_code, "nada.zip" in missing.stderr) == (1, True)
    assert hashes() == before


def test_a_new_installation_gets_a_shop_by_restore_alone(
    admin: Actor, database: str, tmp_path: Path
) -> None:
    """Another schema stands for another machine: empty, never seen by the app."""
    shop(admin, sold=4)
    expected = hashes()
    saved = backed_up(tmp_path / "loja.zip")
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "CREDIGESTOR_SCHEMA": "loja_nova",
    }
    try:
        done = subprocess.run(
            [sys.executable, "-m", "credigestor", "restore", str(saved), "--yes"],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        engine = create_engine(
            get_engine().url, connect_args={"options": connection_options("loja_nova")}
        )
        with engine.connect() as connection:
            assert hashes_of(connection) == expected
            assert connection.scalar(select(User.login)) is not None
        engine.dispose()
    finally:
        with transaction() as session:
            session.execute(text("DROP SCHEMA IF EXISTS loja_nova CASCADE"))


def rested() -> bool:
    time.sleep(0.2)
    return True


def test_daily_makes_what_is_due_and_leaves_when_told(
    admin: Actor, database: str, tmp_path: Path
) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "CREDIGESTOR_DATA_DIR": str(tmp_path),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "credigestor", "backup", "--daily", "--to", str(tmp_path / "b")],
        cwd=PROJECT,
        env=environment,
    )
    try:
        wait_for(lambda: rested() and runs()[:1] == [("backup", True)])
        wait_for(lambda: rested() and ("verify", True) in runs())
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(10)
    assert code == 0
    assert len(list((tmp_path / "b").glob("*.zip"))) == 1
