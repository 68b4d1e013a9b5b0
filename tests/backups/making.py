"""Making backups in tests; what one says of itself, and the history of them all."""

from __future__ import annotations

from pathlib import Path

from credigestor.backups import archive, backup
from credigestor.backups.manifest import Manifest
from credigestor.db.engine import snapshot
from credigestor.reports import backups
from credigestor.reports.backups import Run
from tests.backups.restoring import NOW


def made(path: Path, passphrase: str | None = None) -> backup.Made:
    """Write a backup of the shop as it stands, made at NOW."""
    with snapshot() as session:
        return backup.write(session, path, generated_at=NOW, passphrase=passphrase)


def manifest_of(path: Path, passphrase: str | None = None) -> Manifest:
    """The manifest of a backup that was read to its end."""
    with archive.opened(path, passphrase=passphrase) as opened:
        archive.verify(opened)
        return opened.manifest


def all_runs() -> list[Run]:
    """The history, newest first."""
    with snapshot() as session:
        return backups.runs(session, 50)
