"""Lists in a real browser: rows open by mouse, touch and keyboard, and Back finds them again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.chromium import PATIENCE_OF_A_PAGE
from tests.browser.conftest import Server, settled
from tests.browser.shown import DESK, PHONE, fill, logged_in, more
from tests.portfolio import TODAY, add_customer, add_sale, late

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", autouse=True)
def late_customers(server: Server) -> None:
    """30 customers who are late, the 30th by 662 days."""
    with Session(server.engine) as session, session.begin():
        for k in range(30):
            who = add_customer(session, f"Lista {k:02}")
            due = late(662 if k == 29 else 10 + k)
            add_sale(session, who, late(700), [(f"{50 - k}.00", due), ("10.00", TODAY)])


def scrolled(page: Page) -> float:
    area = page.get_by_test_id("stMain")
    return float(area.evaluate("area => area.scrollTop"))


def rows(page: Page) -> Any:
    return page.locator(".cg-rows tbody tr")


def test_order_page_and_scroll_come_back_by_mouse_and_keyboard(
    page: Page, log_in: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto("/clientes?q=lista")
    log_in(page, "vendedor")
    expect(rows(page)).to_have_count(25)
    settled(page)
    page.get_by_role("link", name="Nome").focus()
    page.keyboard.press("Enter")
    expect(rows(page).first).to_contain_text("Lista 29")
    expect(page.get_by_role("link", name="Nome")).to_be_focused()
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=lista&order=-name")
    page.get_by_role("link", name="Próxima página").click()
    expect(page.get_by_text("26–30 de 30")).to_be_visible()
    page.get_by_label("Procurar", exact=True).fill("Lista")
    expect(page.get_by_text("1–25 de 30")).to_be_visible()
    page.go_back()  # one step, though the filter ended the page
    expect(page.get_by_text("26–30 de 30")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("1–25 de 30")).to_be_visible()
    row = page.get_by_role("link", name="Lista 08")
    row.scroll_into_view_if_needed()
    settled(page)
    left = scrolled(page)
    assert left > 0
    row.click()
    expect(page.get_by_role("heading", name="Lista 08")).to_be_visible()
    assert "?id=" in page.url
    settled(page)
    assert scrolled(page) == 0
    page.go_back()  # one step, to the same place
    expect(page.get_by_role("link", name="Lista 08")).to_be_focused()
    assert page.url.endswith("/clientes?q=lista&order=-name")
    assert abs(scrolled(page) - left) < 3
    expect(page.get_by_label("Procurar", exact=True)).to_have_value("lista")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Lista 07")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Lista 07")).to_be_focused()


def test_on_a_phone_a_tap_on_the_label_sorts_all_and_a_tap_on_the_name_opens(
    server: Server, new_page: Callable[..., Any], log_in: Callable[..., None]
) -> None:
    page = new_page(server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/inadimplencia")
    log_in(page, "gerente")
    expect(page.get_by_role("link", name="Dias de atraso")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Dias de atraso").tap()
    expect(rows(page).first).to_contain_text("662")
    assert page.url.endswith("?order=-days_late")
    page.get_by_role("link", name="Lista 29").tap()
    expect(page.get_by_role("heading", name="Lista 29")).to_be_visible()
    page.go_back()
    expect(rows(page).first).to_contain_text("662")
    assert page.url.endswith("/inadimplencia?order=-days_late")
    page.get_by_role("link", name="Próxima página").tap()
    expect(rows(page).first).not_to_contain_text("662")
    settled(page)
    shown, menu = page.locator(".cg-rows").first, page.get_by_test_id("stExpandSidebarButton")
    top, bottom = shown.bounding_box(), menu.bounding_box()
    assert top["y"] > bottom["y"] + bottom["height"]


#: Every list and table that leads somewhere: its address, where it stands on the page, and
#: whether it has pages. `{…}` are addresses of `tests.browser.shown`.
PLACES = {
    "Clientes": ("/clientes?q=lista", ".cg-rows", True),
    "Vendas": ("/vendas?q=lista", ".cg-rows", True),
    "Notas": ("/notas?q=lista", ".cg-rows", True),
    "Pagamentos": ("/pagamentos", ".cg-rows", False),
    "Entradas": ("/pagamentos?what=down", ".cg-rows", False),
    "Inadimplência": ("/inadimplencia", ".cg-rows >> nth=0", True),
    "Baixa": ("/inadimplencia?write_off=true", "[data-testid=stExpander] .cg-rows", False),
    "Fechamento": ("/fechamento", ".cg-rows", False),
    "Maiores devedores": ("/painel", ".cg-rows >> nth=0", False),
    "Acordos quebrados": ("/cobranca", "[aria-label='Acordos quebrados']", False),
    "Cliente: notas": ("{cliente}", ".cg-rows:visible >> nth=0", False),
    "Cliente: compras": ("{cliente}&customer_tab=Compras", ".cg-rows:visible >> nth=0", False),
    "Cliente: pagamentos": ("{zulmira}&customer_tab=Pagamentos", ".cg-rows:visible", False),
    "Cliente: propostas": (
        "{comprador}&customer_tab=Compras",
        "[aria-label='Propostas']:visible",
        False,
    ),
    "Venda: notas": ("{venda}", ".cg-rows >> nth=0", False),
    "Venda: pagamentos": ("{venda}", "[aria-label='Pagamentos']", False),
    "Recibo": ("{pagamento}", ".cg-rows >> nth=0", False),
    "Auditoria": ("/auditoria?action=create&entity=sale", "[data-testid=stMain]", False),
}


@pytest.fixture(scope="module")
def addresses(server: Server) -> dict[str, str]:
    """Where there is a row in each of them."""
    of_one, others = fill(server), more(server)
    return of_one | {"zulmira": of_one["cliente"]} | others


@pytest.fixture(scope="module")
def desk_and_phone(server: Server, browser: Any) -> Iterator[tuple[Page, Page]]:
    """Two pages for all of them: to be loaded once costs more than a list."""
    contexts: list[Any] = []

    def make(server: Server, **options: Any) -> Page:
        contexts.append(browser.new_context(base_url=server.base_url, locale="pt-BR", **options))
        contexts[-1].set_default_timeout(PATIENCE_OF_A_PAGE)
        page: Page = contexts[-1].new_page()
        return page

    yield logged_in(server, make, **DESK), logged_in(server, make, **PHONE)
    for context in contexts:
        context.close()


def back_at(page: Page, link: Any, url: str, top: float) -> None:
    """One step back: the same address, the row under the keyboard, scrolled as far."""
    page.go_back()
    expect(link).to_be_focused()
    # The word of Fechamento's own form comes back with it.
    assert re.sub(r"[?&]op=[\w-]+$", "", page.url) == re.sub(r"[?&]op=[\w-]+$", "", url)
    page.wait_for_function(
        "top => Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - top) < 3",
        arg=top,
    )


@pytest.mark.parametrize("name", PLACES)
def test_a_row_opens_by_mouse_enter_and_touch_and_back_finds_it(
    desk_and_phone: tuple[Page, Page], addresses: dict[str, str], name: str
) -> None:
    address, place, paged = PLACES[name]
    for page in desk_and_phone:
        page.goto(address.format(**addresses))
        area = page.locator(place)
        if page is desk_and_phone[0] and (heads := area.locator("thead a")).count():
            heads.first.click()
            expect(area.locator("thead [aria-sort] a").first).to_be_visible()
        links = area.locator("a.cg-follow:not(thead a, nav a)")
        expect(links.first).to_be_visible()
        settled(page)
        link, title = links.last, page.get_by_role("heading", level=1).inner_text()
        link.scroll_into_view_if_needed()
        for hand in ("click", "Enter") if page is desk_and_phone[0] else ("tap",):
            url, top = page.url, scrolled(page)
            if hand == "Enter":
                link.press("Enter")
            else:
                getattr(link, hand)()
            expect(page.get_by_role("heading", level=1)).not_to_have_text(title)
            settled(page)
            back_at(page, link, url, top)
        if paged:
            after = page.get_by_role("link", name="Próxima página").first
            after.press("Enter")
            expect(area.locator(".cg-pager [aria-current]")).to_have_text("2")
            page.go_back()
            expect(area.locator(".cg-pager [aria-current]")).to_have_text("1")
