"""Figures that do not know all sales yet say so, and an answer does not wait for them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.services import summaries
from tests.api.asking import get
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

FIGURES = ("/dashboard", "/reports/delinquency", "/portfolio/stock", "/contacts/calls")


def sell(count: int) -> None:
    with transaction() as session:
        customer = add_customer(session)
        for _ in range(count):
            add_sale(session, customer, date(2026, 1, 5), [("100.00", date(2026, 2, 5))])


@pytest.mark.parametrize("path", FIGURES)
def test_many_sales_are_left_and_told_of_and_a_few_are_folded_in(
    path: str, manager_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(summaries, "READERS_SALES", 3)
    sell(2)
    assert get(path, manager_token)["not_yet_in"] is None
    sell(5)
    with transaction() as session:
        session.execute(text("UPDATE stale_sales SET marked_at = '2026-11-23 17:32+00'"))
    assert get(path, manager_token)["not_yet_in"] == {"sales": 5, "since": "2026-11-23T17:32:00Z"}
    with snapshot() as session:
        assert session.scalar(text("SELECT count(DISTINCT sale_id) FROM stale_sales")) == 5
    summaries.fold(transaction, today=TODAY)
    assert get(path, manager_token)["not_yet_in"] is None
