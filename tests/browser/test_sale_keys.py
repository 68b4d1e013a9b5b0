"""Nova venda by keyboard alone in a real browser, from a stranger to the booklet: keys counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from credigestor.db.settings import SalePlan
from credigestor.rules.due_schedule import ScheduleKind
from tests.browser.conftest import Server, settled
from tests.browser.test_counter_keys import Keyboard
from tests.browser.test_papers_journey import change_settings
from tests.browser.test_sale_journey import confirm, notes_of

pytestmark = pytest.mark.browser

MOST_KEYS = 80
SHOP = {
    "legal_name": "Loja Modelo Ltda",
    "tax_id": "11222333000181",
    "city": "Fortaleza",
    "sale_plans": (SalePlan(name="Em 5", kind=ScheduleKind.MONTHLY, installments=5),),
}


def opens(keys: Keyboard, key: str) -> str:
    """The path of the document that a key opens in a tab of its own."""
    context = keys.page.context
    with (
        context.expect_page() as opening,
        context.expect_event("request", lambda asked: "/documento/" in asked.url) as asking,
    ):
        keys.press(key)
    opening.value.close()
    return urlsplit(asking.value.url).path


@pytest.fixture
def shop(server: Server) -> Iterator[None]:
    """A shop that may print notes, with a plan of five, during this test."""
    before = change_settings(server, **SHOP)
    yield
    change_settings(server, **before.model_dump())


@pytest.mark.usefixtures("shop")
def test_a_new_customer_a_sale_in_five_its_notes_and_its_booklet_take_at_most_eighty_keys(
    page: Page, server: Server, arrive: Callable[..., None]
) -> None:
    arrive(page, "vendedor", "/")
    expect(page.get_by_role("heading", name="Meu dia")).to_be_visible()
    settled(page)
    keys = Keyboard(page)
    keys.press("Alt+V")
    keys.expect_caret("Cliente")
    keys.type("zoraide nogueira da silva")
    # Nobody types as fast as this: the button is there before a person has typed a name.
    expect(page.get_by_role("button", name="Cadastrar novo cliente")).to_be_visible()
    keys.press("Alt+N")
    keys.expect_caret("CPF ou CNPJ *")
    expect(page.get_by_label("Nome completo *")).to_have_value("Zoraide Nogueira da Silva")
    keys.type("85326107066")
    keys.press("Tab")
    keys.type("85988724443")
    keys.press("Enter")
    keys.expect_caret("Total da venda (R$)")
    expect(page.get_by_text("Zoraide Nogueira da Silva").first).to_be_visible()
    keys.type("1000")
    keys.press("Alt+1")
    # Confirmed as soon as it is seen; pressed before that, nothing happens.
    keys.press("Control+Enter")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("R$\xa01.000,00")
    customer = server.scalar("SELECT id FROM customers WHERE tax_id = '85326107066'")
    expect(confirm(page)).to_be_enabled()
    settled(page)
    assert notes_of(server, customer) == []
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", name="Venda 0")).to_be_visible()
    assert notes_of(server, customer) == ["200.00"] * 5
    settled(page)
    assert opens(keys, "p").startswith("/documento/notas/")
    settled(page)
    assert opens(keys, "Alt+P").startswith("/documento/carne/")
    assert keys.pressed <= MOST_KEYS
