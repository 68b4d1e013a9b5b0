"""What fell due, what came in, and the forecast: small shops, every figure written down (R21)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio import collections, forecast
from credigestor.reports.portfolio.collections import Collection
from credigestor.reports.portfolio.forecast import Coming
from credigestor.rules.periods import months
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY, add_customer, add_sale, pay, refresh

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def october(admin: Actor) -> None:
    """Notes of October: 710,00 paid in time, 163,00 late, 100,00 overdue, 27,00 of a partial."""
    with transaction() as session:
        sale = add_sale(
            session,
            add_customer(session, city="Fortaleza"),
            date(2026, 9, 1),
            [
                ("710.00", date(2026, 10, 5)),
                ("190.00", date(2026, 10, 13)),
                ("100.00", date(2026, 10, 20)),
                ("400.00", date(2026, 11, 20)),  # a holiday: on time until Monday 23/11
                ("600.00", date(2026, 12, 20)),
                ("50.00", date(2028, 1, 20)),
            ],
        )
        pay(session, admin, sale.notes[0], "710.00", date(2026, 10, 5))
        # R9: 190,00 late by 10 days: interest 0,63 and fine 3,80 first
        pay(session, admin, sale.notes[1], "167.43", date(2026, 10, 23))
        gone = add_sale(session, 1, date(2026, 9, 1), [("999.00", date(2026, 10, 9))])
        sales.cancel(session, admin, sale_id=gone.id, why="teste", today=date(2026, 10, 30))
    refresh()


@pytest.mark.usefixtures("october")
def test_what_fell_due_is_split_into_paid_in_time_paid_late_and_open() -> None:
    with snapshot() as session:
        found = collections.collections(session, TODAY)
    assert [item.month for item in found] == months(TODAY, 12)
    month = found[-2]
    assert (month.on_time, month.late) == (Decimal("710.00"), Decimal("163.00"))
    assert (month.overdue, month.not_due) == (Decimal("127.00"), 0)
    assert month.expected == Decimal("1000.00")
    assert month.efficiency == Decimal("87.3")
    assert month.on_time_share == Decimal("71.0")
    assert month.late_share == Decimal("16.3")
    assert found[-1] == Collection(date(2026, 11, 1), not_due=Decimal("400.00"))
    assert found[0].efficiency is None


@pytest.mark.usefixtures("october")
def test_a_past_date_sees_what_was_known_then() -> None:
    with snapshot() as session:
        then = collections.collection(session, date(2026, 10, 1), date(2026, 10, 15))
    # the cancelled sale still counted, the late payment was yet to come
    assert then == Collection(
        date(2026, 10, 1), Decimal("710.00"), Decimal(0), Decimal("1189.00"), Decimal("100.00")
    )


@pytest.mark.usefixtures("october")
def test_what_may_still_be_paid_in_time_is_in_the_forecasts_first_month() -> None:
    with snapshot() as session:
        today = forecast.forecast(session, TODAY)
    assert [m.coming.contractual for m in today.months[:3]] == [400, 600, 0]
    assert today.months[0].due_from is None
    assert today.months[1].due_from == date(2026, 12, 1)
    assert today.later.contractual == 50
    assert today.overdue.contractual == 127
    # 873,00 were paid, 127,00 went overdue unpaid
    assert today.bands[0].history.share == Decimal("87.3")
    assert [m.coming.expected for m in today.months[:3]] == [
        Decimal("349.20"),
        Decimal("523.80"),
        0,
    ]
    assert today.within(2) == Coming(Decimal(1000), Decimal("873.00"))
    assert today.within(2).share == Decimal("87.3")
    # 100,00 late by 34 days stand in the last band that there is, 27,00 at 41 too
    assert today.overdue == Coming(Decimal(127), None, Decimal(127))


def test_r21_each_band_is_worth_what_was_paid_of_the_principal_that_left_it(admin: Actor) -> None:
    """The worked example of the rules' documentation."""
    due = date(2026, 1, 5)
    with transaction() as session:
        notes = ["700.00", "120.00", "40.00", "20.00", "60.00", "30.00", "10.00", "20.00"]
        late = [0, 9, 45, 100]  # days late when paid; the others are open
        open_since = [20, 70, 100, 300]  # days late at TODAY
        paid = add_sale(session, add_customer(session), due, [(n, due) for n in notes[:4]])
        for note, amount, days in zip(paid.notes, notes, late, strict=False):
            on = due + pd.Timedelta(days=days)
            pay(session, admin, note, owed(amount, days), on)
        open_notes = [
            (amount, TODAY - pd.Timedelta(days=days))
            for amount, days in zip(notes[4:], open_since, strict=True)
        ]
        add_sale(session, 1, due, [*open_notes, ("500.00", date(2026, 12, 10))])
    refresh()
    with snapshot() as session:
        found = forecast.forecast(session, TODAY)
    assert [item.coming.contractual for item in found.bands] == [500, 60, 0, 30, 10, 20, 0]
    assert [item.history.share for item in found.bands] == [88, 75, 50, 40, 50, None, None]
    assert found.months[1].coming == Coming(Decimal(500), Decimal(440))
    assert found.overdue == Coming(Decimal(120), Decimal("62.00"), Decimal(20))


def owed(principal: str, days: int) -> Decimal:
    """Principal with 1 % a month and a fine of 2 %, both half up to the cent."""
    amount = Decimal(principal)
    return amount + round(amount * days / 3000 + Decimal("1e-9"), 2) + (amount / 50 if days else 0)


def test_an_empty_shop_has_months_and_no_shares() -> None:
    refresh()
    with snapshot() as session:
        assert collections.collections(session, TODAY)[0] == Collection(date(2025, 12, 1))
        found = forecast.forecast(session, TODAY)
        totals = collections.receivable_by_month(session, TODAY)
    assert found.within(12) == found.overdue == Coming(Decimal(0), Decimal(0))
    assert found.within(12).share is None
    assert all(item.history.share is None for item in found.bands)
    assert len(totals) == 14
    assert not any(total.notes for total in totals)


@pytest.mark.parametrize(
    ("as_of", "month", "before"),
    [
        (date(2026, 11, 23), date(2026, 10, 1), date(2026, 10, 23)),
        (date(2026, 11, 30), date(2026, 11, 1), date(2026, 10, 31)),
        (date(2026, 3, 30), date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 2, 1), date(2026, 2, 1)),
    ],
)
def test_a_month_is_compared_with_an_earlier_one_as_old_as_itself(
    as_of: date, month: date, before: date
) -> None:
    assert collections.last_complete_month(as_of) == month
    assert collections.same_age(as_of, 1) == before
