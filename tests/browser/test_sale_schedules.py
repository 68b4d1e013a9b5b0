"""The editable list of a new sale in a real browser: pasted, typed into, refused, kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.test_sale_journey import choose, confirm, counter, customer, sales_of, type_sale

__all__ = ["counter", "customer"]
pytestmark = pytest.mark.browser

ROWS = "20/12/2026\t400,00\n10/01/2027\t\n10/02/2027\t\n10/03/2027\t\n"


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


def typed(page: Page, text: str) -> None:
    """As fast as a person: the first key opens the cell."""
    page.keyboard.type(text, delay=60)


def test_r33_a_list_is_pasted_typed_on_and_sold(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    page, (customer_id, name) = counter, customer
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, name)
    type_sale(page)
    way(page, "Lista").click()
    settled(page)
    page.evaluate("rows => navigator.clipboard.writeText(rows)", ROWS)
    cell(page, 1, 0)
    page.keyboard.press("Control+V")
    expect(page.get_by_text("4 parcelas: digitados R$ 400,00 de R$ 1.000,00")).to_be_visible()
    # On by the keyboard: the next row's date, a Tab, its amount.
    cell(page, 5, 0)
    typed(page, "10/03/2027")
    page.keyboard.press("Tab")
    typed(page, "1.234,567")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Linha 5: valor inválido")).to_be_visible()
    expect(confirm(page)).to_be_disabled()
    cell(page, 5, 1)
    typed(page, "100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Linha 5: a linha 4 já vence neste dia.")).to_be_visible()
    cell(page, 5, 0)
    typed(page, "10/04/2027")
    page.keyboard.press("Enter")
    settled(page)
    assert sales_of(server, customer_id) == 0
    # Looked away from and back: what was typed is there.
    way(page, "Mensal").click()
    settled(page)
    way(page, "Lista").click()
    expect(page.get_by_text("5 parcelas: digitados R$ 500,00 de R$ 1.000,00")).to_be_visible()
    settled(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Venda")).to_be_visible()
    assert sales_of(server, customer_id) == 1
    amounts = server.scalar(
        "SELECT string_agg(amount::text, ' ' ORDER BY number) FROM notes WHERE customer_id = :id",
        id=customer_id,
    )
    assert amounts == "400.00 166.67 166.67 166.66 100.00"


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
