"""The history of backups: what is under way, what was interrupted, and how each run ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import BackupRun
from credigestor.reports import backups
from credigestor.reports.backups import State
from credigestor.services import backup_runs
from tests.backups.making import all_runs
from tests.moments import NOW


def begin(kind: str = "backup") -> int:
    with transaction() as session:
        return backup_runs.begin(
            session, kind=kind, automatic=True, actor_name="x", file="x.zip", encrypted=False
        )


@pytest.mark.usefixtures("db")
def test_a_run_is_under_way_while_its_process_lives_and_interrupted_after() -> None:
    first = begin()
    assert [run.state for run in all_runs()] == [State.INTERRUPTED]
    with locks.alone("backup") as alone:
        assert alone
        second = begin()
        states = {run.id: run.state for run in all_runs()}
        assert states == {first: State.INTERRUPTED, second: State.RUNNING}
        third = begin("verify")
        assert all_runs()[0].state is State.INTERRUPTED
        with locks.alone("verify"):
            assert {run.id: run.state for run in all_runs()}[third] is State.RUNNING
    assert {run.state for run in all_runs()} == {State.INTERRUPTED}


@pytest.mark.usefixtures("db")
def test_a_lock_ends_with_its_connection_and_belongs_to_one_schema() -> None:
    with locks.alone("backup") as first, locks.alone("backup") as second:
        assert (first, second) == (True, False)
        with transaction() as session:
            assert locks.held(session) == {"backup"}
            session.execute(text("SET LOCAL search_path = pg_catalog"))
            assert locks.held(session) == frozenset()
    with locks.alone("backup") as again:
        assert again


@pytest.mark.usefixtures("db")
def test_how_a_run_ended_is_kept_with_the_moment() -> None:
    run_id = begin()
    with transaction() as session:
        backup_runs.finish(session, run_id, ok=True, size=12, detail="Certo.")
    (run,) = all_runs()
    assert (run.state, run.size, run.detail) == (State.DONE, 12, "Certo.")
    assert run.finished_at
    assert run.finished_at >= run.started_at
    with snapshot() as session:
        assert backups.last_good(session) == run
        assert backups.last_good(session, "restore") is None


@pytest.mark.usefixtures("db")
def test_the_newest_runs_come_first_and_only_so_many() -> None:
    with transaction() as session:
        for days in (3, 2, 1):
            at = NOW - timedelta(days=days)
            session.add(
                BackupRun(
                    kind="backup",
                    automatic=True,
                    actor_name="x",
                    started_at=at,
                    finished_at=at,
                    ok=True,
                    file=f"{days}",
                )
            )
    with snapshot() as session:
        assert [run.file for run in backups.runs(session, 2)] == ["1", "2"]
