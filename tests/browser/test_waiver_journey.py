"""A late note paid at its face value in a real browser: the charges let go by one key (R29)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from credigestor.db.settings import current_settings
from credigestor.rules.permissions import Actor, Role
from credigestor.services import settings
from tests.browser.conftest import Server, settled
from tests.browser.test_payment_journey import Debt, choose, confirm, paid, receipt, type_amount
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.browser


def late(server: Server, name: str) -> Debt:
    """150,00 due ten days ago: 0,50 of interest and 3,00 of fine."""
    with Session(server.engine) as session, session.begin():
        customer = add_customer(session, name)
        due = TODAY - timedelta(days=10)
        sale = add_sale(session, customer, TODAY - timedelta(days=40), [("150.00", due)])
    return Debt(customer, name, sale.notes[0], "")


@pytest.fixture(scope="module")
def limit(server: Server) -> None:
    """A seller may let 3,50 go."""
    with Session(server.engine) as session, session.begin():
        new = current_settings(session).model_copy(update={"waiver_limit": Decimal("3.50")})
        settings.change(session, Actor(None, "Dona Ada", Role.ADMIN), new)


@pytest.mark.parametrize("login", ["gerente", "vendedor"])
def test_r29_the_face_value_settles_a_late_note_by_the_keyboard_alone(
    page: Page, arrive: Callable[..., None], server: Server, limit: None, login: str
) -> None:
    debt = late(server, f"Rita {login}")
    arrive(page, login, "/receber")
    expect(page.get_by_role("heading", name="Receber")).to_be_visible()
    settled(page)
    choose(page, debt.name)
    type_amount(page, "150,00")
    expect(page.get_by_role("button", name="Dispensar R$\xa03,50 de encargos")).to_be_visible()
    page.keyboard.press("Alt+j")
    expect(page.get_by_text("Dispensados: juros R$\xa00,50, multa R$\xa03,00.")).to_be_visible()
    expect(confirm(page)).to_contain_text("dispensando R$\xa03,50")
    page.keyboard.press("Control+Enter")
    expect(receipt(page)).to_be_visible()
    expect(page.get_by_text("dispensado: juros 0,50, multa 3,00")).to_be_visible()
    assert paid(server, debt) == [("150.00", "0.00", "0.00", "150.00")]
    owed = server.scalar("SELECT settled_on FROM notes WHERE id = :id", id=debt.late)
    assert owed == TODAY
