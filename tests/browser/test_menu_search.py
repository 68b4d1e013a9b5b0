"""From any page by a key: the menu's search, receiving, selling, and the first page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.shown import PHONE
from tests.browser.test_counter_keys import Keyboard, late_customer

pytestmark = pytest.mark.browser

BOX = "Procurar em tudo"


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_one_press_leads_from_any_page_to_the_search_and_enter_opens_the_first_result(
    server: Server,
    new_page: Callable[..., Page],
    arrive: Callable[..., None],
    device: dict[str, object],
) -> None:
    customer = late_customer(server, "Ulisses Fone" if device else "Ulisses Mesa", 2)
    note = server.scalar("SELECT max(id) FROM notes WHERE customer_id = :id", id=customer)
    sale = server.scalar("SELECT sale_id FROM notes WHERE id = :id", id=note)
    page = new_page(server, **device)
    keys = Keyboard(page)
    arrive(page, "gerente", "/painel")
    expect(page.get_by_role("heading", name="Painel")).to_be_visible()
    for press, typed, arrived in (
        ("Control+k", "ulisses fo" if device else "ulisses me", f"cliente?id={customer}"),
        ("/", f"{sale}-2", f"nota?id={note}"),
        ("Control+k", f"{sale:06}", f"venda?id={sale}"),
    ):
        keys.press(press)
        keys.expect_caret(BOX)
        keys.type(typed)
        keys.press("Enter")
        page.wait_for_url(f"**/{arrived}")
        only_box = page.get_by_label(BOX).and_(page.locator("[value='']"))
        expect(only_box).to_have_count(1)
        expect(page.get_by_label(BOX)).to_have_count(1)  # that of the page before is gone
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    keys.press("Alt+r")
    keys.expect_caret("Cliente")
    page.wait_for_url("**/receber*")
    # Not while one types: there a slash is a slash.
    keys.type("1/2")
    expect(page.get_by_label("Cliente", exact=True)).to_have_value("1/2")
    keys.press("Alt+v")
    page.wait_for_url("**/nova-venda*")
    keys.expect_caret("Cliente")
    keys.press("Alt+h")
    expect(page.get_by_role("heading", name="Hoje")).to_be_visible()
    expect(page.get_by_label(BOX)).to_have_count(1)  # that of the page before is gone
    told = page.get_by_text("Ctrl+K ou / procura, Alt+R recebe")
    if device:
        expect(told).to_be_hidden()
    else:
        expect(told).to_be_visible()
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        keys.press("Control+k")
        keys.expect_caret(BOX)
        expect(page.get_by_label(BOX)).to_be_in_viewport()
