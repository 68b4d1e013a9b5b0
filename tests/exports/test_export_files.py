"""Exports as files: orders, the ZIP of everything, a folder; one moment, nothing secret."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.loading.copying import Rows
from credigestor.db.models import LoginSession, User
from credigestor.exports.catalogue import (
    KINDS,
    TABLES,
    Order,
    Style,
    expected_rows,
    file_name,
    media_type,
    permission,
    stream,
)
from credigestor.exports.csv_folder import Written, export_folder
from credigestor.exports.zip_file import NOTICE
from credigestor.reports import notes
from credigestor.rules.permissions import Actor, Permission
from tests.exports.exporting import NOW, make_shop, streamed, table_of
from tests.factories import PASSWORD_HASH
from tests.portfolio import (
    TODAY,
    add_customer,
    add_sale,
)

pytestmark = pytest.mark.usefixtures("db")

EVERYTHING = Order(kind="everything")


@pytest.fixture
def shop(admin: Actor) -> None:
    """What `make_shop` makes."""
    make_shop(admin)


@pytest.mark.usefixtures("shop")
def test_the_manifest_tells_the_truth_about_every_member_and_that_it_is_no_backup() -> None:
    content, count = streamed(EVERYTHING)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            *(f"{table.stem}.csv" for table in TABLES.values()), "manifest.json",
        ]  # fmt: skip
        manifest = json.loads(archive.read("manifest.json"))
        members = manifest.pop("members")
        assert manifest == {
            "format": "credigestor-export",
            "notice": NOTICE,
            "generated_at": "2026-11-23T15:45:00+00:00",
            "as_of": "2026-11-23",
            "shop": "Loja da Zélia",
        }
        for (kind, _), member in zip(TABLES.items(), members, strict=True):
            file = archive.read(member["name"])
            assert file == streamed(Order(kind=kind))[0]
            assert hashlib.sha256(file).hexdigest() == member["sha256"]
            assert (len(file), len(table_of(file))) == (member["size"], member["rows"])
        for info in archive.infolist():  # as the shop's clock had it
            assert info.date_time == (2026, 11, 23, 12, 45, 0)
    assert count == sum(member["rows"] for member in members)


@pytest.mark.usefixtures("shop")
def test_an_export_sees_one_moment_however_long_it_takes() -> None:
    def unpacked(session: Session) -> dict[str, bytes]:
        content, _ = streamed(EVERYTHING, session)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    with snapshot() as session:
        before = unpacked(session)
        with transaction() as other:
            zoe = add_customer(other, "Zoé")
            add_sale(other, zoe, date(2026, 3, 1), [("10.00", date(2026, 4, 1))])
        assert unpacked(session) == before
    with snapshot() as session:
        assert unpacked(session) != before


@pytest.mark.usefixtures("shop")
def test_no_password_hash_login_or_session_leaves(admin: Actor) -> None:
    with transaction() as session:
        user = session.get(User, admin.id)
        assert user
        user.login = "login-secreto"
        session.add(
            LoginSession(
                user_id=user.id,
                token_hash="digest-de-sessao",
                address="203.0.113.7",
                user_agent="x",
                expires_at=NOW,
            )
        )
    everything = ""
    for kind, details in KINDS.items():
        if details.content is not None and permission(Order(kind=kind)) is Permission.EXPORT:
            everything += streamed(Order(kind=kind))[0].decode()
    assert "Ada Administradora" in everything
    for secret in (PASSWORD_HASH, "$2b$", "login-secreto", "digest-de-sessao", "203.0.113.7"):
        assert secret not in everything


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_shop_exports_files_with_only_a_header(kind: str) -> None:
    for style in Style:
        content, count = streamed(Order(kind=kind, style=style))
        assert count == 0
        if KINDS[kind].content is not None:
            assert content.endswith(b"\n")
            assert content.count(b"\n") == 1


def test_an_order_goes_through_json_unchanged_and_takes_nothing_unknown() -> None:
    filters = notes.NoteFilters(
        bands=("1-30",), due_from=date(2026, 1, 2), seller="none", text="Zé"
    )
    order = Order(kind="list_notes", style=Style.PLAIN, as_of=date(2026, 2, 3), filters=filters)
    assert Order.model_validate(json.loads(json.dumps(order.model_dump(mode="json")))) == order
    wrong: list[dict[str, Any]] = [{"kind": "users"}, {"kind": "notes", "sql": "x"}]
    wrong += [{"kind": "notes", "style": "pdf"}, {"kind": "list_notes", "filters": "x"}]
    for row in wrong:
        with pytest.raises(ValidationError):
            Order.model_validate(row)


def test_a_file_is_named_after_what_it_tells_of() -> None:
    order = Order(kind="notes", as_of=date(2026, 2, 3))
    assert (file_name(order, TODAY), media_type(order)) == (
        "notas-2026-02-03.csv", "text/csv; charset=utf-8",
    )  # fmt: skip
    assert (file_name(EVERYTHING, TODAY), media_type(EVERYTHING)) == (
        "exportacao-2026-11-23.zip", "application/zip",
    )  # fmt: skip


@pytest.mark.usefixtures("shop")
def test_the_planner_says_how_many_rows_are_expected() -> None:
    with transaction() as session:
        for place in range(300):
            add_customer(session, f"100% {place}")
    with transaction() as session:
        session.connection().exec_driver_sql("ANALYZE")
    with snapshot() as session:
        assert expected_rows(session, Order(kind="customers"), TODAY) == 302
        everything = expected_rows(session, EVERYTHING, TODAY)
        assert everything is not None
        assert everything >= 302 + 2 + 3 + 2
        few = expected_rows(session, Order(kind="list_customers", filters={"text": "5%"}), TODAY)
        assert few is not None
        assert few < 302


@pytest.mark.usefixtures("shop")
def test_one_who_stops_reading_ends_the_connection() -> None:
    for order in (Order(kind="notes"), EVERYTHING):
        with snapshot() as session:
            blocks = stream(session, order, today=TODAY, generated_at=NOW, rows=Rows())
            next(blocks)
            blocks.close()


def written(session: Session, folder: Path) -> list[Written]:
    return list(export_folder(session, folder, as_of=TODAY, today=TODAY, generated_at=NOW))


@pytest.mark.usefixtures("shop")
def test_a_folder_gets_each_file_for_the_owners_eyes_only(tmp_path: Path) -> None:
    folder = tmp_path / "saida" / "csv"
    with snapshot() as session:
        files = written(session, folder)
    assert [(file.name, file.rows) for file in files] == [
        ("clientes.csv", 2), ("vendas.csv", 2), ("notas.csv", 3), ("pagamentos.csv", 2),
        ("atos.csv", 0), ("mudancas-cadastro.csv", 0), ("entradas.csv", 0),
        ("creditos.csv", 0), ("contatos.csv", 0), ("promessas.csv", 0), ("inadimplencia.csv", 1),
    ]  # fmt: skip
    assert {path.name for path in folder.iterdir()} == {file.name for file in files}
    for kind, table in TABLES.items():
        path = folder / f"{table.stem}.csv"
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes() == streamed(Order(kind=kind))[0]


def test_a_folder_that_cannot_be_made_is_an_error_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "nada").write_text("um arquivo")
    with snapshot() as session, pytest.raises(OSError, match=r"File exists|Not a directory"):
        written(session, tmp_path / "nada" / "x")
    assert [path.name for path in tmp_path.iterdir()] == ["nada"]


def test_two_exports_to_one_folder_do_not_meet_in_an_unfinished_file(tmp_path: Path) -> None:
    # What a process killed half-way left behind; in a container the next has the same number.
    (tmp_path / f".notas.csv.{os.getpid()}").write_bytes(b"half")
    with snapshot() as session:
        written(session, tmp_path)
    assert (tmp_path / "notas.csv").read_bytes().startswith("\ufeffNota;".encode())
