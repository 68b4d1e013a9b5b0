"""A late payment in parts in a real browser: broken down, confirmed in a hurry, recorded once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.rules.numbering import note_number
from tests.browser.conftest import Server, settled
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser

#: Longer than a run of the page takes, even on a busy machine.
SETTLED = 2.5


@dataclass(frozen=True)
class Debt:
    """A customer of one test alone, with a note late by 30 days and one not yet due."""

    customer: int
    name: str
    late: int
    number: str


@pytest.fixture
def debt(server: Server, request: pytest.FixtureRequest) -> Debt:
    """200,00 late by 30 days, so 2,00 of interest and 4,00 of fine, and 100,00 to come."""
    name = f"Bia {request.node.name.replace('_', ' ')}"[:100].strip()
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, name)
        sale = add_sale(
            session,
            customer,
            TODAY - timedelta(days=60),
            [("200.00", TODAY - timedelta(days=30)), ("100.00", TODAY + timedelta(days=30))],
        )
    return Debt(customer, name, sale.notes[0], note_number(sale.id, 1, 2))


@pytest.fixture
def counter(page: Page, arrive: Callable[..., None]) -> Page:
    """A seller at the page where money is received."""
    arrive(page, "vendedor", "/receber")
    expect(page.get_by_role("heading", name="Receber")).to_be_visible()
    settled(page)
    expect(page.get_by_label("Cliente", exact=True)).to_be_focused()
    return page


def choose(page: Page, name: str) -> None:
    page.get_by_label("Cliente", exact=True).press_sequentially(name.lower(), delay=20)
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name="Trocar cliente")).to_be_visible()


def type_amount(page: Page, amount: str) -> None:
    page.get_by_label("Valor recebido (R$)").press_sequentially(amount, delay=30)


def confirm(page: Page) -> Locator:
    return page.get_by_role("button", name="Confirmar")


def receipt(page: Page) -> Locator:
    return page.get_by_role("heading", name="Recibo 0")


def paid(server: Server, debt: Debt) -> list[tuple[str, ...]]:
    query = text(
        "SELECT i.amount, interest, fine, principal FROM payment_items i "
        "JOIN payments p ON p.id = i.payment_id WHERE customer_id = :id ORDER BY i.id"
    )
    with server.engine.connect() as connection:
        rows = connection.execute(query, {"id": debt.customer})
        return [tuple(str(value) for value in row) for row in rows]


@contextmanager
def held(server: Server, debt: Debt) -> Iterator[None]:
    """Hold the late note's row: whoever pays it waits in the middle of it."""
    with server.engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM notes WHERE id = :id FOR UPDATE"), {"id": debt.late})
        yield


def wait_until_paying(server: Server) -> None:
    end = time.monotonic() + 15
    while not server.scalar("SELECT count(*) FROM pg_locks WHERE NOT granted"):
        assert time.monotonic() < end, "nobody came to pay"
        time.sleep(0.05)


PART = ("50.00", "2.00", "4.00", "44.00")


def test_r9_a_late_part_is_broken_down_and_its_receipt_says_what_is_left(
    counter: Page, server: Server, debt: Debt
) -> None:
    choose(counter, debt.name)
    expect(counter.get_by_text("R$\xa0206,00").first).to_be_visible()
    type_amount(counter, "50")
    row = counter.get_by_test_id("stTable").get_by_role("row").last
    expect(row.get_by_role("cell")).to_have_text(
        [debt.number, "2,00", "4,00", "44,00", "50,00", "156,00"]
    )
    assert paid(server, debt) == []
    expect(confirm(counter)).to_be_visible()
    counter.keyboard.press("Control+Enter")
    expect(receipt(counter)).to_be_visible()
    expect(counter.get_by_text("de R$\xa050,00 registrado.")).to_be_visible()
    expect(counter.get_by_text("Saldo do cliente")).to_contain_text("R$\xa0256,00")
    assert paid(server, debt) == [PART]


def test_a_note_is_found_by_its_number_and_paid_in_full(
    counter: Page, server: Server, debt: Debt
) -> None:
    counter.keyboard.type(debt.number)
    counter.keyboard.press("Enter")
    ticked = counter.get_by_role("checkbox").first
    expect(ticked).to_be_checked()
    expect(ticked).to_have_accessible_name(re.compile(rf"^R\$\s206,00 · {debt.number} · [^\\*]+$"))
    counter.get_by_role("button", name="Quitar selecionadas").click()
    expect(counter.get_by_label("Valor recebido (R$)")).to_have_value("206,00")
    confirm(counter).click()
    expect(receipt(counter)).to_be_visible()
    assert paid(server, debt) == [("206.00", "2.00", "4.00", "200.00")]


