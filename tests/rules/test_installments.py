"""R1 and R2: a sale split into notes, without and with contract interest."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules.installments import (
    split,
    split_evenly,
    split_price,
)
from credigestor.rules.money import MAX_MONEY, round_cents

counts = st.integers(1, 120)
cents = st.integers(1, int(MAX_MONEY * 100))
rates = st.decimals(D("0.0001"), D(20), places=4)


def test_r1_the_first_notes_take_the_cents_that_are_left_over() -> None:
    assert split_evenly(D("1000.00"), 3) == [D("333.34"), D("333.33"), D("333.33")]
    assert split_evenly(D("100.00"), 6) == [D("16.67")] * 4 + [D("16.66")] * 2


def test_r1_one_note_takes_it_all_and_a_cent_each_is_enough() -> None:
    assert split_evenly(D("0.01"), 1) == [D("0.01")]
    assert split_evenly(D("1.20"), 120) == [D("0.01")] * 120


def test_r1_fewer_cents_than_notes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="pelo menos"):
        split_evenly(D("0.05"), 6)


def test_r2_price_of_the_worked_example() -> None:
    notes = split_price(D("1000.00"), D(1), 12)
    assert notes == [D("88.85")] * 11 + [D("88.84")]
    assert sum(notes) == D("1066.19")


def test_r2_a_last_note_that_rounding_eats_up_is_refused_for_that_reason() -> None:
    with pytest.raises(InvalidInput, match="não deixa valor para a última"):
        split_price(D("0.33"), D(10), 30)
    with pytest.raises(InvalidInput, match="pelo menos"):
        split_price(D("0.05"), D(1), 12)


def test_r2_a_note_above_the_largest_amount_is_refused() -> None:
    with pytest.raises(InvalidInput, match="máximo"):
        split(MAX_MONEY, D(1), 1)


@pytest.mark.parametrize("count", [0, -1, 121, 10_000_000])
def test_a_count_outside_one_to_120_is_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="1 a 120"):
        split(D("1000.00"), D(0), count)


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(InvalidInput, match="negativa"):
        split(D("1000.00"), D(-1), 3)


def test_a_rate_of_zero_is_the_even_split() -> None:
    assert split(D("100.00"), D(0), 6) == split_evenly(D("100.00"), 6)


@given(cents, counts)
def test_r1_the_sum_is_exact_and_notes_differ_by_at_most_a_cent(total: int, count: int) -> None:
    amount = D(total) / 100
    if total < count:
        with pytest.raises(InvalidInput):
            split_evenly(amount, count)
        return
    notes = split_evenly(amount, count)
    assert len(notes) == count
    assert sum(notes) == amount
    assert max(notes) - min(notes) <= D("0.01")
    assert min(notes) > 0
    assert notes == sorted(notes, reverse=True)


@given(st.integers(1, 10_000_000), rates, counts)
def test_r2_paying_every_instalment_leaves_exactly_nothing(total: int, rate: D, count: int) -> None:
    principal = D(total) / 100
    try:
        notes = split(principal, rate, count)
    except InvalidInput:
        # Only notes so small that the rounding of all of them may outweigh the last one.
        growth = [(1 + rate / 100) ** k for k in range(count)]
        assert principal * growth[-1] / sum(growth) <= D("0.01") * sum(growth)
        return
    assert len(notes) == count
    assert min(notes) > 0
    assert len(set(notes[:-1])) <= 1
    balance = principal
    for amount in notes:
        balance += round_cents(balance * rate / 100) - amount
    assert balance == 0
    assert sum(notes) >= principal
