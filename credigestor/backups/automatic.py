"""Backups into a folder with their history, made when asked for or when their hour has come.

Any number of processes may run the schedule: one of them makes the backup. Once a week it is
restored beside the shop's data and checked, right after it was made or at an hour of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from threading import Event
from time import monotonic
from zoneinfo import ZoneInfo

from credigestor.atomic_file import reason
from credigestor.backups import archive, backup, backup_folder, restore
from credigestor.backups.backup import Made
from credigestor.backups.history import noted
from credigestor.backups.restore import Restored
from credigestor.db import locks, outages
from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading import incoming_schema
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import Conflict
from credigestor.reports import backups
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.rules.progress import Progress, silent
from credigestor.rules.retention import Keep
from credigestor.services import backup_runs, users

log = logging.getLogger("credigestor")

ACTOR = Actor(None, "automático", Role.ADMIN)
#: After one that failed, the next is tried so much later.
RETRY = timedelta(minutes=30)
#: How old the last good verification may become; half a day less than a week, or the day of the
#: verification would wander on.
VERIFY_AFTER = timedelta(days=6, hours=12)
#: The database's clock, which dates the runs, and ours may differ by so much.
CLOCKS_DIFFER = timedelta(hours=1)
_SECONDS_BETWEEN_LOOKS = 60


@dataclass(frozen=True)
class Weekly:
    """When the weekly verification runs (None: after the day's backup), for how many minutes."""

    hour: int | None = None
    minutes: int | None = None


def _silent(_: int) -> None:
    """Nobody waits to hear that a run began."""


def make(
    folder: Path,
    actor: Actor,
    *,
    now: datetime,
    automatic: bool = False,
    passphrase: str | None = None,
    progress: Progress = silent,
    spared: str | None = None,
    begun: Callable[[int], None] = _silent,
) -> Made:
    """Make a backup in the folder, note it in the history, and remove what need not be kept.

    The file named by `spared` stays: somebody is about to restore it. `begun` is told the run's
    id as soon as the history has it.
    Raises NotAllowed, Conflict while another is being made or when the folder cannot be written,
    and Unavailable.
    """
    actor.require(Permission.BACKUP)
    with outages.worded(), locks.alone("backup") as alone:
        if not alone:
            raise Conflict("Outro backup está em andamento. Espere que termine.")
        return _make(folder, actor, now, automatic, passphrase, progress, spared, begun)


def verify(
    path: Path,
    actor: Actor,
    *,
    now: datetime,
    automatic: bool = False,
    passphrase: str | None = None,
    progress: Progress = silent,
    begun: Callable[[int], None] = _silent,
    minutes: int | None = None,
) -> Restored:
    """Restore a backup beside the shop's data, check it whole, drop it; noted in the history.

    `begun` is told the run's id as soon as the history has it. One that takes more than so many
    minutes ends, and the history says what it has not verified.
    Raises what `restore.rehearse` raises, and Conflict while another is being verified.
    """
    actor.require(Permission.BACKUP)
    with outages.worded(), locks.alone("verify") as alone:
        if not alone:
            raise Conflict("Outra verificação está em andamento. Espere que termine.")
        encrypted = archive.is_encrypted(path)
        with noted("verify", actor, path.name, encrypted=encrypted, automatic=automatic) as run:
            begun(run.id)
            run.size = path.stat().st_size
            today = now.astimezone(_zone(_settings())).date()
            until = None if minutes is None else monotonic() + 60 * minutes
            return restore.rehearse(
                path, actor, passphrase=passphrase, today=today, progress=progress, until=until
            )


def run_forever(
    stop: Event,
    folder: Path,
    *,
    passphrase: str | None,
    now: Callable[[], datetime],
    weekly: Weekly = Weekly(),
) -> None:
    """Look once a minute whether a backup or its verification is due; until `stop` is set.

    What goes wrong is logged and noted in the history, and tried again.
    """
    while True:
        try:
            run_due(folder, passphrase=passphrase, now=now, weekly=weekly)
            if weekly.hour is not None:
                verify_due(folder, passphrase=passphrase, now=now, weekly=weekly)
        except Exception:
            log.exception("The automatic backup failed; it will be tried again.")
        if stop.wait(_SECONDS_BETWEEN_LOOKS):
            return


def run_due(
    folder: Path,
    *,
    passphrase: str | None,
    now: Callable[[], datetime],
    weekly: Weekly = Weekly(),
) -> Made | None:
    """Make the backup that is due, and verify it where that is due too; None when none is.

    A verification with an hour of its own is left to `verify_due`.

    Raises what `make` and `verify` raise.
    """
    if not _is_due(now()):
        return None
    with outages.worded(), locks.alone("backup") as alone:
        if not alone or not _is_due(now()):  # another process was quicker
            return None
        made = _make(folder, ACTOR, now(), True, passphrase, silent, None, _silent)
    log.info("Automatic backup: %s, %s bytes.", made.path, made.size)
    if weekly.hour is None and _is_unverified(now()):
        _verify_by_itself(made.path, now(), passphrase, weekly)
    return made


def verify_due(
    folder: Path, *, passphrase: str | None, now: Callable[[], datetime], weekly: Weekly
) -> Restored | None:
    """Verify the newest backup where that is due by its hour; None when it is not.

    Whatever became of one, the next is tried when the hour comes again.
    Raises what `verify` raises.
    """
    assert weekly.hour is not None
    with snapshot() as session:
        zone = _zone(current_settings(session))
        made, tried = backups.last_good(session), backups.last_try(session, "verify")
    moment = now()
    slot = last_slot(moment, hour=weekly.hour, zone=zone)
    if tried is not None and slot <= tried.started_at <= moment + CLOCKS_DIFFER:
        return None
    if made is None or not _is_unverified(slot) or not (folder / made.file).exists():
        return None
    return _verify_by_itself(folder / made.file, moment, passphrase, weekly)


def _is_unverified(at: datetime) -> bool:
    """Whether no good verification is younger than a week at a moment."""
    with snapshot() as session:
        verified = backups.last_good(session, "verify")
    return verified is None or not -CLOCKS_DIFFER <= at - verified.started_at < VERIFY_AFTER


def _verify_by_itself(
    path: Path, now: datetime, passphrase: str | None, weekly: Weekly
) -> Restored:
    return verify(
        path, ACTOR, now=now, automatic=True, passphrase=passphrase, minutes=weekly.minutes
    )


def due(
    now: datetime,
    *,
    hour: int | None,
    zone: ZoneInfo,
    last_good: datetime | None,
    last_try: datetime | None,
) -> bool:
    """Whether a backup is due: none went well since its hour last came, on or off as we were.

    `last_good` and `last_try` are when the last good one, and the last of all, began; what a
    clock that ran ahead noted as still to come does not count.
    """
    if hour is None:
        return False
    since = last_slot(now, hour=hour, zone=zone)
    until = now + CLOCKS_DIFFER
    if last_good is not None and since <= last_good <= until:
        return False
    return last_try is None or not since <= last_try <= until or now - last_try >= RETRY


def last_slot(now: datetime, *, hour: int, zone: ZoneInfo) -> datetime:
    """The last time that the clock of the shop showed the hour."""
    local = now.astimezone(zone)
    slot = datetime.combine(local.date(), time(hour), zone)
    if slot > local:
        slot = datetime.combine(local.date() - timedelta(days=1), time(hour), zone)
    return slot


def _is_due(now: datetime) -> bool:
    with snapshot() as session:
        if not users.has_users(session):
            return False
        settings = current_settings(session)
        good, tried = backups.last_good(session), backups.last_try(session)
    return due(
        now,
        hour=settings.backup_hour,
        zone=_zone(settings),
        last_good=good.started_at if good else None,
        last_try=tried.started_at if tried else None,
    )


def _make(
    folder: Path,
    actor: Actor,
    now: datetime,
    automatic: bool,
    passphrase: str | None,
    progress: Progress,
    spared: str | None,
    begun: Callable[[int], None],
) -> Made:
    incoming_schema.drop_leftovers()
    with transaction() as session:
        installation = backup_runs.installation(session)
    path = backup_folder.new_path(folder, now)
    encrypted = passphrase is not None
    with noted("backup", actor, path.name, encrypted=encrypted, automatic=automatic) as run:
        begun(run.id)
        try:
            with snapshot(direct=True) as session:
                made = backup.write(
                    session,
                    path,
                    generated_at=now,
                    installation=installation,
                    passphrase=passphrase,
                    progress=progress,
                )
        except OSError as error:
            why = reason(error)
            raise Conflict(f"O backup não pôde ser gravado em {folder}: {why}.") from error
        run.size = made.size
    with snapshot() as session:
        settings, owner = current_settings(session), backups.owner(session)
    keep = Keep(settings.backups_daily, settings.backups_weekly, settings.backups_monthly)
    stays = {path.name, spared or path.name}
    gone = backup_folder.prune(
        folder, keep, owner=owner, now=now, zone=_zone(settings), spared=stays
    )
    if gone:
        log.info("Old backups removed: %s", ", ".join(gone))
    return made


def _settings() -> ShopSettings:
    with snapshot() as session:
        return current_settings(session)


def _zone(settings: ShopSettings) -> ZoneInfo:
    return ZoneInfo(settings.time_zone)
