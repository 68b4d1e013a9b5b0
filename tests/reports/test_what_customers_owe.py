"""What the list of customers says that each owes, and all of them together."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import customers as report
from credigestor.reports.customers import CustomerFilters
from tests.portfolio import TODAY, add_customer, add_sale
from tests.reports.test_customers import counted, listed

pytestmark = pytest.mark.usefixtures("db")


def test_the_list_tells_what_each_owes_and_who_is_late() -> None:
    with transaction() as session:
        ana, rui, _ = (add_customer(session, name) for name in ("Ana", "Rui", "Zoe"))
        add_sale(session, ana, date(2026, 1, 2), [("300.00", date(2026, 11, 9)), ("50.00", TODAY)])
        add_sale(session, rui, date(2026, 1, 2), [("80.00", date(2026, 12, 10))])
    with snapshot() as session:
        frame = report.page(session, CustomerFilters(), today=TODAY)
    rows = list(zip(frame["name"], frame["owed"], frame["overdue_notes"], strict=True))
    # 14 days late: interest 1,40 and fine 6,00 on 300,00.
    assert rows == [("Ana", Decimal("357.40"), 1), ("Rui", Decimal("80.00"), 0), ("Zoe", 0, 0)]
    assert listed(CustomerFilters(overdue=True)) == ["Ana"]
    assert counted(CustomerFilters(overdue=True)) == 1


def test_what_all_the_filters_leave_owe_is_the_sum_of_what_each_does() -> None:
    with transaction() as session:
        for name, amount in (("Ana", "100.00"), ("Anabela", "50.00"), ("Bia", "7.00")):
            day = date(2026, 10, 1)
            add_sale(session, add_customer(session, name), day, [(amount, day), (amount, TODAY)])
    with snapshot() as session:
        for filters in (CustomerFilters(), CustomerFilters("ana"), CustomerFilters("ninguém")):
            each = report.page(session, filters, today=TODAY)
            owed, late = report.owed(session, filters, today=TODAY)
            assert (owed, late) == (sum(each["owed"], Decimal(0)), sum(each["overdue_notes"]))
        assert report.owed(session, CustomerFilters("ana"), today=TODAY)[1] == 2
