"""kill -9 of a restore: the old data whole, and what it left behind dropped by the next."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.reports import backups
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from tests.backups.restoring import backed_up, hashes, restored, schemas, shop
from tests.portfolio import add_customer
from tests.postgres.servers import PROJECT, wait_for

pytestmark = pytest.mark.usefixtures("db")

KILLS = 10


@contextmanager
def restores(path: Path, database: str) -> Iterator[Callable[[int], list[str]]]:
    """Gives a function that restores, and kills at a step: it tells the steps up to that."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.backups.restoring_slowly", str(path)],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DATABASE_URL": database},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        asked, told = program.stdin, program.stdout
        assert asked is not None
        assert told is not None

        def steps(kill_after: int) -> list[str]:
            print(kill_after, file=asked, flush=True)
            return list(iter(lambda: told.readline().rstrip("\n"), ""))

        yield steps


def nobody_is_at_work() -> bool:
    """Whether the server has noticed that who held our locks is dead."""
    with snapshot() as session:
        return not locks.held(session)


def test_a_restore_killed_at_any_moment_leaves_the_old_data_whole(
    admin: Actor, database: str, tmp_path: Path
) -> None:
    shop(admin)
    path = backed_up(tmp_path / "loja.zip")
    saved = hashes()
    with restores(path, database) as steps:
        lines = steps(0)
        assert hashes() == saved
        with transaction() as session:
            add_customer(session, "Chegou Depois")
        old = hashes()
        assert old != saved
        begun = lines.index(next(line for line in lines if "INSERT INTO backup_runs" in line))
        exchange = next(n for n, line in enumerate(lines, 1) if "RENAME TO" in line)
        # The last COMMIT is that of the note that a run ended; the one before, of the exchange.
        commits = [n for n, line in enumerate(lines, 1) if line == "COMMIT"]
        exchanged = next(n for n in commits if n > exchange)
        anywhere = Random(4).sample(range(begun + 3, exchanged - 1), KILLS - 2)
        seen = []
        for step in sorted([exchange, exchanged - 1, *anywhere]):
            seen.append(steps(step)[-1])
            assert hashes() == old, seen
            wait_for(nobody_is_at_work)
    with snapshot() as session:
        assert check(session) == []
        states = [run.state for run in backups.runs(session, KILLS)]
    assert states == [backups.State.INTERRUPTED] * KILLS
    assert len({line.split()[0] for line in seen}) > 2, seen  # spread over the steps
    assert any("incoming" in name for name in schemas())
    restored(path)
    assert not any("incoming" in name for name in schemas())
    assert hashes() == saved
