"""CPF, phone, CEP and money are written as people write them once their field is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, settled
from tests.browser.shown import fill, logged_in

pytestmark = pytest.mark.browser

CASES = [
    ("CPF ou CNPJ *", "52998224725", "529.982.247-25"),
    ("CPF ou CNPJ *", "11222333000181", "11.222.333/0001-81"),
    ("CPF ou CNPJ *", "5299822472", "5299822472"),  # a digit is missing: for the server to tell
    ("CPF ou CNPJ *", "529.98224725", "529.982.247-25"),
    ("Telefone com DDD", "85988724443", "(85) 98872-4443"),
    ("Telefone com DDD", "8532224443", "(85) 3222-4443"),
    ("Segundo telefone", "8532224443", "(85) 3222-4443"),
    ("CEP", "60175000", "60175-000"),
    ("Limite de crédito (R$)", "1234567,5", "1.234.567,50"),
    ("Limite de crédito (R$)", "1.23", "1.23"),
    ("Limite de crédito (R$)", "1500", "1.500,00"),
]


def test_a_number_is_written_as_people_do_once_its_field_is_left_and_saved_so(
    page: Any, server: Server, log_in: Callable[..., None]
) -> None:
    page.goto("/clientes?new=1")
    log_in(page, "adm")
    page.get_by_label("Nome completo *").fill("Bia Formatada")
    page.get_by_text("Mais dados").click()
    for label, typed, written in CASES:
        field = page.get_by_label(label, exact=True)
        field.fill(typed)
        field.press("Tab")
        expect(field).to_have_value(written)
    page.get_by_label("CPF ou CNPJ *").fill("52998224725")
    page.get_by_role("button", name="Cadastrar cliente").click()
    expect(page.get_by_role("heading", name="Bia Formatada")).to_be_visible()
    kept = "SELECT concat_ws(' ', tax_id, zip_code, credit_limit) FROM customers WHERE name = :name"
    assert server.scalar(kept, name="Bia Formatada") == "52998224725 60175000 1500.00"


def test_a_field_of_a_live_preview_is_written_so_too_and_sent_once(
    server: Server, new_page: Callable[..., Any]
) -> None:
    page = logged_in(server, new_page)
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(fill(server)["receber"])
    amount = page.get_by_label("Valor recebido (R$)", exact=True)
    confirm = page.get_by_role("button", name="Confirmar:")
    amount.press_sequentially("0080")
    expect(confirm).to_contain_text("80,00")
    settled(page)
    page.get_by_text("Quem paga é outra pessoa").click()
    tax_id = page.get_by_label("CPF ou CNPJ de quem paga (opcional)")
    expect(tax_id).to_be_visible()
    amount.fill("0081")
    expect(confirm).to_contain_text("81,00")
    settled(page)
    sent.clear()
    tax_id.focus()
    expect(amount).to_have_value("81,00")
    page.wait_for_timeout(700)  # longer than what is typed waits to be sent
    assert len(sent) == 1
    expect(confirm).to_contain_text("81,00")
    tax_id.fill("52998224725")
    amount.focus()
    expect(tax_id).to_have_value("529.982.247-25")


@pytest.mark.parametrize("hand", ["mouse", "Ctrl+Enter", "Enter", "blurred before"])
def test_an_amount_confirmed_from_its_field_is_received_as_typed(
    server: Server, new_page: Callable[..., Any], hand: str
) -> None:
    page = logged_in(server, new_page)
    page.goto(fill(server)["receber"])
    amount = page.get_by_label("Valor recebido (R$)", exact=True)
    confirm = page.get_by_role("button", name="Confirmar:")
    amount.press_sequentially("3")
    expect(confirm).to_contain_text("3,00")
    settled(page)
    if hand == "blurred before":
        amount.blur()
    if hand in ("mouse", "blurred before"):
        confirm.click()
    else:
        amount.press(hand.replace("Ctrl", "Control"))
    expect(page.get_by_text("3,00").first).to_be_visible()
    expect(page.get_by_role("link", name="Próximo cliente")).to_be_visible()


def test_a_sale_is_planned_from_amounts_written_as_people_do(
    server: Server, new_page: Callable[..., Any]
) -> None:
    page = logged_in(server, new_page)
    page.goto(fill(server)["nova-venda"])
    total = page.get_by_label("Total da venda (R$)", exact=True)
    total.press_sequentially("1500")
    total.press("Tab")
    expect(total).to_have_value("1.500,00")
    page.get_by_label("Parcelas", exact=True).fill("12")
    grid = page.get_by_test_id("stDataFrame")
    expect(grid).to_be_visible()
    # Twelve notes are seen at once: the table is as high as its rows.
    expect(grid.locator("canvas").first).to_have_js_property("tagName", "CANVAS")
    assert grid.bounding_box()["height"] >= 13 * 30  # type: ignore[index]
    scroller = grid.locator(".dvn-scroller").first
    assert scroller.evaluate("e => e.scrollHeight - e.clientHeight") <= 1
