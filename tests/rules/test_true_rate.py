"""R2b: the true rate by the dates, against a bisection that shares no code."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.calendar import HolidayRules
from credigestor.rules.schedule import Plan, plan
from credigestor.rules.true_rate import daily_rate, monthly, of_month, yearly

SOLD = date(2026, 11, 29)


def by_days(notes: list[tuple[date, str]]) -> list[tuple[int, D]]:
    return [((day - SOLD).days, D(amount)) for day, amount in notes]


def months_from(first: date, amounts: list[str]) -> list[tuple[int, D]]:
    at = [first.month - 1 + k for k in range(len(amounts))]
    days = [(first.year + m // 12, m % 12 + 1) for m in at]
    last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}
    return by_days(
        [
            (date(year, month, min(first.day, last.get(month, 31))), amount)
            for (year, month), amount in zip(days, amounts, strict=True)
        ]
    )


@pytest.mark.parametrize(
    ("first", "amounts", "a_month", "a_year"),
    [
        (date(2026, 12, 9), ["367.21"] * 3, "7.48", "140.65"),
        (date(2026, 12, 29), ["367.21"] * 3, "4.94", "79.89"),
        (date(2027, 2, 28), ["367.21"] * 3, "2.45", "34.31"),
        (date(2026, 12, 5), ["88.85"] * 11 + ["88.84"], None, "14.66"),
        (date(2026, 12, 29), ["88.85"] * 11 + ["88.84"], None, "12.73"),
        (date(2027, 1, 29), ["88.85"] * 11 + ["88.84"], None, "10.91"),
    ],
)
def test_r2b_the_worked_examples(
    first: date, amounts: list[str], a_month: str | None, a_year: str
) -> None:
    rate = daily_rate(D(1000), months_from(first, amounts))
    assert str(yearly(rate)) == a_year
    assert a_month is None or str(monthly(rate)) == a_month


def test_r2b_notes_that_add_up_to_what_is_financed_cost_nothing() -> None:
    rate = daily_rate(D(1000), [(30, D("333.34")), (60, D("333.33")), (90, D("333.33"))])
    assert (rate, str(monthly(rate)), str(yearly(rate))) == (0, "0.00", "0.00")


def test_r2b_no_rate_makes_what_is_due_on_the_day_of_the_sale() -> None:
    assert daily_rate(D(1000), [(0, D(1001))]) == 0
    assert daily_rate(D(1000), [(0, D(1000)), (30, D(5))]) == 0


def bisected(financed: D, notes: list[tuple[int, D]]) -> float:
    """By floats, exponentials and halving; sums are exact."""
    low, high = 0.0, 100.0
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        worth = math.fsum(float(a) * math.exp(-d * math.log1p(middle)) for d, a in notes)
        low, high = (middle, high) if worth > float(financed) else (low, middle)


schedules = st.lists(
    st.tuples(st.integers(1, 3700), st.integers(1, 100_000_00)), min_size=1, max_size=120
).map(lambda found: sorted((days, D(cents) / 100) for days, cents in found))


@given(schedules, st.floats(0.05, 0.999999))
def test_r2b_equals_a_bisection_to_1e_12(notes: list[tuple[int, D]], share: float) -> None:
    total = sum(amount for _, amount in notes)
    financed = max(round(total * D(share), 2), D("0.01"))
    rate = daily_rate(financed, notes)
    if total <= financed:
        assert rate == 0
        return
    if (
        len(notes) <= 3
    ):  # exactly: half a unit of the last decimal away it is too much, or too little
        for off, above in ((-1, True), (1, False)):
            grown = 1 + Fraction(rate) + Fraction(off, 2 * 10**18)
            worth = sum(Fraction(amount) / grown**days for days, amount in notes)
            assert (worth >= financed) is above
    assert abs(float(rate) - bisected(financed, notes)) <= 1e-12 * (1 + float(rate))


@pytest.mark.parametrize("rate", ["0.0001", "1", "15", "100"])
@pytest.mark.parametrize("count", [1, 12, 120])
@pytest.mark.parametrize("first", [SOLD, date(2026, 12, 29), date(2027, 11, 29)])
def test_r2c_keeps_the_agreed_rate_the_true_one(rate: str, count: int, first: date) -> None:
    made: Plan = plan(D(100_000), D(rate), count, first, sold_on=SOLD, holidays=HolidayRules())
    agreed = of_month(D(rate))
    if first == SOLD and count == 1:
        assert made.daily_rate == 0  # all is due at once
    else:  # months are not thirty days long
        assert abs(made.daily_rate / agreed - 1) < D("0.06")
