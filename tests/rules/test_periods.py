"""Periods of the dashboard, and what each is compared with."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.periods import (
    PRESETS,
    Compare,
    Period,
    compared,
    month_end,
    months,
    period_of,
    stock_dates,
    year_before,
)

DAYS = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@pytest.mark.parametrize(
    ("preset", "start", "end"),
    [
        ("month", date(2026, 3, 1), date(2026, 3, 31)),
        ("last-month", date(2026, 2, 1), date(2026, 2, 28)),
        ("30-days", date(2026, 3, 2), date(2026, 3, 31)),
        ("90-days", date(2026, 1, 1), date(2026, 3, 31)),
        ("year", date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_presets_are_seen_from_the_as_of_date(preset: str, start: date, end: date) -> None:
    assert period_of(preset, date(2026, 3, 31)) == Period(start, end)


def test_last_month_of_january_is_december_of_the_year_before() -> None:
    period = period_of("last-month", date(2026, 1, 15))
    assert period == Period(date(2025, 12, 1), date(2025, 12, 31))


def test_an_unknown_preset_is_an_error() -> None:
    with pytest.raises(KeyError):
        period_of("decade", date(2026, 1, 1))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@given(DAYS, st.sampled_from(sorted(PRESETS)))
def test_the_previous_period_is_as_long_and_ends_the_day_before(as_of: date, preset: str) -> None:
    period = period_of(preset, as_of)
    assert period.previous.days == period.days
    assert period.previous.end == period.start - timedelta(days=1)


@given(DAYS, st.integers(1, 24))
def test_months_follow_each_other_and_end_with_that_of_the_date(as_of: date, count: int) -> None:
    firsts = months(as_of, count)
    assert len(firsts) == count
    assert firsts[-1] == as_of.replace(day=1)
    for first, following in pairwise(firsts):
        assert month_end(first) + timedelta(days=1) == following
    assert stock_dates(as_of, count) == [*map(month_end, firsts[:-1]), as_of]


def test_the_same_days_of_the_year_before() -> None:
    leap = Period(date(2024, 2, 1), date(2024, 2, 29))
    assert leap.last_year == Period(date(2023, 2, 1), date(2023, 2, 28))
    assert leap.last_year.last_year == Period(date(2022, 2, 1), date(2022, 2, 28))
    assert year_before(date(2026, 11, 23)) == date(2025, 11, 23)


@given(DAYS, st.sampled_from(sorted(PRESETS)))
def test_last_year_of_any_preset_is_a_period_that_ends_a_year_before(
    as_of: date, preset: str
) -> None:
    period = period_of(preset, as_of)
    assert period.last_year.end == year_before(period.end)
    assert abs(period.last_year.days - period.days) <= 1


@pytest.mark.parametrize(
    ("preset", "as_of", "seen_on", "start", "end"),
    [
        # The first day, a month that begins a year, a last day that the month before lacks or not.
        ("month", "2026-11-01", "2026-10-01", "2026-10-01", "2026-10-01"),
        ("month", "2026-11-10", "2026-10-10", "2026-10-01", "2026-10-10"),
        ("month", "2026-01-31", "2025-12-31", "2025-12-01", "2025-12-31"),
        ("month", "2026-03-29", "2026-02-28", "2026-02-01", "2026-02-28"),
        ("month", "2026-03-31", "2026-02-28", "2026-02-01", "2026-02-28"),
        ("month", "2024-03-31", "2024-02-29", "2024-02-01", "2024-02-29"),
        ("month", "2026-02-28", "2026-01-28", "2026-01-01", "2026-01-28"),
        ("last-month", "2026-03-31", "2026-02-28", "2026-01-01", "2026-01-31"),
        ("last-month", "2026-12-15", "2026-11-15", "2026-10-01", "2026-10-31"),
        ("year", "2024-02-29", "2023-02-28", "2023-01-01", "2023-02-28"),
        ("year", "2025-02-28", "2024-02-28", "2024-01-01", "2024-02-28"),
        ("year", "2026-01-01", "2025-01-01", "2025-01-01", "2025-01-01"),
        ("30-days", "2026-11-10", "2026-10-11", "2026-09-12", "2026-10-11"),
    ],
)
def test_as_usual_a_month_is_compared_with_a_month_and_a_year_with_a_year(
    preset: str, as_of: str, seen_on: str, start: str, end: str
) -> None:
    day = date.fromisoformat(as_of)
    assert compared(preset, day, period_of(preset, day)) == (
        date.fromisoformat(seen_on),
        Period(date.fromisoformat(start), date.fromisoformat(end)),
    )


@given(DAYS, st.sampled_from(sorted(PRESETS)))
def test_what_is_compared_with_lies_before_and_ends_no_later_than_it_is_seen(
    as_of: date, preset: str
) -> None:
    period = period_of(preset, as_of)
    both: tuple[Compare, ...] = ("usual", "previous")
    for compare in both:
        seen_on, before = compared(preset, as_of, period, compare)
        assert before.end < period.start
        assert before.end <= seen_on < as_of
