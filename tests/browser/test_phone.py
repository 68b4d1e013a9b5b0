"""On a phone held upright: nothing lies over anything, keypads that fit, charts that go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, settled
from tests.browser.shown import PHONE, fill, logged_in, more

pytestmark = pytest.mark.browser

#: What the buttons of tables and charts hide of a page's texts, figures, tabs, pagers and buttons.
COVERED = """() => {
  const covers = (a, b) =>
    a.bottom > b.top && b.bottom > a.top && a.right > b.left && b.right > a.left;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const owns = [...document.querySelectorAll('[data-testid=stElementToolbar]')].filter(seen);
  const others = document.querySelectorAll(
    `[data-testid=stMain] :is(p, h1, h2, h3, button, input, [role=tab], [data-testid=stMetric],
    [data-testid=stPagination], .cg-card)`
  );
  return owns.flatMap((own) =>
    [...others]
      .filter(seen)
      .filter((other) => covers(own.getBoundingClientRect(), other.getBoundingClientRect()))
      .filter((other) => !own.parentElement.contains(other))
      .map((other) => other.innerText || other.outerHTML)
  );
}"""


@pytest.fixture(scope="module")
def addresses(server: Server) -> dict[str, str]:
    return fill(server)


@pytest.fixture
def phone(server: Server, new_page: Callable[..., Any]) -> Page:
    return logged_in(server, new_page, **PHONE)


def go(phone: Page, address: str) -> None:
    phone.goto(address)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    settled(phone)


def test_a_tables_buttons_lie_over_nothing(phone: Page, addresses: dict[str, str]) -> None:
    go(phone, addresses["nova-venda"])
    phone.get_by_label("Total da venda (R$)", exact=True).fill("300,00")
    phone.get_by_label("Parcelas", exact=True).fill("3")
    expect(phone.get_by_test_id("stElementToolbar")).to_be_visible()
    assert phone.evaluate(COVERED) == []


def test_no_tables_buttons_on_any_page_lie_over_anything(
    phone: Page, server: Server, addresses: dict[str, str]
) -> None:
    covered = {}
    for name, address in (addresses | more(server)).items():
        go(phone, address)
        covered[name] = phone.evaluate(COVERED)
        for tab in phone.get_by_role("tab").all()[1:]:
            tab.click()
            settled(phone)
            covered[f"{name}, {tab.inner_text()}"] = phone.evaluate(COVERED)
    assert {name: what for name, what in covered.items() if what} == {}


def test_a_page_begins_right_below_the_menus_button(phone: Page, addresses: dict[str, str]) -> None:
    go(phone, addresses["clientes"])
    phone.wait_for_function(
        """() => {
          const [title, menu] = ["h1", "[data-testid=stExpandSidebarButton]"].map((one) =>
            document.querySelector(one)?.getBoundingClientRect(),
          );
          return title && menu && title.top >= menu.bottom && title.top < menu.bottom + 40;
        }"""
    )


def test_a_card_opens_by_a_tap_anywhere_and_by_enter_and_calls_and_writes(
    phone: Page, addresses: dict[str, str]
) -> None:
    go(phone, f"{addresses['clientes']}?q=Zulmira+Zanetti")  # among those whom other tests made
    card = phone.locator(".cg-rows tbody tr", has_text="Zulmira Zanetti")
    for name, address in (
        ("Ligar", "tel:+5585988724443"),
        ("WhatsApp", "https://wa.me/5585988724443"),
    ):
        button = card.get_by_role("link", name=name)
        expect(button).to_have_attribute("href", address)
        button.tap(trial=True)  # the card's own link does not lie over it
        assert button.bounding_box()["height"] >= 44  # type: ignore[index]
    card.tap(position={"x": 150, "y": 55})  # between its texts
    title = phone.get_by_role("heading", name="Zulmira Zanetti", level=1)
    expect(title).to_be_visible()
    phone.go_back()
    link = card.get_by_role("link", name="Zulmira Zanetti")
    expect(link).to_be_focused()
    link.press("Enter")
    expect(title).to_be_visible()
    # A value is read after its label.
    expect(phone.get_by_role("cell", name="Dias de atraso 360", exact=True)).to_be_visible()


def test_the_bar_leads_to_the_pages_of_every_day_in_the_same_visit_and_lies_over_nothing(
    phone: Page, addresses: dict[str, str]
) -> None:
    go(phone, addresses["notas"])
    bar = phone.get_by_role("navigation", name="Atalhos")
    phone.evaluate("window.sameVisit = true")
    for word, title in (
        ("Clientes", "Clientes"),
        ("Receber", "Receber"),
        ("Vender", "Nova venda"),
        ("Hoje", "Hoje"),  # the first page of who manages
        ("Clientes", "Clientes"),
    ):
        bar.get_by_role("link", name=word).tap()
        expect(phone.get_by_role("heading", name=title, level=1)).to_be_visible()
        settled(phone)
    assert phone.evaluate("window.sameVisit")
    expect(bar.locator("[aria-current=page]")).to_have_text("groupClientes")
    assert [link.bounding_box()["height"] >= 44 for link in bar.get_by_role("link").all()] == (  # type: ignore[index]
        [True] * 4
    )
    phone.get_by_test_id("stMain").evaluate("area => area.scrollTo(0, area.scrollHeight)")
    last = phone.get_by_test_id("stMain").get_by_role("button").last.bounding_box()
    assert last["y"] + last["height"] < bar.bounding_box()["y"]  # type: ignore[index]
    phone.set_viewport_size({"width": 1366, "height": 768})
    expect(bar).to_be_hidden()
    expect(phone.get_by_role("link", name="Ligar")).to_be_hidden()


def test_a_finger_is_shown_no_keys_and_the_keypad_that_it_needs(
    phone: Page, addresses: dict[str, str]
) -> None:
    go(phone, addresses["clientes"])
    new = phone.get_by_role("button", name="Novo cliente")
    expect(new.locator("kbd")).to_be_hidden()
    new.click()
    for label, keypad in (
        ("CPF ou CNPJ *", "numeric"),
        ("Telefone com DDD", "numeric"),
        ("CEP", "numeric"),
        ("Limite de crédito (R$)", "decimal"),
        ("Nome completo *", ""),
    ):
        field = phone.get_by_label(label, exact=True)
        expect(field).to_have_js_property("inputMode", keypad)
    number = phone.get_by_label("CPF ou CNPJ *", exact=True)
    number.fill("12.345")
    number.blur()
    expect(number).to_have_js_property("inputMode", "text")
    go(phone, addresses["nova-venda"])
    total = phone.get_by_label("Total da venda (R$)", exact=True)
    expect(total).to_have_js_property("inputMode", "decimal")
    expect(phone.locator("kbd").first).to_be_hidden()


def test_a_heat_map_wider_than_the_screen_fades_where_it_goes_on(
    phone: Page, addresses: dict[str, str]
) -> None:
    go(phone, addresses["safras"])
    chart = phone.locator(".st-key-heat-30")
    expect(chart.locator("svg.marks")).to_be_visible()
    fades = "e => ['before', 'after'].map(s => getComputedStyle(e).getPropertyValue(`--cg-${s}`))"
    assert chart.evaluate("e => e.scrollWidth > e.clientWidth")
    assert chart.evaluate(fades) == ["0px", "48px"]
    chart.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    phone.wait_for_function(
        "() => getComputedStyle(document.querySelector('.st-key-heat-30'))"
        ".getPropertyValue('--cg-after') === '0px'"
    )
    assert chart.evaluate(fades) == ["48px", "0px"]


def test_of_a_heat_map_of_the_rolls_what_was_paid_is_in_view(
    phone: Page, addresses: dict[str, str]
) -> None:
    go(phone, addresses["cobranca"])
    chart = phone.locator("[class*=st-key-matrix-]").first
    expect(chart.locator("svg.marks")).to_be_visible()
    assert chart.evaluate("e => [e.scrollWidth > e.clientWidth, e.scrollLeft]") == [True, 0]
    paid = chart.locator("svg.marks text", has_text="Paga").first.bounding_box()
    assert 0 <= paid["x"] <= paid["x"] + paid["width"] <= 390  # type: ignore[index]
