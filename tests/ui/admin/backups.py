"""Backups and runs that the tests of the Backup page look at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from credigestor.backups import automatic
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import BackupRun, Customer, User
from tests.factories import actor_of
from tests.moments import NOW
from tests.ui.support import Visit

PASSPHRASE = "uma frase bem comprida"


def make(folder: Path, user: User, **options: Any) -> str:
    """A backup in the folder, by this user; its name."""
    return automatic.make(folder, actor_of(user), now=NOW, **options).path.name


def add_run(hours_ago: float, *, ok: bool | None = True, **values: object) -> None:
    """A row of the history that began so long ago."""
    began = NOW - timedelta(hours=hours_ago)
    row: dict[str, object] = {
        "kind": "backup",
        "automatic": True,
        "actor_name": "automático",
        "file": "credigestor-backup-2026-11-23T060000Z.zip",
        "started_at": began,
        "finished_at": None if ok is None else began,
        "ok": ok,
        **values,
    }
    with transaction() as session:
        session.execute(insert(BackupRun).values(row))


def newest_run() -> BackupRun:
    """The run that began last."""
    with snapshot() as session:
        return session.scalars(select(BackupRun).order_by(BackupRun.id.desc()).limit(1)).one()


def customers() -> int:
    """How many the shop has."""
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def press(app: Visit, label: str) -> Visit:
    """Click the button with this label."""
    [button] = [button for button in app.button if button.label == label]
    button.click()
    app.run()
    assert not app.exception
    return app


def fill(app: Visit, label: str, value: str) -> None:
    """Type into the field with this label, to be sent with the next click."""
    [field] = [field for field in app.text_input if field.label == label]
    field.set_value(value)


def messages(app: Visit) -> list[str]:
    """The errors shown, as a person reads them."""
    return [error.value.replace("\\", "") for error in app.error]
