"""The weekly verification: at its hour, for no longer than its limit, and what it left is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from credigestor.backups import automatic, restore
from credigestor.backups.automatic import Weekly
from credigestor.db.engine import transaction
from credigestor.db.models import BackupRun
from credigestor.reports.backups import State
from credigestor.reports.check.slices import OutOfTime
from credigestor.rules.permissions import Actor
from tests.backups.making import all_runs

#: 02:10 in the shop.
NIGHT = datetime(2026, 11, 24, 5, 10, tzinfo=UTC)


def due(folder: Path, at: datetime, weekly: Weekly) -> bool:
    """Whether one was verified, or tried, at a moment, which then is that of its run."""
    before = {run.id for run in all_runs()}
    try:
        automatic.verify_due(folder, passphrase=None, now=lambda: at, weekly=weekly)
    except OutOfTime:
        pass
    finally:
        with transaction() as session:
            new = BackupRun.id.not_in(before)
            session.execute(update(BackupRun).where(new).values(started_at=at))
    return len(all_runs()) > len(before)


@pytest.fixture
def folder(tmp_path: Path, admin: Actor) -> Path:
    """A folder with a backup that was made and not verified: verification has another hour."""
    weekly = Weekly(hour=2)
    assert automatic.run_due(tmp_path, passphrase=None, now=lambda: NIGHT, weekly=weekly)
    with transaction() as session:
        session.execute(update(BackupRun).values(started_at=NIGHT))
    assert [run.kind for run in all_runs()] == ["backup"]
    return tmp_path


def test_it_runs_once_a_week_when_its_hour_has_come(folder: Path) -> None:
    weekly = Weekly(hour=2)
    assert due(folder, NIGHT, weekly)
    assert next((run.kind, run.state) for run in all_runs()) == ("verify", State.DONE)
    assert not due(folder, NIGHT + timedelta(days=6), weekly)
    assert not due(folder, NIGHT + timedelta(days=7, hours=-1), weekly)
    assert due(folder, NIGHT + timedelta(days=7), weekly)


def test_one_that_takes_too_long_ends_says_what_is_left_and_comes_again_the_next_night(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, *(59.0 for _ in range(14))])  # the limit is reached amid the check
    monkeypatch.setattr(automatic, "monotonic", lambda: 0.0)
    monkeypatch.setattr(restore, "monotonic", lambda: 0.0)
    monkeypatch.setattr("credigestor.reports.check.report.monotonic", lambda: next(moments, 61.0))
    weekly = Weekly(hour=2, minutes=1)
    assert due(folder, NIGHT, weekly)
    newest = all_runs()[0]
    assert (newest.kind, newest.state) == ("verify", State.FAILED)
    assert newest.detail is not None
    assert newest.detail.startswith("O tempo da conferência acabou. Ficou por conferir: ")
    assert "risco herdado" in newest.detail
    assert "pagamentos" not in newest.detail
    assert not due(folder, NIGHT + timedelta(hours=5), weekly)  # not by day
    assert due(folder, NIGHT + timedelta(days=1), weekly)


def test_the_limit_holds_while_it_is_loaded_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic, "monotonic", lambda: 0.0)
    monkeypatch.setattr(restore, "monotonic", lambda: 61.0)
    assert due(folder, NIGHT, Weekly(hour=2, minutes=1))
    detail = all_runs()[0].detail
    assert detail is not None
    assert "o que ainda não tinha sido lido" in detail


def test_a_file_that_is_gone_is_not_tried(folder: Path) -> None:
    for path in folder.glob("*.zip"):
        path.unlink()
    assert not due(folder, NIGHT, Weekly(hour=2))
