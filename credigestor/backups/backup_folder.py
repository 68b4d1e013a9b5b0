"""The folder of the backups: what is in it, what a new one is called, and which go.

The folder may hold other things; only names of our own pattern are ever listed or removed, and of
these neither what another shop, or another installation of this one, has made.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from credigestor.backups import archive
from credigestor.errors import NotFound
from credigestor.reports.backups import Owner
from credigestor.rules.quoting import quote
from credigestor.rules.retention import Keep, kept

log = logging.getLogger("credigestor")

_NAME = re.compile(r"credigestor-backup-(2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{6}Z)\.zip")
_MOMENT = "%Y-%m-%dT%H%M%SZ"
#: What a killed process left unfinished; older than any backup takes.
_UNFINISHED = re.compile(rf"\.{_NAME.pattern}\.\w+")
_LONG_AGO = timedelta(days=1)


@dataclass(frozen=True)
class BackupFile:
    """A backup in the folder: its name, bytes, the moment it was made (UTC), and its kind.

    `mark` is the installation that made it; None of a version before 0.6.
    """

    name: str
    size: int
    made_at: datetime
    encrypted: bool
    mark: str | None = None


def file_name(at: datetime) -> str:
    """Name of a backup made at a moment: credigestor-backup-2026-11-24T060000Z.zip, in UTC."""
    return f"credigestor-backup-{at.astimezone(UTC):{_MOMENT}}.zip"


def new_path(folder: Path, at: datetime) -> Path:
    """Where a backup made at a moment goes: seconds later, where there is one already."""
    while (path := folder / file_name(at)).exists():
        at += timedelta(seconds=1)
    return path


def files(folder: Path, owner: Owner | None = None) -> list[BackupFile]:
    """The backups in the folder, or the owner's, newest first; none where there is no folder."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        made_at = _made_at(path.name)
        if made_at is None:
            continue
        try:
            if path.is_file() and not path.is_symlink():
                encrypted, mark = archive.is_encrypted(path), archive.mark_of(path)
                if owner is None or owner.lists(mark):
                    size = path.stat().st_size
                    found.append(BackupFile(path.name, size, made_at, encrypted, mark))
        except OSError:
            log.warning("The backup %s cannot be read.", path.name)
    return sorted(found, key=lambda file: file.made_at, reverse=True)


def path_of(folder: Path, name: str, owner: Owner | None = None) -> Path:
    """Where a backup of the folder, or of the owner's, lies; NotFound for any other name."""
    if all(name != file.name for file in files(folder, owner)):
        raise NotFound(f"Não há backup com o nome {quote(name)} na pasta.")
    return folder / name


def prune(
    folder: Path,
    keep: Keep,
    *,
    owner: Owner,
    now: datetime,
    zone: ZoneInfo,
    spared: Collection[str] = (),
) -> list[str]:
    """Remove the owner's backups that need not be kept (rules.retention); give their names.

    What is `spared` stays whatever its age: the newest that is known to be good, for one.
    """
    # Others' do not count either: one of theirs would be kept as the day's last in place of ours.
    found = [file for file in files(folder) if owner.may_remove(file.mark, file.name)]
    keeping = kept((file.made_at for file in found), keep, now=now, zone=zone)
    gone = [file.name for file in found if file.made_at not in keeping and file.name not in spared]
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for path in folder.iterdir() if folder.is_dir() else ():
        if _UNFINISHED.fullmatch(path.name) and _is_older(path, now - _LONG_AGO):
            path.unlink(missing_ok=True)
    return gone


def _made_at(name: str) -> datetime | None:
    match = _NAME.fullmatch(name)
    try:
        return match and datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _is_older(path: Path, moment: datetime) -> bool:
    try:
        return path.stat().st_mtime < moment.timestamp()
    except FileNotFoundError:
        return False
