"""Lists in a real browser: rows open by mouse, touch and keyboard, and Back finds them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import Server, settled
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
