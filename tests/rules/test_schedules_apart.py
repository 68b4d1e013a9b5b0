"""R2, R2b, R2c, R3, R14, R14c, R33 against a second computation that shares no code with them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from credigestor.rules import early, true_rate
from tests.rules.apart import (
    ONE,
    amounts_apart,
    cents,
    due_apart,
    of,
    on_time_until,
    power,
    rate_apart,
)
from tests.rules.asking import CASES, TESTS, random_sales


@pytest.mark.parametrize("seed", range(TESTS))
def test_r33_random_sales_are_the_same_to_the_cent_by_a_computation_apart(seed: int) -> None:
    random = Random(33 + seed)
    for asked, made in random_sales(random, CASES):
        schedule, sold = asked.schedule, asked.sold
        due = due_apart(schedule, sold, asked.first, asked.count)
        assert [note.due_date for note in made.notes] == due, asked
        assert [note.on_time_until for note in made.notes] == [*map(on_time_until, due)], asked
        amounts = amounts_apart(schedule, asked.financed, Fraction(asked.rate) / 100, sold, due)
        assert [int(note.amount * 100) for note in made.notes] == amounts, asked
        days = [(day - sold).days for day in due]
        check_rate(made.daily_rate, asked.financed, days, amounts, random)


def check_rate(
    daily: Decimal, financed: int, days: Sequence[int], amounts: Sequence[int], random: Random
) -> None:
    """The true rate, what settles all on the day of the sale, and a part of a note on that day."""
    v = rate_apart(financed, days, amounts)
    if days[0] == 0 and sum(a for d, a in zip(days, amounts, strict=True) if d == 0) >= financed:
        v = ONE
    # As a sale keeps it: eighteen decimals. By it goes all that follows, so that where an exact
    # rate would make half a cent, everybody rounds the same.
    kept = round((Fraction(ONE, v) - 1) * 10**18)
    assert int(daily * 10**18) == kept
    growth = ONE + kept * ONE // 10**18
    for shown, length in ((true_rate.monthly(daily), 30), (true_rate.yearly(daily), 365)):
        assert int(shown * 100) == cents(10_000 * (of(power(growth, length)) - 1))
    values = [max(cents(a * of(power(growth, -d))), 1) for d, a in zip(days, amounts, strict=True)]
    for day, amount, value in zip(days, amounts, values, strict=True):
        assert int(early.present_value(Decimal(amount) / 100, daily, day) * 100) == value
    if kept:
        of_a_cent_at_least = len(values) if min(values) == 1 else 0
        assert abs(sum(values) - financed) <= (len(values) + 1) // 2 + of_a_cent_at_least
    ahead, amount, value = random.choice(list(zip(days, amounts, values, strict=True)))
    if value > 2:
        paid = random.randint(1, value - 1)
        settled = min(cents(paid * of(power(growth, ahead))), amount - 1)
        found = early.settled_by(Decimal(paid) / 100, Decimal(amount) / 100, daily, ahead)
        assert int(found * 100) == settled
