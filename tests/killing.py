"""A shop on an embedded server of its own, which a test may kill."""

from __future__ import annotations

import math
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from credigestor.config import get_config
from credigestor.db import outages
from credigestor.db.engine import get_engine
from credigestor.db.migrate import migrate
from credigestor.postgres import launcher
from tests.postgres.servers import open_folder, pid_of, wait_for
from tests.superuser import as_superuser


@contextmanager
def embedded_shop(*, fsync: bool = False, within: Path | None = None) -> Iterator[Path]:
    """The configuration leads to an embedded server of its own; gives its data folder.

    That lies in the folder `within` names, which every user can enter.

    What is committed survives a kill, also where the files are not synced against a power cut.
    """
    _forget_engine()
    place = nullcontext(within) if within else open_folder()
    with place as folder, pytest.MonkeyPatch.context() as patch:
        data_dir = folder / "dados"
        patch.setattr(launcher, "start", partial(launcher.start, fsync=fsync))
        patch.setenv("DATABASE_URL", "")
        patch.setenv("CREDIGESTOR_DATA_DIR", str(data_dir))
        get_config.cache_clear()
        try:
            with as_superuser(launcher.start(data_dir)) as connection:
                # Without fsync it would be off, and the last commits still in memory.
                connection.execute("ALTER DATABASE credigestor SET synchronous_commit = on")
            migrate(get_engine())
            yield data_dir
        finally:
            _forget_engine()
            launcher.stop(data_dir)
            patch.undo()
            get_config.cache_clear()


def kill_server(data_dir: Path) -> None:
    """Kill the server as the machine does that has no memory left: SIGKILL, no goodbye."""
    pid = pid_of(data_dir)
    workers = psutil.Process(pid).children()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(worker.is_running() for worker in workers))


def may_start_again() -> None:
    """No start is under way any more, and the last was long ago."""
    wait_for(lambda: outages._not_before < math.inf)
    outages._not_before = 0.0


def _forget_engine() -> None:
    if get_engine.cache_info().currsize:
        get_engine().dispose()
    get_engine.cache_clear()


@contextmanager
def commit_unanswered(data_dir: Path) -> Iterator[None]:
    """The next COMMIT of what was written is done, and the server killed before its answer."""
    commit: Callable[..., None] = PGDialect_psycopg.do_commit

    def unanswered(dialect: PGDialect_psycopg, connection: Any) -> None:
        if connection.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()[0] is None:
            commit(dialect, connection)
            return
        patch.undo()
        commit(dialect, connection)
        kill_server(data_dir)
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PGDialect_psycopg, "do_commit", unanswered)
        yield
