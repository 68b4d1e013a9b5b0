"""Files as they come in a browser: by themselves, whole, once, and for one login alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect
from sqlalchemy.orm import Session

from credigestor.services import downloads
from credigestor.web import cookies
from tests.browser.conftest import Server, settled
from tests.portfolio import TODAY, add_customer

pytestmark = pytest.mark.browser

MANY = 20_000


@pytest.fixture(scope="module")
def crowd(server: Server) -> int:
    """So many customers that their file takes several blocks; how many there are."""
    with Session(server.engine) as session, session.begin():
        add_customer(session, "José D'Ávila da Conceição")
    with server.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO customers (name, name_folded, tax_id) "
            "SELECT 'Pessoa ' || n, 'pessoa ' || n, '9' || lpad(n::text, 10, '0') "
            f"FROM generate_series(1, {MANY}) AS n"
        )
    return int(server.scalar("SELECT count(*) FROM customers"))


def open_exports(page: Page, arrive: Callable[..., None], login: str) -> None:
    arrive(page, login, "/exportar")
    expect(page.get_by_role("heading", name="Exportar", exact=True)).to_be_visible()
    settled(page)


def cookie_of(page: Page) -> dict[str, str]:
    name = cookies.cookie_name()
    [value] = [c["value"] for c in page.context.cookies() if c["name"] == name]
    return {"Cookie": f"{name}={value}"}


def click_for_file(page: Page, label: str) -> Download:
    with page.expect_download() as download:
        page.get_by_role("button", name=label).click()
    return download.value


def rows_of(download: Download) -> list[dict[str, str]]:
    raw = Path(download.path()).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))


def test_a_click_brings_the_whole_file_under_its_name_and_its_address_no_second_time(
    page: Page, server: Server, arrive: Callable[..., None], crowd: int
) -> None:
    open_exports(page, arrive, "gerente")
    download = click_for_file(page, "Baixar clientes")
    assert download.suggested_filename == f"clientes-{TODAY}.csv"
    rows = rows_of(download)
    assert len(rows) == crowd
    assert "José D'Ávila da Conceição" in {row["Nome"] for row in rows}
    expect(page.get_by_text("enviado às")).to_be_visible()
    expect(page.get_by_role("link", name="Baixar agora")).to_have_count(0)
    path = download.url.removeprefix(server.base_url)
    again = server.request("GET", path, **cookie_of(page))
    assert (again.status, again.body.decode()) == (410, downloads.SPENT)


def test_an_address_is_refused_to_others_and_a_click_on_it_does_where_scripts_are_blocked(
    page: Page, server: Server, arrive: Callable[..., None], crowd: int
) -> None:
    open_exports(page, arrive, "gerente")
    page.route("**/cg/pt-br.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Baixar clientes").click()
    link = page.get_by_role("link", name="Baixar agora")
    expect(link).to_be_visible()
    path = str(link.get_attribute("href"))
    stranger = {"Cookie": f"{cookies.cookie_name()}={cookies.new_token()}"}
    admin = {"Cookie": f"{cookies.cookie_name()}={server.log_in(server.add_user('ada2'))}"}
    for headers in ({}, stranger, admin):
        refused = server.request("GET", path, **headers)
        assert refused.status == 403
        assert b"Pessoa" not in refused.body
        assert refused.headers["cache-control"] == "no-store"
    assert server.request("HEAD", path, **cookie_of(page)).status == 405
    with page.expect_download() as download:
        link.click()
    assert len(rows_of(download.value)) == crowd


def test_two_browsers_download_at_once(
    new_page: Callable[..., Any], server: Server, arrive: Callable[..., None], crowd: int
) -> None:
    pages = [new_page(server), new_page(server)]
    for page, login in zip(pages, ("gerente", "adm"), strict=True):
        open_exports(page, arrive, login)
    first, second = pages
    with first.expect_download() as one, second.expect_download() as two:
        first.get_by_role("button", name="Baixar clientes").click()
        second.get_by_role("button", name="Baixar tudo (ZIP)").click()
    assert len(rows_of(one.value)) == crowd
    assert two.value.suggested_filename.endswith(".zip")
    assert Path(two.value.path()).read_bytes().startswith(b"PK")
    for page in pages:
        expect(page.get_by_text("enviado às")).to_be_visible()


def test_the_file_of_a_list_comes_again_with_each_click(
    page: Page, arrive: Callable[..., None], crowd: int
) -> None:
    arrive(page, "gerente", "/clientes?q=conceicao")
    expect(page.get_by_role("heading", name="Clientes")).to_be_visible()
    for _ in range(2):
        settled(page)
        [row] = rows_of(click_for_file(page, "Baixar CSV"))
        assert row["Nome"] == "José D'Ávila da Conceição"
        expect(page.get_by_text("enviado às")).to_be_visible()
