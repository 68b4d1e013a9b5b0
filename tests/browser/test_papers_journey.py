"""Paper in a real browser: a sale's notes and booklet, a payment's receipt, each in a new tab."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.services import settings
from tests.browser.chromium import WHOLE, keeping, launchable, launched
from tests.browser.conftest import Server, settled
from tests.documents.looking import words
from tests.factories import actor_of
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser

NAME = "Bia D'Ávila de Muñoz e Papéis"
SHOP = {"legal_name": "Loja Modelo Ltda", "tax_id": "11222333000181", "city": "Fortaleza"}


@pytest.fixture(scope="module")
def chromium(playwright: Any) -> Any:
    """Papers are looked at in its viewer of PDF, which the engine alone has not."""
    return launchable(playwright, *WHOLE)


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Iterator[Any]:
    """One that has the viewer."""
    with launched(chromium) as browser:
        yield browser


@pytest.fixture(scope="module")
def kept_profile(chromium: Any, server: Server) -> Iterator[Any]:
    """One that has the viewer."""
    with keeping(chromium, server) as profile:
        yield profile


def change_settings(server: Server, **values: object) -> ShopSettings:
    """Put other settings in force; those of before."""
    with Session(server.engine) as session, session.begin():
        admin = session.scalars(select(User).where(User.login == "adm")).one()
        before = current_settings(session)
        settings.change(session, actor_of(admin), before.model_copy(update=values))
        return before


@pytest.fixture(autouse=True)
def shop(server: Server) -> Iterator[None]:
    """What a promissory note needs to know of the shop, during this test."""
    before = change_settings(server, **SHOP)
    yield
    change_settings(server, **before.model_dump())


@pytest.fixture
def customer(server: Server) -> int:
    """A customer of this test alone."""
    with Session(server.engine) as session, session.begin():
        return add_customer(session, NAME)


@pytest.fixture
def sale(server: Server, customer: int) -> int:
    """A sale to that customer that nothing was printed of."""
    with Session(server.engine) as session, session.begin():
        due = [("250.00", TODAY + timedelta(days=30 * number)) for number in (1, 2)]
        return add_sale(session, customer, TODAY, due).id


def text_of(page: Page, address: str) -> str:
    """All that a PDF says, asked for with this browser's cookie."""
    answer = page.context.request.get(address)
    assert answer.headers["content-type"] == "application/pdf", answer.text()
    return words(answer.body())


def opened_by(button: Locator, page: Page, *, twice: bool = False) -> str:
    """Click, and see the PDF that comes up in a tab of its own; its text."""
    with page.context.expect_page() as opening:
        if twice:
            button.dblclick(delay=120)  # as slow as a hand: the page is drawn anew in between
        else:
            button.click()
    tab = opening.value
    tab.wait_for_load_state()
    assert tab.evaluate("document.contentType") == "application/pdf"  # shown, not kept as a file
    assert tab.evaluate("window.opener") is None
    said = text_of(page, tab.url)
    tab.close()
    return said


def button(page: Page, label: str) -> Locator:
    return page.get_by_role("button", name=label).or_(page.get_by_role("link", name=label)).first


def sell(page: Page, arrive: Callable[..., None], customer: int) -> None:
    arrive(page, "vendedor", f"/nova-venda?customer={customer}")
    page.get_by_label("Total da venda (R$)").press_sequentially("1000", delay=30)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("4")
    confirm = page.get_by_role("button", name="Confirmar venda")
    expect(confirm).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Venda 0")).to_be_visible()
    settled(page)


