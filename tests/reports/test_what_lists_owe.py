"""What all sales that a list's filters leave owe, beside the sum of its rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import sales
from credigestor.reports.sales import SaleFilters
from tests.portfolio import TODAY, add_customer, add_sale

pytestmark = pytest.mark.usefixtures("db")


def test_what_the_filters_leave_owe_is_the_sum_of_what_each_does() -> None:
    day = date(2026, 10, 1)
    with transaction() as session:
        for name, amount in (("Ana", "100.00"), ("Anabela", "50.00"), ("Bia", "7.00")):
            add_sale(session, add_customer(session, name), day, [(amount, day), (amount, TODAY)])
    with snapshot() as session:
        for as_of in (day, TODAY):
            filters = SaleFilters("ana")
            rows = sales.page(session, filters, as_of=as_of, today=TODAY)
            whole = sum(rows["owed"], Decimal(0))
            assert sales.owed(session, filters, as_of=as_of, today=TODAY) == whole > 0
