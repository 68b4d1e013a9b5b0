"""A folder that two installations share: each sees and removes its own backups alone."""

from __future__ import annotations

import json
import uuid
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from credigestor.backups import archive, automatic, backup_folder
from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import ShopSettings
from credigestor.errors import NotFound
from credigestor.reports import backups
from credigestor.rules.permissions import Actor
from credigestor.rules.retention import Keep
from credigestor.services import settings
from tests.backups.making import manifest_of
from tests.backups.restoring import NOW, backed_up, restored

pytestmark = pytest.mark.usefixtures("db")

PASSPHRASE = "pão de queijo"


@pytest.fixture(autouse=True)
def one_a_day(admin: Actor) -> None:
    """Of each shop's backups only the last is kept."""
    with transaction() as session:
        once = ShopSettings(backups_daily=1, backups_weekly=0, backups_monthly=0)
        settings.change(session, admin, once)


def made(folder: Path, actor: Actor, at: datetime, passphrase: str | None = None) -> str:
    return automatic.make(folder, actor, now=at, passphrase=passphrase).path.name


def listed(folder: Path) -> list[str]:
    with snapshot() as session:
        owner = backups.owner(session)
    return [file.name for file in backup_folder.files(folder, owner)]


def move() -> None:
    """From now on this is another installation: its own mark, its own history."""
    with transaction() as session:
        session.execute(text("UPDATE installation SET id = :id"), {"id": uuid.uuid4()})
        session.execute(text("DELETE FROM backup_runs"))


@pytest.mark.parametrize("passphrase", [None, PASSPHRASE])
def test_what_another_installation_made_is_neither_listed_nor_pruned(
    passphrase: str | None, admin: Actor, tmp_path: Path
) -> None:
    theirs = made(tmp_path, admin, NOW - timedelta(days=9), passphrase)
    move()
    assert listed(tmp_path) == []
    old = made(tmp_path, admin, NOW - timedelta(days=8), passphrase)
    new = made(tmp_path, admin, NOW, passphrase)
    assert listed(tmp_path) == [new]
    assert not (tmp_path / old).exists()
    assert (tmp_path / theirs).exists()
    with snapshot() as session:
        owner = backups.owner(session)
    with pytest.raises(NotFound):
        backup_folder.path_of(tmp_path, theirs, owner)


def test_another_ones_newer_backup_does_not_push_out_ours(admin: Actor, tmp_path: Path) -> None:
    theirs = made(tmp_path, admin, NOW)
    move()
    ours = made(tmp_path, admin, NOW - timedelta(days=3))
    with snapshot() as session:
        owner = backups.owner(session)
    gone = backup_folder.prune(
        tmp_path, Keep(1, 0, 0), owner=owner, now=NOW + timedelta(days=9), zone=ZoneInfo("UTC")
    )
    assert gone == []
    assert {theirs, ours} <= {path.name for path in tmp_path.iterdir()}


def test_the_mark_is_in_the_manifest_and_at_the_files_end(admin: Actor, tmp_path: Path) -> None:
    path = tmp_path / made(tmp_path, admin, NOW, PASSPHRASE)
    with snapshot() as session:
        mark = backups.owner(session).installation
    assert mark is not None
    assert manifest_of(path, PASSPHRASE).installation == archive.mark_of(path) == mark


def test_a_restore_leaves_the_installation_what_it_was(admin: Actor, tmp_path: Path) -> None:
    path = tmp_path / made(tmp_path, admin, NOW)
    move()
    made(tmp_path / "ours", admin, NOW)
    with snapshot() as session:
        before = backups.owner(session)
    restored(path)  # from another machine
    with snapshot() as session:
        assert backups.owner(session) == before


def test_one_without_a_mark_is_listed_and_restored_and_removed_only_by_who_made_it(
    admin: Actor, tmp_path: Path
) -> None:
    names = [backup_folder.file_name(NOW - timedelta(days=days)) for days in (9, 8)]
    for name in names:
        backed_up(tmp_path / name)  # as a version before 0.6 made it
        assert archive.mark_of(tmp_path / name) is None
        with zipfile.ZipFile(tmp_path / name) as file:
            claims = json.loads(file.read("manifest.json"))
        assert claims.pop("installation") is None
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO backup_runs (kind, automatic, actor_name, finished_at, ok, file)"
                " VALUES ('backup', true, 'automático', now(), true, :name)"
            ),
            {"name": names[1]},
        )
    new = made(tmp_path, admin, NOW)
    assert listed(tmp_path) == [new, names[0]]
    assert restored(tmp_path / names[0]).rows > 0
