"""Helpers for the tests of the embedded server: asking and killing real servers."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy.engine import make_url

from credigestor.postgres import launcher

PROJECT = Path(__file__).parents[2]
MAJOR = "SELECT current_setting('server_version_num')::int / 10000"


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, unlike pytest's tmp_path, with an awkward name."""
    path = Path(tempfile.mkdtemp(prefix="credigestor teste ação "))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def start(data_dir: Path) -> str:
    return launcher.start(data_dir, fsync=False)


def connect(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    parts = make_url(url)
    options: dict[str, Any] = dict(parts.query)
    return psycopg.connect(
        user=parts.username, dbname=parts.database, connect_timeout=10, autocommit=True, **options
    )


def ask(url: str, query: str) -> Any:
    with connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def sockets_of(url: str) -> Path:
    return Path(str(make_url(url).query["host"]))


def pid_of(data_dir: Path) -> int:
    pid = launcher.status(data_dir).pid
    assert pid is not None
    return pid


def kill(pid: int) -> None:
    psutil.Process(pid).kill()
    wait_for(lambda: gone(pid))


def gone(pid: int) -> bool:
    """Dead, even if nobody has collected it yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
