"""The editable list of a new sale in a real browser: pasted, typed into, refused, kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.test_sale_journey import choose, confirm, counter, customer, sales_of, type_sale

__all__ = ["counter", "customer"]
pytestmark = pytest.mark.browser

ROWS = "20/12/2026\t400,00\n10/01/2027\t\n10/02/2027\t\n10/03/2027\t1.234,567\n"


def way(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def cell(page: Page, row: int, column: int) -> None:
    """Click into the table, which is a canvas: 35 pixels a row, below its head."""
    settled(page)
    table = page.get_by_test_id("stDataFrame").first
    table.evaluate("table => table.scrollIntoView({block: 'center'})")
    box = table.locator("canvas").first.bounding_box()
    assert box
    half = box["width"] / 4
    page.mouse.click(box["x"] + half * (1 + 2 * column), box["y"] + 35 * row + 17)


def paste(page: Page, rows: str, row: int, column: int) -> None:
    """Paste into the table from a cell on, as it comes from a spreadsheet."""
    page.evaluate("rows => navigator.clipboard.writeText(rows)", rows)
    page.keyboard.press("Escape")
    cell(page, 1 if row > 1 else 2, column)  # a click on the cell that is chosen would edit it
    cell(page, row, column)
    chosen = page.get_by_test_id("stDataFrame").first.locator("[aria-selected='true']")
    chosen.first.wait_for(state="attached")  # before that the table lets keys go
    page.keyboard.press("Control+V")


def put(page: Page, rows: str, row: int, column: int, told: str) -> None:
    """Paste until the page tells it: a canvas that was just drawn may let the first key go."""
    for patience in (6_000, 6_000, 20_000):
        paste(page, rows, row, column)
        try:
            expect(page.get_by_text(told)).to_be_visible(timeout=patience)
        except AssertionError:
            continue
        return
    expect(page.get_by_text(told)).to_be_visible()


def test_r33_a_list_is_pasted_put_right_and_sold(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    page, (customer_id, name) = counter, customer
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, name)
    type_sale(page)
    way(page, "Lista").click()
    settled(page)
    put(page, ROWS, 1, 0, "Linha 4: valor inválido: “1.234,567”")
    expect(confirm(page)).to_be_disabled()
    put(page, "100,00", 4, 1, "4 parcelas: digitados R$ 500,00 de R$ 1.000,00")
    assert sales_of(server, customer_id) == 0
    # Looked away from and back: what was typed is there.
    way(page, "Mensal").click()
    settled(page)
    way(page, "Lista").click()
    expect(page.get_by_text("4 parcelas: digitados R$ 500,00 de R$ 1.000,00")).to_be_visible()
    put(page, "99,99", 4, 1, "4 parcelas: digitados R$ 499,99 de R$ 1.000,00")
    expect(confirm(page)).to_be_enabled()
    # The table keeps Ctrl+Enter to itself: out of it by Tab.
    description = page.get_by_label("Descrição (opcional)")
    for _ in range(4):
        if not description.evaluate("field => field === document.activeElement"):
            page.keyboard.press("Tab")
    expect(description).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=re.compile(r"^Venda \d"))).to_be_visible()
    assert sales_of(server, customer_id) == 1
    amounts = server.scalar(
        "SELECT string_agg(amount::text, ' ' ORDER BY number) FROM notes WHERE customer_id = :id",
        id=customer_id,
    )
    assert amounts == "400.00 250.01 250.00 99.99"


def test_a_plan_is_picked_by_one_key_from_the_field_that_is_typed_into(
    counter: Page, customer: tuple[int, str]
) -> None:
    choose(counter, customer[1])
    type_sale(counter)
    counter.keyboard.press("Alt+1")
    expect(counter.get_by_label("De quantos em quantos dias")).to_have_value("15")
    expect(counter.get_by_label("Parcelas", exact=True)).to_have_value("3")
    counter.keyboard.press("Alt+3")
    expect(counter.get_by_label("Dias depois da venda")).to_have_value("30/60/90")
