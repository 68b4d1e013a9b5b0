"""A seller's sale in a real browser: typed, previewed live, confirmed in a hurry, made once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.rules.calendar import default_first_due, due_dates, format_date
from tests.browser.conftest import Server, settled
from tests.portfolio import TODAY, add_customer

pytestmark = pytest.mark.browser

#: Longer than a run of the page takes, even on a busy machine.
SETTLED = 2.5


@pytest.fixture
def customer(server: Server, request: pytest.FixtureRequest) -> tuple[int, str]:
    """A customer of this test alone: id and name."""
    name = f"Ana {request.node.name.replace('_', ' ')}"[:100].strip()
    with Session(server.engine) as session, session.begin():
        return add_customer(session, name), name


@pytest.fixture
def counter(page: Page, arrive: Callable[..., None]) -> Page:
    """A seller at the page of new sales."""
    arrive(page, "vendedor", "/nova-venda")
    expect(page.get_by_role("heading", name="Nova venda")).to_be_visible()
    settled(page)
    return page


def choose(page: Page, name: str) -> None:
    page.get_by_label("Cliente", exact=True).press_sequentially(name.lower(), delay=20)
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name="Trocar cliente")).to_be_visible()


def type_sale(page: Page, total: str = "1000", count: str = "3") -> None:
    """Total, Tab over the down payment, instalments: nothing but the keyboard."""
    page.get_by_label("Total da venda (R$)").press_sequentially(total, delay=30)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type(count)


def confirm(page: Page) -> Locator:
    return page.get_by_role("button", name="Confirmar venda")


def sales_of(server: Server, customer_id: int) -> int:
    found = server.scalar("SELECT count(*) FROM sales WHERE customer_id = :id", id=customer_id)
    return int(found)


def notes_of(server: Server, customer_id: int) -> list[str]:
    with server.engine.connect() as connection:
        amounts = text("SELECT amount FROM notes WHERE customer_id = :id ORDER BY number")
        return [str(amount) for amount in connection.scalars(amounts, {"id": customer_id})]


@contextmanager
def held(server: Server, customer_id: int) -> Iterator[None]:
    """Hold the customer's row: whoever sells to them waits in the middle of it."""
    with server.engine.begin() as connection:
        connection.execute(
            text("SELECT 1 FROM customers WHERE id = :id FOR UPDATE"), {"id": customer_id}
        )
        yield


