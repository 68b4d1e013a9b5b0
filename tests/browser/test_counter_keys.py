"""Receber in one line of keys in a real browser: keys counted, all in view, nothing unseen."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.browser.conftest import Server, settled
from tests.browser.shown import PHONE
from tests.browser.test_payment_journey import confirm, receipt
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser

DESKTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
#: Where the caret is: the label of the input.
CARET = "document.activeElement.getAttribute('aria-label')"
#: After the next Enter another one, at once even on a busy machine.
TREMBLE = """() => addEventListener("keydown", ({ target }) => setTimeout(() => {
  const again = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
  target.dispatchEvent(new KeyboardEvent("keydown", again));
}), { capture: true, once: true })"""


class Keyboard:
    """A person's keyboard, whose keys are counted: a chord is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def type(self, text: str) -> None:
        self.press(*text)

    def expect_caret(self, label: str) -> None:
        self.page.wait_for_function(f"label => {CARET} === label", arg=label)


def late_customer(server: Server, name: str, notes: int) -> int:
    """Somebody with so many notes of 90,00, one a month, five of them late."""
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, name, phone="+5585988724443", city="Sobral")
        due = [("90.00", TODAY + timedelta(days=30 * k - 130)) for k in range(notes)]
        add_sale(session, customer, TODAY - timedelta(days=150), due)
    return customer


def received(server: Server, customer: int) -> list[str]:
    with server.engine.connect() as connection:
        query = text("SELECT amount FROM payments WHERE customer_id = :id ORDER BY id")
        return [str(amount) for amount in connection.scalars(query, {"id": customer})]


def no_reads(server: Server) -> AbstractContextManager[Any]:
    """Let whoever reads notes wait: a slow network, until it is closed."""
    connection = server.engine.connect()
    connection.execute(text("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE"))
    return closing(connection)


def amount(page: Page) -> Locator:
    return page.get_by_label("Valor recebido (R$)")


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def counter(
    request: pytest.FixtureRequest,
    server: Server,
    new_page: Callable[..., Page],
    arrive: Callable[..., None],
) -> Page:
    page = new_page(server, **request.param)
    arrive(page, "gerente", "/clientes")
    return page


def test_a_late_part_payment_by_name_takes_at_most_fifteen_keys_and_the_next_one_waits(
    counter: Page, server: Server
) -> None:
    phone = counter.viewport_size == PHONE["viewport"]
    name = "Quitéria Phone" if phone else "Quirino Desk"
    customer = late_customer(server, name, 9)
    late_customer(server, name + " Outra", 1)
    keys = Keyboard(counter)
    keys.expect_caret("Procurar")
    counter.goto("/receber")
    keys.expect_caret("Cliente")
    keys.type("quit" if phone else "quir")
    keys.press("Enter")
    keys.expect_caret("Valor recebido (R$)")
    keys.type("50")
    expect(confirm(counter)).to_contain_text("R$\xa050,00 em dinheiro")
    assert received(server, customer) == []
    keys.press("Enter")
    expect(receipt(counter)).to_be_visible()
    assert keys.pressed <= 15
    assert received(server, customer) == ["50.00"]
    with counter.context.expect_page() as printed:
        keys.press("p")
    printed.value.close()
    keys.press("Enter")
    keys.type(name[:4].lower())  # at once, while the page is on its way
    keys.expect_caret("Cliente")
    expect(counter.get_by_label("Cliente", exact=True)).to_have_value(name[:4].lower())


def test_what_was_not_seen_is_never_recorded_and_nothing_twice(
    server: Server, page: Page, arrive: Callable[..., None]
) -> None:
    customer = late_customer(server, "Xisto Apressado", 2)
    keys = Keyboard(page)
    arrive(page, "vendedor", "/receber")
    keys.expect_caret("Cliente")
    # All at once, on ahead of the pages: name, Enter, amount, Enter, Enter.
    keys.type("xisto")
    keys.press("Enter")
    keys.type("12")
    keys.press("Enter", "Enter")
    expect(confirm(page)).to_contain_text("R$\xa012,00")
    assert received(server, customer) == []
    expect(amount(page)).to_have_value("12")

    # A paste and an Enter before its preview is there.
    amount(page).fill("13")
    keys.press("Enter")
    expect(confirm(page)).to_contain_text("R$\xa013,00")
    assert received(server, customer) == []

    # A slow network: what is on the screen is of before, by the keyboard and by the mouse.
    with no_reads(server):
        keys.type("4")
        keys.press("Enter")
        keys.press("Control+Enter")
        confirm(page).click()
        expect(confirm(page)).to_contain_text("R$\xa013,00")
        time.sleep(0.5)
    expect(confirm(page)).to_contain_text("R$\xa0134,00")
    settled(page)
    assert received(server, customer) == []

    # Out of view is not seen: the first Enter shows it.
    page.set_viewport_size({"width": 390, "height": 360})
    amount(page).focus()
    keys.press("Enter")
    expect(confirm(page)).to_be_in_viewport(ratio=1)
    time.sleep(0.3)
    assert received(server, customer) == []
    page.set_viewport_size(DESKTOP["viewport"])

    # A trembling hand, and a key held down.
    page.evaluate(TREMBLE)
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(receipt(page)).to_be_visible()
    time.sleep(1)
    expect(receipt(page)).to_be_visible()
    assert received(server, customer) == ["134.00"]


