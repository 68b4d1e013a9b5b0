"""`import --watch`: what it may be given, and two processes that import a file once and leave."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot
from credigestor.db.models import AuditEntry
from credigestor.web import startup
from tests.cli.commands import run
from tests.imports.files import shop
from tests.imports.watched import drop, runs
from tests.postgres.servers import PROJECT, wait_for

#: The command line, with looks so close that no test waits for them.
OFTEN = """
from credigestor.cli import main
from credigestor.imports import watching
watching.LOOK = 0.5
main()
"""


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["{folder}", "{folder}"], "indique uma pasta só"),
        (["{folder}/clientes.csv"], "indique uma pasta só"),
        (["{folder}", "--apply-changes"], "o que mudou só é dito"),
        (["{folder}", "--dry-run"], "valem --mapping e as escolhas"),
        (["{folder}", "--reason", "porque sim"], "valem --mapping e as escolhas"),
        (["{folder}", "--shape", "vendas"], "valem --mapping e as escolhas"),
    ],
)
def test_what_needs_somebody_who_looks_on_is_refused(
    tmp_path: Path, words: list[str], answer: str
) -> None:
    drop(tmp_path, shop())
    done = run("import", "--watch", *(word.format(folder=tmp_path) for word in words))
    assert (done.exit_code, answer in done.stderr) == (1, True), done.output


@pytest.mark.usefixtures("admin")
def test_two_processes_import_a_file_once_and_leave_when_told(
    database: str, tmp_path: Path
) -> None:
    (tmp_path / "caixa").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "CREDIGESTOR_DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-c", OFTEN, "import", "--watch", str(tmp_path / "caixa")]
    logs = [tmp_path / "um.log", tmp_path / "dois.log"]
    both = []
    for log in logs:
        with log.open("wb") as file:
            both.append(subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=file))
    try:
        wait_for(lambda: all("Observando" in log.read_text("utf-8") for log in logs))
        drop(tmp_path / "caixa", shop())
        wait_for(lambda: bool(runs()))
    finally:
        for process, number in zip(both, (signal.SIGTERM, signal.SIGINT), strict=True):
            process.send_signal(number)
        codes = [process.wait(30) for process in both]
    assert codes == [0, 0], [log.read_text("utf-8") for log in logs]
    [came] = runs()
    assert (came.refused, came.sales, came.payments) == (False, 2, 2)
    with snapshot() as session:
        imports = select(func.count()).where(AuditEntry.action == "import")
        assert session.scalar(imports.select_from(AuditEntry)) == 1


def watchers() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "watched-folder"]


@pytest.mark.usefixtures("db")
def test_the_app_watches_the_folder_for_as_long_as_it_lives(
    configured: Callable[..., None], tmp_path: Path
) -> None:
    for nothing in ({}, {"CREDIGESTOR_IMPORT_FOLDER": ""}):
        configured(**nothing)
        with startup.imports():
            assert watchers() == []
    configured(CREDIGESTOR_IMPORT_FOLDER=str(tmp_path))
    with startup.imports():
        [thread] = watchers()
        assert thread.daemon
    assert not thread.is_alive()
