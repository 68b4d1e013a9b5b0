"""R1–R4 and R8 together: the notes a sale would make; and R10: spreading one payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules import true_rate
from credigestor.rules.allocation import distribute
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.schedule import Plan, plan

NATIONAL = HolidayRules()
SOLD = date(2026, 11, 29)


def made(
    financed: str,
    rate: str,
    count: int,
    first: date,
    *,
    sold_on: date | None = None,
    grace_days: int = 0,
) -> Plan:
    """The plan of a sale, made on its first due date unless another day is told."""
    return plan(
        D(financed),
        D(rate),
        count,
        first,
        sold_on=sold_on or first,
        grace_days=grace_days,
        holidays=NATIONAL,
    )


def test_r3_the_anchor_day_of_the_first_due_date_is_kept() -> None:
    notes = made("300.00", "0", 3, date(2026, 1, 31)).notes
    assert [note.due_date for note in notes] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


def test_r3_a_suggested_first_due_date_keeps_the_day_of_the_sale() -> None:
    sold = date(2026, 1, 31)
    planned = made("300.00", "0", 4, date(2026, 2, 28), sold_on=sold)
    days = [(note.due_date.day, note.due_date.month) for note in planned.notes]
    assert days == [(28, 2), (31, 3), (30, 4), (31, 5)]
    assert planned.due_day == 31
    another = made("300.00", "0", 4, date(2026, 2, 27), sold_on=sold)
    assert [note.due_date.day for note in another.notes] == [27] * 4
    assert another.due_day is None
    usual = made("300.00", "0", 2, date(2026, 3, 10), sold_on=date(2026, 2, 10))
    assert usual.due_day is None


@pytest.mark.parametrize(
    ("rate", "count", "first", "carried", "amounts"),
    [
        ("5", 3, date(2026, 12, 29), None, ["367.21"] * 3),
        ("5", 3, date(2027, 2, 28), "1102.50", ["404.85"] * 3),
        ("5", 3, date(2026, 12, 9), "968.00", ["355.46"] * 3),
        ("1", 12, date(2027, 1, 29), "1010.00", ["89.74"] * 11 + ["89.72"]),
        ("1", 12, date(2026, 12, 5), "992.07", ["88.14"] * 11 + ["88.19"]),
        ("0", 2, date(2027, 2, 28), None, ["500.00"] * 2),
    ],
)
def test_r2c_the_amount_is_carried_to_a_month_before_the_first_due_date(
    rate: str, count: int, first: date, carried: str | None, amounts: list[str]
) -> None:
    planned = made("1000.00", rate, count, first, sold_on=SOLD)
    assert planned.carried == (carried and D(carried))
    assert [note.amount for note in planned.notes] == [D(each) for each in amounts]


def test_r2c_carried_to_28_02_27_the_agreed_5_stay_true_5_00_and_81_04_a_year() -> None:
    planned = made("1000.00", "5", 3, date(2027, 2, 28), sold_on=SOLD)
    rates = true_rate.monthly(planned.daily_rate), true_rate.yearly(planned.daily_rate)
    assert rates == (D("5.00"), D("81.04"))


def test_r2c_the_suggestion_of_a_short_month_carries_nothing() -> None:
    planned = made("1000.00", "5", 3, date(2026, 2, 28), sold_on=date(2026, 1, 31))
    assert planned.carried is None


def test_r2c_interest_of_centuries_is_refused_at_the_first_due_date() -> None:
    with pytest.raises(InvalidInput, match="máximo") as caught:
        made("1000.00", "100", 3, date(2200, 1, 1), sold_on=SOLD)
    assert caught.value.field == "first_due_date"


def test_r4_a_note_due_on_a_holiday_is_on_time_until_the_next_business_day() -> None:
    [note] = made("300.00", "0", 1, date(2026, 11, 20)).notes
    assert note.due_date == date(2026, 11, 20)
    assert note.on_time_until == note.free_until == date(2026, 11, 23)


def test_r8_grace_follows_the_last_on_time_day() -> None:
    [note] = made("300.00", "0", 1, date(2026, 11, 20), grace_days=5).notes
    assert note.on_time_until == date(2026, 11, 23)
    assert note.free_until == date(2026, 11, 28)


def test_r2_contract_interest_is_in_the_amounts() -> None:
    planned = made("1000.00", "1", 12, date(2026, 1, 10), sold_on=date(2025, 12, 10))
    assert planned.total == D("1066.19")
    assert planned.carried is None
    assert [note.number for note in planned.notes] == list(range(1, 13))


@pytest.mark.parametrize("count", [-1, 0, 121, 10_000_000])
def test_a_number_of_instalments_outside_1_to_120_is_refused_at_once(count: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        made("100.00", "0", count, date(2026, 1, 10))
    assert caught.value.field == "installments"


def test_r1_fewer_cents_than_notes_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"pelo menos R\$\s0,01"):
        made("0.02", "0", 3, date(2026, 1, 10))


def test_r10_the_oldest_notes_are_filled_first_and_the_last_one_in_part() -> None:
    owed = [(1, D("102.00")), (2, D("101.00")), (3, D("100.00"))]
    assert distribute(D("203.50"), owed) == [(1, D("102.00")), (2, D("101.00")), (3, D("0.50"))]


def test_r10_more_than_all_that_is_owed_is_refused_with_the_exact_amount() -> None:
    with pytest.raises(InvalidInput, match=r"R\$\s203,00"):
        distribute(D("203.01"), [(1, D("102.00")), (2, D("101.00"))])


@given(
    st.lists(st.decimals(D("0.01"), D("9999.99"), places=2), min_size=1, max_size=12),
    st.decimals(D("0.01"), D("99999.99"), places=2),
)
def test_r10_nothing_is_lost_and_no_note_gets_more_than_it_owes(owed: list[D], amount: D) -> None:
    pairs = list(enumerate(owed))
    if amount > sum(owed):
        with pytest.raises(InvalidInput):
            distribute(amount, pairs)
        return
    parts = distribute(amount, pairs)
    assert sum(value for _, value in parts) == amount
    assert all(0 < value <= owed[note_id] for note_id, value in parts)
    assert [note_id for note_id, _ in parts] == sorted(note_id for note_id, _ in parts)