def waiting(server: Server) -> int:
    """How many transactions wait for a lock."""
    return int(server.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def wait_until_selling(server: Server) -> None:
    end = time.monotonic() + 15
    while not waiting(server):
        assert time.monotonic() < end, "nobody came to sell"
        time.sleep(0.05)


def test_a_seller_sells_a_thousand_in_three_by_keyboard(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    expect(confirm(counter)).to_be_disabled()
    expect(counter.get_by_text("Falta informar: total, parcelas.")).to_be_visible()
    type_sale(counter)
    expect(counter.get_by_test_id("stMetricValue").first).to_have_text("R$\xa01.000,00")
    cells = counter.get_by_test_id("stDataFrame").locator("[role=gridcell]")
    first_due = default_first_due(TODAY)
    for due, amount in zip(due_dates(first_due, 3), ("333.34", "333.33", "333.33"), strict=True):
        expect(cells.filter(has_text=format_date(due)).first).to_be_attached()
        expect(cells.filter(has_text=amount).first).to_be_attached()
    assert sales_of(server, id_) == 0
    expect(confirm(counter)).to_be_enabled()
    counter.keyboard.press("Control+Enter")
    expect(counter.get_by_text("registrada.")).to_be_visible()
    expect(counter.get_by_role("heading", name="Venda 0")).to_be_visible()
    expect(counter.get_by_text("Vera Vendedora").last).to_be_visible()
    assert notes_of(server, id_) == ["333.34", "333.33", "333.33"]


def test_the_preview_follows_each_key_and_says_at_once_what_is_wrong(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    type_sale(counter, "90", "3")
    total = counter.get_by_test_id("stMetricValue").first
    expect(total).to_have_text("R$\xa090,00")
    expect(counter.get_by_label("Total da venda (R$)")).to_have_value("90,00")  # once it was left
    counter.get_by_label("Total da venda (R$)").press("Control+A")
    counter.keyboard.type("900")
    expect(total).to_have_text("R$\xa0900,00")
    counter.get_by_label("Parcelas").fill("10000000")
    expect(counter.get_by_text("O número de parcelas deve ser de 1 a 120.")).to_be_visible()
    expect(confirm(counter)).to_be_disabled()
    counter.get_by_label("Total da venda (R$)").fill("1.234,567")
    expect(counter.get_by_text("Valor inválido")).to_be_visible()
    assert sales_of(server, id_) == 0


def test_a_double_click_makes_one_sale(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    type_sale(counter)
    expect(confirm(counter)).to_be_enabled()
    confirm(counter).dblclick()
    expect(counter.get_by_role("heading", name="Venda 0")).to_be_visible()
    time.sleep(SETTLED)
    assert sales_of(server, id_) == 1
    expect(counter.get_by_role("heading", name="Venda 0")).to_be_visible()


def test_a_second_click_while_the_first_still_writes_makes_one_sale(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    type_sale(counter)
    expect(confirm(counter)).to_be_enabled()
    with held(server, id_):
        confirm(counter).click()
        wait_until_selling(server)
        confirm(counter).click(force=True)
        counter.keyboard.press("Control+Enter")
        time.sleep(0.5)
    expect(counter.get_by_role("heading", name="Venda 0")).to_be_visible()
    time.sleep(SETTLED)
    assert sales_of(server, id_) == 1
    assert notes_of(server, id_) == ["333.34", "333.33", "333.33"]


def test_a_reload_while_the_sale_is_being_written_makes_one_sale_and_an_empty_form(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    type_sale(counter)
    expect(confirm(counter)).to_be_enabled()
    with held(server, id_):
        confirm(counter).click()
        wait_until_selling(server)
        counter.reload()
        expect(counter.get_by_label("Total da venda (R$)")).to_have_value("")
    server.await_scalar(1, "SELECT count(*) FROM sales WHERE customer_id = :id", id=id_)
    time.sleep(SETTLED)
    assert sales_of(server, id_) == 1
    expect(confirm(counter)).to_be_disabled()


def test_a_half_typed_sale_is_there_again_after_looking_elsewhere(
    counter: Page, server: Server, customer: tuple[int, str]
) -> None:
    id_, name = customer
    choose(counter, name)
    type_sale(counter, "1.234,56", "7")
    expect(confirm(counter)).to_be_enabled()
    counter.get_by_role("link", name="Vendas", exact=True).click()
    expect(counter.get_by_role("heading", name="Vendas")).to_be_visible()
    counter.get_by_role("link", name="Nova venda").first.click()
    expect(counter.get_by_role("heading", name="Nova venda")).to_be_visible()
    expect(counter.get_by_label("Total da venda (R$)")).to_have_value("1.234,56")
    expect(counter.get_by_label("Parcelas")).to_have_value("7")
    expect(counter.get_by_text(name).first).to_be_visible()
    assert sales_of(server, id_) == 0


def test_back_leaves_the_form_at_once_though_its_word_came_into_the_address(
    page: Page, arrive: Callable[..., None]
) -> None:
    arrive(page, "vendedor", "/vendas")
    page.get_by_role("link", name="Nova venda").first.click()
    page.wait_for_url("**/nova-venda?op=*")
    page.go_back()
    expect(page.get_by_role("heading", name="Vendas")).to_be_visible()
    assert page.url.endswith("/vendas")


def test_nothing_sticks_out_on_a_phone(
    server: Server,
    new_page: Callable[..., Page],
    arrive: Callable[..., None],
    customer: tuple[int, str],
) -> None:
    phone = new_page(server, viewport={"width": 390, "height": 844})
    arrive(phone, "vendedor", f"/nova-venda?cliente={customer[0]}")
    type_sale(phone)
    expect(confirm(phone)).to_be_enabled()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    confirm(phone).scroll_into_view_if_needed()
    confirm(phone).click()
    expect(phone.get_by_role("heading", name="Venda 0")).to_be_visible()
    assert sales_of(server, customer[0]) == 1