def test_notes_booklet_and_receipt_open_in_new_tabs_and_say_what_became_of_them(
    page: Page,
    new_page: Callable[..., Page],
    server: Server,
    arrive: Callable[..., None],
    customer: int,
) -> None:
    sell(page, arrive, customer)
    printings = "SELECT count(*) FROM note_printings"
    before = int(server.scalar(printings))

    # The notes, by a double click: printed once, opened once.
    notes = opened_by(button(page, "Imprimir notas promissórias"), page, twice=True)
    assert NAME in notes
    assert "250,00" in notes
    assert "2ª VIA" not in notes
    settled(page)
    assert int(server.scalar(printings)) == before + 4
    assert len(page.context.pages) == 1
    assert opened_by(button(page, "Abrir as notas"), page) == notes
    with page.expect_download() as download, page.context.expect_page():
        button(page, "Baixar as notas").click()
    assert download.value.suggested_filename.startswith("notas-0")
    assert "2ª VIA" in opened_by(button(page, "Imprimir notas promissórias"), page)
    settled(page)
    assert NAME in opened_by(button(page, "Carnê"), page)
    contract = opened_by(button(page, "Imprimir contrato"), page)
    assert NAME in contract
    assert "via do cliente" in contract
    settled(page)

    # A payment, and its receipt on the shop's paper and on a roll.
    page.get_by_role("link", name="Receber", exact=True).last.click()
    page.get_by_label("Valor recebido (R$)").press_sequentially("100", delay=30)
    confirm = page.get_by_role("button", name="Confirmar")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(page.get_by_role("heading", name="Recibo 0")).to_be_visible()
    settled(page)
    for label in ("Recibo (A4, uma via)", "Bobina de 80 mm"):
        receipt = opened_by(button(page, label), page)
        assert NAME in receipt
        assert "100,00" in receipt
        assert "ESTORNADO" not in receipt

    # Reversed by a manager elsewhere: the same receipt says so.
    manager = new_page(server)
    arrive(manager, "gerente", page.url)
    manager.get_by_text("Estornar este pagamento").click()
    manager.get_by_label("Motivo do estorno").fill("valor errado")
    manager.get_by_role("button", name="Confirmar estorno").click()
    expect(manager.get_by_text("ESTORNADO em")).to_be_visible()
    assert "ESTORNADO" in opened_by(button(page, "Recibo (A4, uma via)"), page)


def test_a_receipt_prints_itself_once_and_not_on_back_nor_on_reload(
    new_page: Callable[..., Page],
    server: Server,
    arrive: Callable[..., None],
    customer: int,
    sale: int,
) -> None:
    change_settings(server, receipt_prints_itself=True, receipt_format="roll", receipt_copies=2)
    page, printed = new_page(server), []
    page.context.expose_binding(
        "cgPrinted", lambda source, kind: printed.append((source["frame"].url, kind))
    )
    page.context.add_init_script("window.print = () => window.cgPrinted(document.contentType)")
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)

    def pay(amount: str) -> str:
        arrive(page, "vendedor", f"/receber?customer={customer}")
        page.get_by_label("Valor recebido (R$)").press_sequentially(amount, delay=30)
        confirm = page.get_by_role("button", name="Confirmar")
        expect(confirm).to_be_visible()
        confirm.dblclick()
        expect(page.get_by_role("heading", name="Recibo 0")).to_be_visible()
        page.locator("iframe.cg-printing").wait_for(state="attached")
        settled(page)
        return str(parse_qs(urlsplit(page.url).query)["id"][0])

    first = pay("30")
    address = f"/documento/recibo/{first}?format=roll&copies=2"
    expected = [(server.base_url + address, "application/pdf")]
    assert once_there(page, printed, len(expected)) == expected
    assert len(page.context.pages) == 1, "no other tab"
    # The keyboard stays on the page.
    assert page.evaluate("document.activeElement.tagName") != "IFRAME"
    page.get_by_role("link", name="Todos os pagamentos").click()
    expect(page.get_by_role("heading", name="Pagamentos")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Recibo 0")).to_be_visible()
    settled(page)
    page.reload()
    expect(page.get_by_role("heading", name="Recibo 0")).to_be_visible()
    settled(page)
    page.wait_for_timeout(1000)
    assert printed == expected
    # The next payment prints its own.
    second = pay("20")
    expected.append((expected[0][0].replace(f"/{first}?", f"/{second}?"), "application/pdf"))
    assert once_there(page, printed, len(expected)) == expected
    assert refused == []


def once_there(page: Page, found: list[Any], count: int) -> list[Any]:
    """What a page has called out to, once it is so many, or after ten seconds."""
    end = time.monotonic() + 10
    while len(found) < count and time.monotonic() < end:
        page.wait_for_timeout(50)  # a call comes in while Playwright waits
    return found


def test_where_pop_ups_are_blocked_the_link_stays(
    page: Page, arrive: Callable[..., None], sale: int
) -> None:
    arrive(page, "vendedor", f"/venda?id={sale}")
    expect(button(page, "Imprimir notas promissórias")).to_be_visible()
    settled(page)
    page.route("**/cg/pt-br.js", lambda route: route.abort())  # nobody opens anything
    page.reload()
    settled(page)
    button(page, "Imprimir notas promissórias").click()
    link = button(page, "Abrir as notas")
    expect(link).to_be_visible()
    assert len(page.context.pages) == 1
    assert NAME in opened_by(link, page)


def test_on_a_phone_nothing_sticks_out(
    new_page: Callable[..., Page],
    server: Server,
    arrive: Callable[..., None],
    sale: int,
) -> None:
    phone = new_page(server, viewport={"width": 390, "height": 844})
    arrive(phone, "vendedor", f"/venda?id={sale}")
    settled(phone)
    opened_by(button(phone, "Imprimir notas promissórias"), phone)
    expect(button(phone, "Baixar as notas")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