def test_r10_too_much_is_refused_and_goes_on_to_the_next_note_only_when_told(
    counter: Page, server: Server, debt: Debt
) -> None:
    choose(counter, debt.name)
    counter.get_by_text(debt.number).click()
    expect(counter.get_by_role("checkbox").first).to_be_checked()
    type_amount(counter, "250")
    expect(counter.get_by_text("notas escolhidas: R$\xa0206,00")).to_be_visible()
    expect(confirm(counter)).to_have_count(0)
    counter.get_by_role("button", name="Continuar nas próximas notas").click()
    confirm(counter).click()
    expect(receipt(counter)).to_be_visible()
    assert [row[0] for row in paid(server, debt)] == ["206.00", "44.00"]


def test_a_double_click_makes_one_payment(counter: Page, server: Server, debt: Debt) -> None:
    choose(counter, debt.name)
    type_amount(counter, "50")
    confirm(counter).dblclick()
    expect(receipt(counter)).to_be_visible()
    time.sleep(SETTLED)
    expect(receipt(counter)).to_be_visible()
    assert paid(server, debt) == [PART]


def test_a_second_click_while_the_first_still_writes_makes_one_payment(
    counter: Page, server: Server, debt: Debt
) -> None:
    choose(counter, debt.name)
    type_amount(counter, "50")
    expect(confirm(counter)).to_be_visible()
    with held(server, debt):
        confirm(counter).click()
        wait_until_paying(server)
        confirm(counter).click(force=True)
        counter.keyboard.press("Control+Enter")
        time.sleep(0.5)
    expect(receipt(counter)).to_be_visible()
    time.sleep(SETTLED)
    assert paid(server, debt) == [PART]


def test_a_reload_while_the_payment_is_being_written_makes_one_payment_and_an_empty_form(
    counter: Page, server: Server, debt: Debt
) -> None:
    choose(counter, debt.name)
    type_amount(counter, "50")
    expect(confirm(counter)).to_be_visible()
    with held(server, debt):
        confirm(counter).click()
        wait_until_paying(server)
        counter.reload()
        expect(counter.get_by_label("Valor recebido (R$)")).to_have_value("")
    server.await_scalar(
        1, "SELECT count(*) FROM payments WHERE customer_id = :id", id=debt.customer
    )
    time.sleep(SETTLED)
    assert paid(server, debt) == [PART]
    counter.reload()
    expect(counter.get_by_text("R$\xa0156,00").first).to_be_visible()
    expect(confirm(counter)).to_have_count(0)


def test_a_manager_reverses_a_payment_and_the_receipt_says_so(
    page: Page, arrive: Callable[..., None], server: Server, debt: Debt
) -> None:
    arrive(page, "gerente", f"/receber?note={debt.late}")
    type_amount(page, "50")
    confirm(page).click()
    expect(receipt(page)).to_be_visible()
    page.get_by_text("Estornar este pagamento").click()
    reason = page.get_by_label("Motivo do estorno")
    reason.fill("troco errado")
    reason.press("Tab")
    expect(page.get_by_text("de R$\xa050,00 registrado.")).to_have_count(0)
    page.get_by_role("button", name="Confirmar estorno").click()
    expect(page.get_by_text("ESTORNADO em")).to_be_visible()
    expect(page.get_by_text("troco errado").first).to_be_visible()
    balance = server.scalar("SELECT principal_balance FROM notes WHERE id = :id", id=debt.late)
    assert str(balance) == "200.00"


def test_nothing_sticks_out_on_a_phone(
    server: Server, new_page: Callable[..., Page], arrive: Callable[..., None], debt: Debt
) -> None:
    phone = new_page(server, viewport={"width": 390, "height": 844})
    arrive(phone, "vendedor", f"/receber?customer={debt.customer}")
    type_amount(phone, "50")
    expect(confirm(phone)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    confirm(phone).click()
    expect(receipt(phone)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for address in (f"/nota?id={debt.late}", "/notas", "/pagamentos"):
        phone.goto(address)
        expect(phone.get_by_role("heading").first).to_be_visible()
        time.sleep(1)
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390, address