def test_from_the_amount_to_the_button_all_is_in_view_with_nine_and_with_sixty_notes(
    counter: Page, server: Server
) -> None:
    for notes in (9, 60):
        all_is_in_view(counter, server, late_customer(server, f"Vista {notes}", notes))


def all_is_in_view(counter: Page, server: Server, customer: int) -> None:
    counter.goto(f"/receber?customer={customer}")
    keys = Keyboard(counter)
    keys.expect_caret("Valor recebido (R$)")
    counter.keyboard.type("90")
    waive = counter.get_by_role("button", name="Dispensar R$\xa05,70 de encargos")
    expect(waive).to_be_visible()
    preview = counter.locator("[class*=st-key-cg-preview]")
    methods = counter.get_by_role("radiogroup", name="Forma de pagamento")
    for reason in (waive, counter.get_by_role("button", name="Não dispensar")):
        for part in (amount(counter), methods, reason, preview, confirm(counter)):
            expect(part).to_be_in_viewport(ratio=1)
        bar = 56  # what a phone's bar of ways would take
        box = confirm(counter).bounding_box()
        assert box
        assert counter.viewport_size
        assert box["y"] + box["height"] + bar <= counter.viewport_size["height"]
        if reason is waive:
            counter.keyboard.press("Alt+j")
    assert counter.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    expect(counter.get_by_text("Atrasado: R$\xa0469,50 em 5 notas")).to_be_in_viewport(ratio=1)
    counter.keyboard.press("Alt+q")
    expect(amount(counter)).to_have_value("469,50")
    expect(preview).to_contain_text("5 notas quitadas")
    expect(confirm(counter)).to_be_in_viewport(ratio=1)
    counter.get_by_role("radio", name="Várias").press("Space")
    keys.expect_caret("Dinheiro (R$)")
    keys.type("40")
    expect(confirm(counter)).to_contain_text("dinheiro 40,00 + Pix 429,50")
    for part in (amount(counter), methods, preview, confirm(counter)):
        expect(part).to_be_in_viewport(ratio=1)
    hints = counter.locator("kbd").first
    if counter.viewport_size == PHONE["viewport"]:
        expect(hints).to_be_hidden()
    else:
        expect(hints).to_be_visible()


def test_a_chord_pressed_before_its_button_is_there_is_not_lost(
    server: Server, page: Page, arrive: Callable[..., None]
) -> None:
    customer = late_customer(server, "Zoraide Ligeira", 3)
    keys = Keyboard(page)
    on_its_way: list[Route] = []
    page.route("**/static/js/Button.*.js", lambda route: on_its_way.append(route))
    arrive(page, "gerente", f"/receber?customer={customer}")
    keys.expect_caret("Valor recebido (R$)")
    keys.press("Alt+a")
    expect(page.get_by_role("button", name="Quitar a mais antiga")).to_have_count(0)
    assert on_its_way
    for script in on_its_way:
        script.continue_()
    expect(amount(page)).to_have_value("95,70")
    # What was typed a moment before, and is on its way, does not undo it.
    keys.expect_caret("Valor recebido (R$)")
    keys.type("5")
    keys.press("Alt+q")
    expect(amount(page)).to_have_value("284,40")
    expect(confirm(page)).to_contain_text("R$\xa0284,40")
    # Another key, and nobody wants it any more.
    keys.expect_caret("Valor recebido (R$)")
    keys.press("Alt+j", "Control+a")
    keys.type("90")
    expect(page.get_by_role("button", name="Dispensar R$\xa05,70 de encargos")).to_be_visible()
    settled(page)
    expect(page.get_by_role("button", name="Não dispensar")).to_have_count(0)


def test_change_several_methods_and_an_interrupted_payment_are_one_key_away(
    server: Server, page: Page, arrive: Callable[..., None]
) -> None:
    customer = late_customer(server, "Yara Paciente", 3)
    keys = Keyboard(page)
    arrive(page, "vendedor", f"/receber?customer={customer}")
    keys.expect_caret("Valor recebido (R$)")
    keys.press("Alt+a")
    expect(amount(page)).to_have_value("95,70")
    expect(confirm(page)).to_be_visible()
    keys.press("Alt+t")
    keys.type("100")
    expect(page.get_by_text("Troco: R$\xa04,30")).to_be_visible()
    keys.press("Alt+2")
    expect(confirm(page)).to_contain_text("R$\xa095,70 em Pix")
    keys.expect_caret("Valor recebido (R$)")
    several = page.get_by_role("radio", name="Várias")
    options = page.get_by_role("radiogroup", name="Forma de pagamento").get_by_role("radio")
    keys.press(f"Alt+{options.all_inner_texts().index(several.inner_text()) + 1}")
    keys.expect_caret("Dinheiro (R$)")
    keys.type("40")
    expect(confirm(page)).to_contain_text("dinheiro 40,00 + Pix 55,70")
    page.get_by_role("link", name="Clientes").click()
    keys.expect_caret("Procurar")
    page.get_by_role("link", name="Receber").click()
    keys.expect_caret("Cliente")
    expect(page.get_by_text("Recebimento interrompido: Yara Paciente, R$\xa095,70")).to_be_visible()
    keys.press("Alt+i")
    expect(confirm(page)).to_contain_text("dinheiro 40,00 + Pix 55,70")
    keys.expect_caret("Dinheiro (R$)")
    keys.press("Enter")
    expect(receipt(page)).to_be_visible()
    assert received(server, customer) == ["95.70"]
