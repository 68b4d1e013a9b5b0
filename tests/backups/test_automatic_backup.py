"""Automatic backups: when one is due, one process makes it, and the history tells how it went."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from credigestor.backups import archive, automatic, backup, backup_folder
from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import BackupRun
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, Conflict, NotAllowed
from credigestor.reports import backups
from credigestor.reports.backups import State
from credigestor.rules.permissions import Actor
from credigestor.services import settings
from credigestor.web import startup
from tests.backups.making import all_runs

ZONE = ZoneInfo("America/Sao_Paulo")
#: 15:45 in the shop.
NOW = datetime(2026, 11, 23, 18, 45, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 3, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("good", "tried", "expected"),
    [
        (None, None, True),
        (SLOT, SLOT, False),
        (SLOT + timedelta(hours=5), SLOT + timedelta(hours=5), False),
        (SLOT - timedelta(seconds=1), SLOT - timedelta(seconds=1), True),
        (SLOT - timedelta(days=30), SLOT - timedelta(days=30), True),  # the machine was off
        (SLOT - timedelta(days=1), NOW - timedelta(minutes=29), False),  # it failed just now
        (SLOT - timedelta(days=1), NOW - timedelta(minutes=30), True),
        (None, SLOT - timedelta(minutes=1), True),  # yesterday's failure waits for nothing
        (NOW + timedelta(minutes=9), NOW + timedelta(minutes=9), False),  # the database's clock
        (NOW + timedelta(days=90), NOW + timedelta(days=90), True),  # the clock ran ahead then
        (None, NOW + timedelta(days=90), True),
        (NOW + timedelta(days=90), NOW - timedelta(minutes=1), False),  # and failed just now
    ],
)
def test_a_backup_is_due_once_its_hour_has_come_and_none_went_well_since(
    good: datetime | None, tried: datetime | None, expected: bool
) -> None:
    found = automatic.due(NOW, hour=3, zone=ZONE, last_good=good, last_try=tried)
    assert found is expected


def test_without_an_hour_none_is_ever_due() -> None:
    assert not automatic.due(NOW, hour=None, zone=ZONE, last_good=None, last_try=None)


@pytest.mark.parametrize(("hour", "day"), [(0, 23), (15, 23), (16, 22), (23, 22)])
def test_the_hour_is_that_of_the_shops_clock(hour: int, day: int) -> None:
    found = automatic.last_slot(NOW, hour=hour, zone=ZONE)
    assert found == datetime(2026, 11, day, hour, tzinfo=ZONE)


def run_due(folder: Path, at: datetime = NOW) -> backup.Made | None:
    """What the schedule does at a moment, which then is that of the runs it has made."""
    new = BackupRun.id.not_in([run.id for run in all_runs()])
    try:
        return automatic.run_due(folder, passphrase=None, now=lambda: at)
    finally:
        with transaction() as session:
            session.execute(update(BackupRun).where(new).values(started_at=at))


@pytest.mark.usefixtures("db")
def test_a_shop_without_a_user_makes_none(tmp_path: Path) -> None:
    assert run_due(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_the_first_is_made_at_once_and_restored_beside_as_a_proof(
    tmp_path: Path, admin: Actor
) -> None:
    made = run_due(tmp_path / "new")
    assert made
    verify, run = all_runs()
    assert (run.kind, run.state, run.automatic, run.file) == (
        "backup",
        State.DONE,
        True,
        made.path.name,
    )
    assert (run.size, run.encrypted) == (made.path.stat().st_size, False)
    assert (verify.kind, verify.state, verify.file) == ("verify", State.DONE, made.path.name)
    assert run_due(tmp_path / "new") is None
    tomorrow = run_due(tmp_path / "new", NOW + timedelta(days=1))
    assert tomorrow
    assert [run.kind for run in all_runs()] == ["backup", "verify", "backup"]
    assert run_due(tmp_path / "new", NOW + timedelta(days=7))
    assert [run.kind for run in all_runs()][:2] == ["verify", "backup"]


def test_without_an_hour_in_the_settings_none_is_made(tmp_path: Path, admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(backup_hour=None))
    assert run_due(tmp_path) is None
    assert all_runs() == []


def test_of_many_processes_one_makes_it(
    tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic, "VERIFY_AFTER", timedelta(days=-1))
    monkeypatch.setattr(automatic, "verify", lambda *args, **named: None)
    # The database dates the first one's run while the others look: far from our moment.
    monkeypatch.setattr(automatic, "CLOCKS_DIFFER", timedelta(days=36_500))
    look = partial(automatic.run_due, tmp_path, passphrase=None, now=lambda: NOW.replace(2004))
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: look(), range(6)))
    assert len([one for one in made if one]) == 1
    assert [run.state for run in all_runs()] == [State.DONE]
    assert len(backup_folder.files(tmp_path)) == 1


def test_while_one_is_made_another_is_refused(tmp_path: Path, admin: Actor) -> None:
    with locks.alone("backup") as alone, locks.alone("verify") as verifying:
        assert alone
        assert verifying
        with pytest.raises(Conflict, match="Outro backup está em andamento"):
            automatic.make(tmp_path, admin, now=NOW)
        with pytest.raises(Conflict, match="Outra verificação está em andamento"):
            automatic.verify(tmp_path / "x.zip", admin, now=NOW)
    assert automatic.make(tmp_path, admin, now=NOW).path.exists()


def test_only_who_may_make_backups_can(tmp_path: Path, manager: Actor) -> None:
    with pytest.raises(NotAllowed):
        automatic.make(tmp_path, manager, now=NOW)
    with pytest.raises(NotAllowed):
        automatic.verify(tmp_path / "x.zip", manager, now=NOW)
    assert all_runs() == []


def test_with_a_passphrase_it_is_protected_and_the_history_says_so(
    tmp_path: Path, admin: Actor
) -> None:
    made = automatic.make(tmp_path, admin, now=NOW, passphrase="uma senha comprida")
    assert archive.is_encrypted(made.path)
    (run,) = all_runs()
    assert (run.encrypted, run.automatic, run.actor_name) == (True, False, admin.name)
    automatic.verify(made.path, admin, now=NOW, passphrase="uma senha comprida")
    with pytest.raises(archive.BadArchive):
        automatic.verify(made.path, admin, now=NOW, passphrase="outra")
    failed, good, _ = all_runs()
    assert (failed.state, good.state) == (State.FAILED, State.DONE)
    assert failed.detail == "A senha do backup não confere."


def test_a_new_one_removes_what_the_settings_do_not_keep(tmp_path: Path, admin: Actor) -> None:
    with transaction() as session:
        kept = ShopSettings(backups_daily=2, backups_weekly=0, backups_monthly=0)
        settings.change(session, admin, kept)
    made = [
        automatic.make(tmp_path, admin, now=NOW + timedelta(days=days)).path for days in range(4)
    ]
    assert [path.exists() for path in made] == [False, False, True, True]


def test_a_folder_that_cannot_be_written_is_told_in_the_history_and_to_who_asked(
    tmp_path: Path, admin: Actor
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Conflict, match="O backup não pôde ser gravado em"):
        automatic.make(tmp_path / "file", admin, now=NOW)
    (run,) = all_runs()
    assert (run.state, run.size) == (State.FAILED, None)
    assert "não pôde ser gravado" in run.detail
    with snapshot() as session:
        assert backups.last_good(session) is None
        assert backups.last_try(session) == run


def test_after_a_failure_the_next_is_tried_half_an_hour_later(
    tmp_path: Path, admin: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BusinessError):
        run_due(tmp_path / "file")
    assert run_due(tmp_path / "file") is None
    with pytest.raises(BusinessError):
        run_due(tmp_path / "file", NOW + timedelta(minutes=31))


def test_a_failure_does_not_end_the_schedule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    looks: list[int] = []

    def look(*args: object, **named: object) -> None:
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise OSError("disk gone")

    monkeypatch.setattr(automatic, "run_due", look)
    monkeypatch.setattr(automatic, "_SECONDS_BETWEEN_LOOKS", 0.001)
    with caplog.at_level(logging.ERROR, logger="credigestor"):
        automatic.run_forever(stop, tmp_path, passphrase=None, now=lambda: NOW)
    assert len(looks) == 3
    assert "will be tried again" in caplog.text


def schedules() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "automatic-backup"]


@pytest.mark.usefixtures("db")
def test_the_app_runs_the_schedule_for_as_long_as_it_lives(
    configured: Callable[..., None],
) -> None:
    with startup.backups():
        assert schedules() == []  # tests have it switched off
    configured(CREDIGESTOR_AUTOMATIC_BACKUP="true")
    with startup.backups():
        (schedule,) = schedules()
        assert schedule.daemon
    schedule.join(10)
    assert schedules() == []


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("passphrase", "told"), [("onze letras", True), ("", False)])
def test_a_configured_passphrase_that_is_too_short_is_told_of_at_the_start(
    passphrase: str, told: bool, configured: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    configured(CREDIGESTOR_AUTOMATIC_BACKUP="true", CREDIGESTOR_BACKUP_PASSPHRASE=passphrase)
    with startup.backups():
        assert ("fewer than 12 characters" in caplog.text) == told
        assert "onze letras" not in caplog.text
    (schedule,) = schedules()
    schedule.join(10)
