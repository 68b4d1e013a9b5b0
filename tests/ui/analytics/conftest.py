"""A small shop for the tests of views; a page's own tests make their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from credigestor.db.engine import transaction
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_sale


@pytest.fixture
def shop(db: str) -> None:
    """Vera sold in Recife; of Fortaleza there is a customer who never bought."""
    vera = add_user(name="Vera *V*").id
    with transaction() as session:
        bia = add_customer(session, "Bia", city="Recife")
        add_customer(session, "Ana", city="Fortaleza")
        add_sale(session, bia, TODAY - timedelta(days=60), [("90.00", TODAY)], seller_id=vera)
        ciro = add_customer(session, "Ciro", city="Olinda")
        add_sale(session, ciro, TODAY - timedelta(days=60), [("90.00", TODAY)])
