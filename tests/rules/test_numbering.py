"""Numbers of sales and notes as printed, and as people type them back (R23)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.numbering import note_number, parse_note_number, sale_number


@given(st.integers(1, 999_999_999), st.integers(1, 120), st.integers(1, 120))
def test_what_is_printed_is_read_back(sale: int, place: int, count: int) -> None:
    assert parse_note_number(note_number(sale, place, count)) == (sale, place)
    assert parse_note_number(sale_number(sale)) == (sale, None)


@pytest.mark.parametrize("typed", ["123-2", "000123-02", " 123 - 2 / 10 ", "00000000123-2/10"])
def test_zeros_spaces_and_the_count_may_be_left_out(typed: str) -> None:
    assert parse_note_number(typed) == (123, 2)


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "-2", "123-", "123/10", "1-2-3", "9" * 10, "9" * 10_000, "1-9999", "١٢٣", "1.5"],
)
def test_anything_else_is_no_number(typed: str) -> None:
    assert parse_note_number(typed) is None
