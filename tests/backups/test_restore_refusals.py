"""A backup that is not right is refused by name, and nothing is changed."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from credigestor.backups import restore
from credigestor.backups.archive import BadArchive
from credigestor.backups.restore import RestoreFailed
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Logo
from credigestor.errors import BusinessError
from credigestor.reports import backups
from credigestor.rules.permissions import Actor
from tests.backups.restoring import backed_up, entry, hashes, restored, schemas, tampered
from tests.portfolio import TODAY

pytestmark = pytest.mark.usefixtures("db")


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def flip(path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        place = file.getinfo("tables/notes.csv").header_offset + 200
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def changed(**options: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        old = shutil.copy(path, path.with_suffix(".old"))
        tampered(Path(old), path, **options)

    return change


def without_reversals(path: Path) -> None:
    old = shutil.copy(path, path.with_suffix(".old"))
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(path, "w") as new:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                claims = json.loads(content)
                claims["tables"] = [t for t in claims["tables"] if t["name"] != "reversals"]
                content = json.dumps(claims).encode()
            elif name == "tables/reversals.csv":
                continue
            new.writestr(name, content, zipfile.ZIP_DEFLATED)


def twice_the_first_row(rows: bytes) -> bytes:
    header, first, *others = rows.splitlines(keepends=True)
    return b"".join([header, first, first, *others[1:]])


def paid_less(rows: bytes) -> bytes:
    """One note is said to owe less than its payments leave."""
    header, *others = rows.decode().splitlines()
    names = header.split(",")
    for number, row in enumerate(others):
        cells = row.split(",")
        if cells[names.index("principal_balance")] == cells[names.index("amount")]:
            cells[names.index("principal_balance")] = "0.01"
            others[number] = ",".join(cells)
            break
    return "\n".join([header, *others, ""]).encode()


def in_rows(table: bytes, old: bytes, new: bytes) -> bytes:
    """A table's CSV with its rows changed, its header not."""
    header, rest = table.split(b"\n", 1)
    return header + b"\n" + rest.replace(old, new)


BAD = {
    "cut off": (cut, BadArchive, "cortado"),
    "damaged": (flip, BadArchive, "tables/notes.csv"),
    "no backup at all": (
        lambda path: path.write_bytes(b"x" * 5_000),
        BadArchive,
        "não é um backup",
    ),
    "wrong hash": (
        changed(manifest=lambda m: entry(m, "sales").update(sha256="0" * 64)),
        BadArchive,
        "tables/sales.csv",
    ),
    "unknown revision": (
        changed(manifest=lambda m: m.update(schema_revision="0099")),
        BadArchive,
        "0099",
    ),
    "missing table": (without_reversals, BadArchive, "reversals"),
    "other columns": (
        changed(manifest=lambda m: entry(m, "users")["columns"].remove("name")),
        BadArchive,
        "users",
    ),
    "columns in another order": (
        changed(manifest=lambda m: entry(m, "users")["columns"].reverse()),
        RestoreFailed,
        "users",
    ),
    "more rows promised": (
        changed(manifest=lambda m: entry(m, "customers").update(rows=5_000)),
        BadArchive,
        "customers tem 10 linhas",
    ),
    "a row twice": (
        changed(table="payments", content=twice_the_first_row),
        RestoreFailed,
        "pk_payments",
    ),
    "a CHECK broken": (
        changed(table="payments", content=lambda rows: in_rows(rows, b",cash,", b",fiado,")),
        RestoreFailed,
        "ck_payments_method",
    ),
    "customers gone": (
        changed(
            table="customers",
            content=lambda rows: rows.splitlines(keepends=True)[0],
            manifest=lambda m: entry(m, "customers").update(rows=0),
        ),
        RestoreFailed,
        "fk_",
    ),
    "no CSV": (
        changed(table="notes", content=lambda rows: rows + b"isto,nao\n"),
        RestoreFailed,
        "notes",
    ),
    "settings that no page could read": (
        changed(table="settings", content=lambda rows: rows.replace(b"America/Sao_Paulo", b"Lua")),
        RestoreFailed,
        "As configurações do backup não valem: time_zone.",
    ),
    "a ledger that does not add up": (
        changed(table="notes", content=paid_less),
        RestoreFailed,
        "não fecham",
    ),
}


@pytest.mark.parametrize(("spoil", "error", "named"), BAD.values(), ids=BAD.keys())
def test_a_bad_backup_is_refused_by_name_and_changes_nothing(
    spoil: Callable[[Path], object], error: type[BusinessError], named: str, saved: Path
) -> None:
    before, others = hashes(), schemas()
    spoil(saved)
    with pytest.raises(error) as refusal:
        restored(saved)
    assert named in refusal.value.message
    assert (hashes(), schemas()) == (before, others)
    with snapshot() as session:
        [run] = backups.runs(session, 5)
        assert (run.kind, run.state) == ("restore", backups.State.FAILED)
        assert run.detail == refusal.value.message


def test_a_logo_that_would_stop_every_document_is_not_brought_back(tmp_path: Path) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>"
    with transaction() as session:
        session.add(Logo(sha256="0" * 64, media_type="image/png", content=svg))
    with pytest.raises(RestoreFailed, match="O logotipo 1 do backup não é uma imagem"):
        restored(backed_up(tmp_path / "loja.zip"))


@pytest.mark.parametrize(("now", "then"), [(b",admin,", b",seller,"), (b",t,", b",f,")])
def test_nobody_shuts_everybody_out_but_by_the_command_line(
    now: bytes, then: bytes, saved: Path, admin: Actor
) -> None:
    before = hashes()
    changed(table="users", content=lambda rows: rows.replace(now, then))(saved)
    with pytest.raises(RestoreFailed, match="nenhum administrador ativo"):
        restore.restore(saved, admin, today=TODAY)
    assert hashes() == before
    assert restored(saved)
