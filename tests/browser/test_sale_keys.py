"""Nova venda by keyboard alone in a real browser, from a stranger to the booklet: keys counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from credigestor.db.settings import SalePlan
from credigestor.rules.due_schedule import ScheduleKind
from tests.browser.conftest import Server, settled
from tests.browser.test_counter_keys import CARET, Keyboard
from tests.browser.test_papers_journey import change_settings
from tests.browser.test_sale_journey import confirm, customer, notes_of

__all__ = ["customer"]
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


#: Milliseconds from one key to the next, of a quick hand.
HAND = 80
#: And from one cell to the next, of who looks at what was typed.
LOOKS = 900
#: Where the keys go, and whether a cell of the table is chosen.
IN_CELL = "() => document.activeElement.tagName === 'TEXTAREA'"
HAS_FIRST = "(typed) => document.activeElement.value === typed"
IN_TABLE = "() => document.activeElement.closest('[data-testid=stDataFrame] canvas') !== null"
CHOSEN = "() => document.querySelector('canvas [aria-selected=true]') !== null"


def write(page: Page, text: str, end: str) -> None:
    """Type into the cell that is chosen, whose field opens with the first key, and look at it.

    Streamlit's table may lose what is typed on while the page is drawn anew for the cell before,
    and the first key where the next one comes before its field is open.
    """
    page.keyboard.type(text[0])
    page.wait_for_function(HAS_FIRST, arg=text[0])
    page.wait_for_timeout(HAND)
    page.keyboard.type(text[1:], delay=HAND)
    page.wait_for_timeout(HAND)
    page.keyboard.press(end)
    page.wait_for_function(IN_TABLE)
    page.wait_for_timeout(LOOKS)
    settled(page)
    page.wait_for_timeout(HAND)


def begin_sale(keys: Keyboard, name: str, total: str) -> None:
    """From any page: whom it is for, and how much."""
    keys.press("Alt+V")
    keys.expect_caret("Cliente")
    keys.type(name.lower())
    keys.press("Enter")
    keys.expect_caret("Total da venda (R$)")
    keys.type(total)


def tab_until(keys: Keyboard, reached: str, most: int = 12) -> None:
    """Tab on until the page says so."""
    for _ in range(most):
        if keys.page.evaluate(reached):
            return
        keys.press("Tab")
    assert keys.page.evaluate(reached), reached


def test_r33_a_list_is_typed_a_row_added_and_taken_away_and_sold_by_keys_alone(
    page: Page, server: Server, arrive: Callable[..., None], customer: tuple[int, str]
) -> None:
    arrive(page, "vendedor", "/")
    settled(page)
    keys = Keyboard(page)
    begin_sale(keys, customer[1], "1000")
    tab_until(keys, "() => document.activeElement.innerText === 'Mensal'")
    keys.press(*["ArrowRight"] * 4, "Space")
    expect(page.get_by_role("radio", name="Lista", exact=True)).to_be_checked()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    settled(page)
    tab_until(keys, IN_TABLE)
    page.wait_for_function(CHOSEN)
    write(page, "20/12/2026", "Tab")
    write(page, "400", "Enter")
    keys.press("ArrowLeft")
    page.wait_for_timeout(HAND)
    write(page, "10/01/2027", "Enter")
    write(page, "10/02/2027", "Enter")
    told = "parcelas: digitados R$ 400,00 de R$ 1.000,00, faltam R$ 600,00"
    expect(page.get_by_text(f"3 {told}")).to_be_visible()
    settled(page)
    # Below the last row: a slash is no key of the page's, Enter adds a row.
    keys.press("/", "Enter")
    page.wait_for_function(IN_CELL)
    write(page, "10/04/2027", "Enter")
    expect(page.get_by_text(f"4 {told}")).to_be_visible()
    settled(page)
    for key in ("ArrowUp", "Shift+Space", "Delete"):
        keys.press(key)
        page.wait_for_timeout(HAND)
    expect(page.get_by_text(f"3 {told}")).to_be_visible()
    settled(page)
    # The table keeps Ctrl+Enter to itself: out of it by Tab.
    tab_until(keys, f"() => {CARET} === 'Descrição (opcional)'")
    expect(confirm(page)).to_be_enabled()
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", name="Venda 0")).to_be_visible()
    assert notes_of(server, customer[0]) == ["400.00", "300.00", "300.00"]


def test_a_proposal_is_made_and_closed_by_keys_alone(
    page: Page, server: Server, arrive: Callable[..., None], customer: tuple[int, str]
) -> None:
    arrive(page, "vendedor", "/")
    settled(page)
    keys = Keyboard(page)
    begin_sale(keys, customer[1], "900")
    keys.press("Tab", "Tab")
    keys.expect_caret("Parcelas")
    keys.type("3")
    expect(page.get_by_role("button", name="Guardar como proposta")).to_be_enabled()
    settled(page)
    keys.press("Alt+G")
    expect(page.get_by_role("heading", name="Proposta 0")).to_be_visible()
    assert notes_of(server, customer[0]) == []
    expect(page.get_by_role("button", name="Fechar venda")).to_be_enabled()
    settled(page)
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", name="Venda 0")).to_be_visible()
    assert notes_of(server, customer[0]) == ["300.00"] * 3
