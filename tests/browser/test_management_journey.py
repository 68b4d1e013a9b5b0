"""The manager reads the dashboard and the report, and downloads the report and everything."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from credigestor.rules.money import format_brl
from tests.browser.conftest import Server
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser

NAME = "Dora D'Ávila Devedora"


@pytest.fixture(scope="module")
def debtor(server: Server) -> str:
    """A customer with 200,00 late by 40 days, and 100,00 to come."""
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, NAME, phone="+5585988724443", city="Fortaleza")
        add_sale(
            session,
            customer,
            TODAY - timedelta(days=70),
            [("200.00", TODAY - timedelta(days=40)), ("100.00", TODAY + timedelta(days=20))],
        )
    return NAME


def metric(page: Page, label: str) -> Locator:
    """The value on the first card with this label."""
    return page.get_by_role("group", name=label).first.locator(".cg-value")


def test_the_dashboard_tells_what_is_owed_and_a_bar_leads_to_its_notes(
    page: Page, server: Server, arrive: Callable[..., None], debtor: str
) -> None:
    arrive(page, "gerente", "/painel")
    expect(page.get_by_role("heading", name="Painel")).to_be_visible()
    owed = server.scalar(
        "SELECT sum(principal_balance) FROM notes WHERE principal_balance > 0 "
        "AND cancelled_on IS NULL"
    )
    expect(metric(page, "A receber")).to_have_text(format_brl(owed))

    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart).to_be_visible()
    bars = chart.locator(".mark-rect path[aria-label]")
    expect(bars.first).to_be_attached()
    bars.filter(has=page.locator("xpath=self::*[contains(@aria-label, '31–60')]")).first.click(
        force=True
    )
    expect(page.get_by_role("heading", name="Notas", exact=True)).to_be_visible()
    assert "band=31-60" in page.url


def test_the_report_downloads_exactly_what_is_shown(
    page: Page, arrive: Callable[..., None], debtor: str
) -> None:
    arrive(page, "gerente", "/inadimplencia?band=31-60")
    expect(page.get_by_role("heading", name="Inadimplência")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Baixar CSV").click()
    raw = Path(download.value.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    [mine] = [row for row in rows if row["Cliente"] == debtor]
    assert mine["Principal"] == "200,00"
    assert mine["Dias de atraso"] == "40"


def test_a_seller_who_types_the_dashboards_address_sees_nothing_of_it(
    page: Page, arrive: Callable[..., None], debtor: str
) -> None:
    arrive(page, "vendedor", "/painel")
    expect(page.get_by_role("heading", name="Sem permissão")).to_be_visible()
    assert page.locator(".cg-card").count() == 0
    assert page.get_by_text("A receber").count() == 0


def test_the_zip_of_everything_holds_all_files_and_proves_them_whole(
    page: Page, server: Server, arrive: Callable[..., None], debtor: str
) -> None:
    arrive(page, "gerente", "/exportar")
    expect(page.get_by_role("heading", name="Exportar", exact=True)).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Baixar tudo (ZIP)").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        members = {name: archive.read(name) for name in archive.namelist()}
    del members["manifest.json"]
    assert set(members) == {
        "clientes.csv",
        "vendas.csv",
        "notas.csv",
        "pagamentos.csv",
        "entradas.csv",
        "creditos.csv",
        "contatos.csv",
        "promessas.csv",
        "atos.csv",
        "inadimplencia.csv",
        "mudancas-cadastro.csv",
    }
    listed = {entry["name"]: entry for entry in manifest["members"]}
    for name, content in members.items():
        assert listed[name]["sha256"] == hashlib.sha256(content).hexdigest()
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert listed[name]["rows"] == len(rows) - 1
        assert b"$2b$" not in content
    customers = server.scalar("SELECT count(*) FROM customers")
    assert listed["clientes.csv"]["rows"] == customers
