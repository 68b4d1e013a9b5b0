"""R1–R4 and R8 together: the notes a sale would make; and R10: spreading one payment."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules.allocation import distribute
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.schedule import plan, total_of

NATIONAL = HolidayRules()


def test_r3_the_anchor_day_of_the_first_due_date_is_kept() -> None:
    notes = plan(D("300.00"), D(0), 3, date(2026, 1, 31), holidays=NATIONAL)
    assert [note.due_date for note in notes] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
    ]


def test_r4_a_note_due_on_a_holiday_is_on_time_until_the_next_business_day() -> None:
    [note] = plan(D("300.00"), D(0), 1, date(2026, 11, 20), holidays=NATIONAL)
    assert note.due_date == date(2026, 11, 20)
    assert note.on_time_until == note.free_until == date(2026, 11, 23)


def test_r8_grace_follows_the_last_on_time_day() -> None:
    [note] = plan(D("300.00"), D(0), 1, date(2026, 11, 20), grace_days=5, holidays=NATIONAL)
    assert note.on_time_until == date(2026, 11, 23)
    assert note.free_until == date(2026, 11, 28)


def test_r2_contract_interest_is_in_the_amounts() -> None:
    notes = plan(D("1000.00"), D(1), 12, date(2026, 1, 10), holidays=NATIONAL)
    assert total_of(notes) == D("1066.19")
    assert [note.number for note in notes] == list(range(1, 13))


@pytest.mark.parametrize("count", [-1, 0, 121, 10_000_000])
def test_a_number_of_instalments_outside_1_to_120_is_refused_at_once(count: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        plan(D("100.00"), D(0), count, date(2026, 1, 10), holidays=NATIONAL)
    assert caught.value.field == "installments"


def test_r1_fewer_cents_than_notes_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"pelo menos R\$\s0,01"):
        plan(D("0.02"), D(0), 3, date(2026, 1, 10), holidays=NATIONAL)


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
