"""The folder of the backups: only what is ours is listed, and only that is removed."""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from credigestor.backups import backup_folder
from credigestor.errors import NotFound
from credigestor.reports.backups import Owner
from credigestor.rules.retention import Keep
from tests.backups.forging import manifest, member, table, write

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)


def put(folder: Path, at: datetime) -> Path:
    folder.mkdir(exist_ok=True)
    name = backup_folder.file_name(at)
    return write(folder / name, [member("tables/people.csv"), manifest([table()])])


def pruned(folder: Path, days: int, *, spared: Collection[str] = ()) -> list[str]:
    """What goes from the folder of an installation whose history names all files of our pattern."""
    made = frozenset(file.name for file in backup_folder.files(folder))
    keep, owner = Keep(days, 0, 0), Owner(None, made)
    return backup_folder.prune(folder, keep, owner=owner, now=NOW, zone=ZONE, spared=spared)


def test_a_backup_is_named_after_its_moment_in_utc() -> None:
    local = NOW.astimezone(ZONE)
    assert backup_folder.file_name(local) == "credigestor-backup-2026-11-23T154500Z.zip"


def test_a_new_one_never_takes_the_place_of_another(tmp_path: Path) -> None:
    assert backup_folder.new_path(tmp_path / "nada", NOW).name == backup_folder.file_name(NOW)
    for seconds in (0, 1, 3):
        put(tmp_path, NOW + timedelta(seconds=seconds))
    assert backup_folder.new_path(tmp_path, NOW) == tmp_path / backup_folder.file_name(
        NOW + timedelta(seconds=2)
    )


def test_backups_are_listed_newest_first_with_size_moment_and_kind(tmp_path: Path) -> None:
    old = put(tmp_path, NOW - timedelta(days=1))
    put(tmp_path, NOW)
    (protected,) = (put(tmp_path, NOW + timedelta(seconds=1)),)
    content = bytearray(protected.read_bytes())
    content[6] |= 1
    protected.write_bytes(content)
    files = backup_folder.files(tmp_path)
    assert [file.made_at for file in files] == [
        NOW + timedelta(seconds=1),
        NOW,
        NOW - timedelta(days=1),
    ]
    assert [file.encrypted for file in files] == [True, False, False]
    assert files[2] == backup_folder.BackupFile(
        old.name, old.stat().st_size, NOW - timedelta(days=1), False
    )


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert backup_folder.files(tmp_path / "nada") == []
    assert pruned(tmp_path / "nada", 1) == []


FOREIGN = (
    "credigestor-2026-11-23-154500.zip",
    "credigestor-backup-2026-11-23T154500Z.zip.gpg",
    "credigestor-backup-2026-13-45T154500Z.zip",
    "my-credigestor-backup-2020-01-01T000000Z.zip",
    "credigestor-backup-2020-01-01T000000Z.ZIP",
    "credigestor-backup-0001-01-01T000000Z.zip",  # which no clock west of Greenwich can show
    "notas.pdf",
)


def test_what_is_not_ours_is_neither_listed_nor_removed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    folder = tmp_path / "backups"
    put(folder, NOW)
    for name in FOREIGN:
        (folder / name).write_text("x")
    (folder / backup_folder.file_name(NOW - timedelta(days=900))).symlink_to(secret)
    (folder / backup_folder.file_name(NOW - timedelta(days=901))).mkdir()
    assert [file.made_at for file in backup_folder.files(folder)] == [NOW]
    before = sorted(folder.iterdir())
    assert pruned(folder, 1) == []
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".", *FOREIGN])
def test_no_other_name_leads_to_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("x")
    put(tmp_path / "backups", NOW)
    with pytest.raises(NotFound, match="Não há backup com o nome"):
        backup_folder.path_of(tmp_path / "backups", name)
    found = backup_folder.path_of(tmp_path / "backups", backup_folder.file_name(NOW))
    assert found.is_file()


def test_old_ones_go_and_the_one_known_to_be_good_stays(tmp_path: Path) -> None:
    made = [put(tmp_path, NOW - timedelta(days=days)) for days in range(5)]
    gone = pruned(tmp_path, 2, spared={made[3].name})
    assert gone == [made[2].name, made[4].name]
    left = {file.name for file in backup_folder.files(tmp_path)}
    assert left == {made[0].name, made[1].name, made[3].name}


def test_what_a_killed_process_left_unfinished_goes_after_a_day(tmp_path: Path) -> None:
    put(tmp_path, NOW)
    old = tmp_path / f".{backup_folder.file_name(NOW)}.abc_1234"
    new = tmp_path / f".{backup_folder.file_name(NOW)}.def56789"
    other = tmp_path / ".notas.zip.abc_1234"
    for path, hours in ((old, 25), (new, 1), (other, 9_999)):
        path.write_bytes(b"half")
        at = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(path, (at, at))
    pruned(tmp_path, 1)
    assert (old.exists(), new.exists(), other.exists()) == (False, True, True)
