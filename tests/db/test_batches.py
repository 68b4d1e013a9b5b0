"""A migration that touches every row does it in batches, each row once."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from credigestor.db.engine import transaction
from credigestor.db.migrations import batches
from tests.portfolio import add_customer, add_sale

pytestmark = pytest.mark.usefixtures("db")

ALL = "UPDATE sales SET total = total + 1 WHERE id BETWEEN :first AND :last"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 100])
def test_every_row_is_touched_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "IDS", size)
    with transaction() as session:
        customer = add_customer(session)
        for _ in range(7):
            add_sale(session, customer, date(2026, 1, 5), [("10.00", date(2026, 2, 5))])
    with transaction() as session:
        session.execute(text("DELETE FROM notes WHERE sale_id = 3"))
        session.execute(text("DELETE FROM sales WHERE id = 3"))  # ids have gaps
        assert batches.in_batches(session.connection(), "sales", ALL) == 6
        assert set(session.scalars(text("SELECT total FROM sales"))) == {11}
        session.rollback()


def test_of_an_empty_table_nothing() -> None:
    with transaction() as session:
        assert batches.in_batches(session.connection(), "sales", ALL) == 0
