"""Exports: what is in each file, one moment for all, and nothing secret."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.migrate import head_revision
from credigestor.db.models import LoginSession, User
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, settings
from credigestor.transfer.exporter import CSV_FILES, archive_name, export, export_csv
from tests.factories import PASSWORD_HASH
from tests.portfolio import TODAY, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")

NOW = datetime(2026, 11, 23, 15, 45, tzinfo=UTC)


@pytest.fixture
def shop(admin: Actor) -> None:
    """Two customers, one with a formula for a name; a late note, a cancelled sale, a reversal."""
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja da Zélia"))
        ana = add_customer(
            session,
            "Ana D'Ávila; filha",
            phone="+5585988724443",
            zip_code="60175000",
            credit_limit=Decimal("1500.00"),
        )
        bia = add_customer(session, "=cmd|'/c calc'!A1", remarks="-1+1")
        notes = [("300.00", date(2026, 1, 10)), ("300.00", date(2026, 12, 10))]
        first = add_sale(session, ana, date(2026, 1, 2), notes, seller_id=admin.id)
        second = add_sale(session, bia, date(2026, 1, 2), [("50.00", date(2026, 2, 10))])
        pay(session, admin, first.notes[0], "100.00", date(2026, 1, 25))
        wrong = pay(session, admin, first.notes[1], "7.00", date(2026, 1, 26))
        payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)
        sales.cancel(session, admin, sale_id=second.id, why="desistência", today=TODAY)


def rows_of(name: str, as_of: date = TODAY) -> list[dict[str, str]]:
    file = io.BytesIO()
    with snapshot() as session:
        member = export_csv(session, name, file, as_of=as_of, today=TODAY)
    content = file.getvalue()
    assert member.size == len(content)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == member.rows
    return rows


@pytest.mark.usefixtures("shop")
def test_customers_are_written_as_people_read_them_and_formulas_are_disarmed() -> None:
    ana, bia = rows_of("clientes.csv")
    assert (ana["Nome"], ana["CPF ou CNPJ"]) == ("Ana D'Ávila; filha", "100.000.000-19")
    assert (ana["Telefone"], ana["CEP"]) == ("(85) 98872-4443", "60175-000")
    assert (ana["Limite de crédito"], ana["Ativo"]) == ("1500,00", "sim")
    assert (bia["Nome"], bia["Observações"]) == ("'=cmd|'/c calc'!A1", "'-1+1")
    assert (bia["Limite de crédito"], bia["Telefone"]) == ("", "")


@pytest.mark.usefixtures("shop")
def test_sales_name_customer_and_seller_and_tell_of_their_cancelling() -> None:
    first, second = rows_of("vendas.csv")
    assert (first["Cliente"], first["Vendedor"]) == ("Ana D'Ávila; filha", "Ada Administradora")
    assert (first["Data"], first["Total"], first["Multa (%)"]) == ("02/01/2026", "600,00", "2")
    assert (first["Cancelada em"], second["Cancelada em"]) == ("", "23/11/2026")
    assert second["Motivo do cancelamento"] == "desistência"


@pytest.mark.usefixtures("shop")
def test_notes_state_what_is_owed_at_the_date_asked_for() -> None:
    late, pending, cancelled = rows_of("notas.csv", as_of=date(2026, 2, 24))
    # R9: 100,00 paid on 25/01 left 207,50; 30 days later 2,08 of interest, the fine was paid.
    assert late == late | {
        "Nota": "000001-01/02",
        "Vencimento": "10/01/2026",
        "Posição em": "24/02/2026",
        "Situação": "Atrasada",
        "Dias de atraso": "45",
        "Principal devido": "207,50",
        "Juros devidos": "2,08",
        "Multa devida": "0,00",
        "Total devido": "209,58",
    }
    assert (pending["Situação"], pending["Total devido"]) == ("Pendente", "300,00")
    assert cancelled["Situação"] == "Atrasada"  # it was cancelled later
    assert rows_of("notas.csv")[2]["Situação"] == "Cancelada"


@pytest.mark.usefixtures("shop")
def test_payments_show_their_split_and_whether_they_were_reversed() -> None:
    kept, gone = rows_of("pagamentos.csv")
    assert kept == kept | {
        "Data": "25/01/2026",
        "Nota": "000001-01/02",
        "Valor nesta nota": "100,00",
        "Principal": "92,50",
        "Juros": "1,50",
        "Multa": "6,00",
        "Forma": "Dinheiro",
        "Recebido por": "Ada Administradora",
        "Estornado": "não",
        "Estornado em": "",
    }
    assert (gone["Estornado"], gone["Estornado em"]) == ("sim", "23/11/2026")
    assert gone["Motivo do estorno"] == "engano"


@pytest.mark.usefixtures("shop")
def test_the_manifest_tells_the_truth_about_every_member(tmp_path: Path) -> None:
    path = tmp_path / "tudo.zip"
    with snapshot() as session:
        members = export(session, path, as_of=TODAY, today=TODAY, generated_at=NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["tudo.zip"]
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.namelist() == [*CSV_FILES, "manifest.json"]
        assert {key: manifest[key] for key in ("generated_at", "as_of", "shop")} == {
            "generated_at": "2026-11-23T15:45:00+00:00",
            "as_of": "2026-11-23",
            "shop": "Loja da Zélia",
        }
        assert manifest["schema_revision"] == head_revision()
        assert manifest["members"] == [vars(member) for member in members]
        for member in manifest["members"]:
            content = archive.read(member["name"])
            assert hashlib.sha256(content).hexdigest() == member["sha256"]
            assert len(content) == member["size"]
            lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            assert len(lines) - 1 == member["rows"]


@pytest.mark.usefixtures("shop")
def test_an_export_sees_one_moment_however_long_it_takes() -> None:
    with snapshot() as session:
        first = io.BytesIO()
        export_csv(session, "clientes.csv", first, as_of=TODAY, today=TODAY)
        with transaction() as other:
            zoe = add_customer(other, "Zoé")
            add_sale(other, zoe, date(2026, 3, 1), [("10.00", date(2026, 4, 1))])
        members = export(session, io.BytesIO(), as_of=TODAY, today=TODAY, generated_at=NOW)
    assert [member.rows for member in members] == [2, 2, 3, 2]


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
    file = io.BytesIO()
    with snapshot() as session:
        export(session, file, as_of=TODAY, today=TODAY, generated_at=NOW)
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for secret in (PASSWORD_HASH, "$2b$", "login-secreto", "digest-de-sessao", "203.0.113.7"):
        assert secret not in everything


def test_a_new_shop_exports_files_with_only_a_header() -> None:
    with snapshot() as session:
        members = export(session, io.BytesIO(), as_of=TODAY, today=TODAY, generated_at=NOW)
    assert [member.rows for member in members] == [0, 0, 0, 0]


def test_a_path_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with snapshot() as session, pytest.raises(OSError, match="No such file"):
        export(session, tmp_path / "nada" / "x.zip", as_of=TODAY, today=TODAY, generated_at=NOW)
    assert list(tmp_path.iterdir()) == []


def test_two_exports_to_one_path_do_not_meet_in_an_unfinished_file(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    # What a process killed half-way left behind; in a container the next has the same number.
    (tmp_path / f".x.zip.{os.getpid()}").write_bytes(b"half")
    with snapshot() as session:
        export(session, path, as_of=TODAY, today=TODAY, generated_at=NOW)
    assert zipfile.is_zipfile(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_named_after_its_moment() -> None:
    assert archive_name(NOW) == "credigestor-2026-11-23-154500.zip"
