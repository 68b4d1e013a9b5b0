"""The routes stand on the day of the test portfolios, in a shop that has documents to give."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Role
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.factories import add_user
from tests.portfolio import Made
from tests.services.paying import FEBRUARY, JANUARY, pay, sell
from tests.ui.support import login_as


@pytest.fixture(autouse=True)
def today_is_the_portfolios(portfolio_day: None) -> None:
    """What a route dates is that day's."""


@pytest.fixture
def vera() -> User:
    """A seller."""
    return add_user(Role.SELLER, name="Vera Vendedora")


@pytest.fixture
def cookie(vera: User) -> str:
    """Her login."""
    return login_as(user=vera)


@pytest.fixture
def shop(admin: Actor) -> None:
    """What a promissory note needs to know of the shop."""
    known = {"legal_name": "Loja Modelo Ltda", "tax_id": "11222333000181", "city": "Fortaleza"}
    with transaction() as session:
        settings.change(session, admin, data.settings().model_copy(update=known))


@pytest.fixture
def sale(shop: None) -> Made:
    """Two notes of Ana Luz."""
    return sell(("300.00", JANUARY), ("100.00", FEBRUARY))


@pytest.fixture
def receipt(sale: Made, manager: Actor) -> str:
    """The address of the receipt of a payment in parts."""
    return f"/documento/recibo/{pay(manager, date(2026, 1, 25), (sale.notes[0], '100.00'))}"
