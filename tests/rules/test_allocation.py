"""Spreading a discount over the notes that it settles (R14)."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.allocation import spread

MONEY = st.decimals("0.01", "99999.99", places=2)


@given(MONEY, st.lists(MONEY, min_size=1, max_size=120))
def test_r14_a_discount_is_spread_to_the_cent_and_in_proportion(
    amount: Decimal, owed: list[Decimal]
) -> None:
    parts = spread(amount, dict(enumerate(owed)))
    assert sum(parts.values()) == amount
    for note, value in enumerate(owed):
        assert parts[note] == parts[note].quantize(Decimal("0.01"))
        assert parts[note] >= 0
        assert abs(parts[note] - amount * value / sum(owed)) < Decimal("0.0101")


@given(st.lists(MONEY, min_size=1, max_size=120), st.decimals("0.01", "1", places=2))
def test_no_note_gets_more_than_it_owes(owed: list[Decimal], part: Decimal) -> None:
    amount = max(Decimal("0.01"), (sum(owed) * part).quantize(Decimal("0.01"), "ROUND_DOWN"))
    parts = spread(amount, dict(enumerate(owed)))
    assert all(parts[note] <= value for note, value in enumerate(owed))
