"""Money and percentages, as typed and as shown."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules.money import (
    CENT,
    MAX_MONEY,
    MONEY_REGEX,
    format_brl,
    format_number,
    format_percent,
    parse_money,
    parse_rate,
    round_cents,
)

amounts = st.decimals(min_value=0, max_value=MAX_MONEY, places=2)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("2.085", "2.09"),  # R7: 208,50 × 1 %
        ("2.084999", "2.08"),
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
    ],
)
def test_cents_are_rounded_half_up(exact: str, rounded: str) -> None:
    assert str(round_cents(Decimal(exact))) == rounded


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("1234", "1234.00"),
        ("1234,5", "1234.50"),
        ("R$ 1.234,56", "1234.56"),
        ("r$1.234,56", "1234.56"),
        ("R$\xa01.234,56", "1234.56"),
        ("1.234", "1234.00"),
        ("1.234.567", "1234567.00"),
        (" \xa0 0,01 \n", "0.01"),
        ("0", "0.00"),
        ("9.999.999.999,99", "9999999999.99"),
    ],
)
def test_money_is_read_as_brazilians_type_it(typed: str, amount: str) -> None:
    assert str(parse_money(typed)) == amount


@pytest.mark.parametrize(
    "typed",
    [
        *("", "   ", "\xa0", "abc", "R$", ",", ".", ",50", "5,", "1.234,567", "1,2,3", "1,234.56"),
        *("12.34", "1.23", "1.2345", "1234.567", "1.23.456,00", "0.123", "1..234", "1 234,56"),
        *("-5", "R$ -5", "-R$ 5,00", "−5", "+5", "1e30", "NaN", "Infinity", "inf", "0x10", "1_000"),
        *("１２３", "١٢٣", "12³", "5 reais", "10.000.000.000,00", "9" * 10_000, "<script>"),
    ],
)
def test_money_that_is_not_strictly_brazilian_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_money(typed, field="total")
    assert refusal.value.field == "total"
    assert "1.234,56" in refusal.value.message
    assert len(refusal.value.message) < 200


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("-5", "não pode ser negativo"),
        ("R$ -5", "não pode ser negativo"),
        ("10.000.000.000", "máximo é R$\xa09.999.999.999,99"),
        ("1.234,567", "inválido: “1.234,567”"),
        ("x" * 31, "inválido: “" + "x" * 30 + "…”"),
    ],
)
def test_the_message_says_what_is_wrong_with_the_amount(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)):
        parse_money(typed)


def test_an_amount_below_the_minimum_is_refused() -> None:
    assert parse_money("0,01", minimum=CENT) == CENT
    with pytest.raises(InvalidInput, match="maior que zero"):
        parse_money("0,00", minimum=CENT)
    with pytest.raises(InvalidInput, match="no mínimo R\\$\xa010,00"):
        parse_money("9,99", minimum=Decimal(10))


@given(amounts)
def test_a_shown_amount_reads_back_as_itself(amount: Decimal) -> None:
    assert parse_money(format_brl(amount)) == amount
    assert parse_money(format_number(amount)) == amount
    assert re.search(MONEY_REGEX, format_brl(amount))


@given(st.text())
def test_whatever_is_typed_is_read_with_two_decimals_or_refused(typed: str) -> None:
    try:
        amount = parse_money(typed)
    except InvalidInput:
        return
    assert 0 <= amount <= MAX_MONEY
    assert amount.as_tuple().exponent == -2


@pytest.mark.parametrize(
    "padding", [" " * 50_000 + "x", "1" + " " * 50_000 + "x", "R$" + " " * 50_000 + "x"]
)
def test_a_monstrous_text_is_refused_at_once(padding: str) -> None:
    for parse in (parse_money, parse_rate):
        with pytest.raises(InvalidInput):
            parse(padding)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("1", "1"),
        ("1,5", "1.5"),
        ("0,033", "0.033"),
        (" 1,5 % ", "1.5"),
        ("12,3456\xa0%", "12.3456"),
        ("0", "0"),
        ("999,9999", "999.9999"),
    ],
)
def test_a_percentage_is_read_with_a_comma_and_up_to_four_decimals(typed: str, rate: str) -> None:
    assert parse_rate(typed) == Decimal(rate)


@pytest.mark.parametrize(
    "typed", ["", " ", "%", "1.5", "1,23456", "-1", "1000", "1e2", "NaN", "um", "1,5 %%", "１"]
)
def test_any_other_percentage_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="1,5") as refusal:
        parse_rate(typed, field="late_rate")
    assert refusal.value.field == "late_rate"


def test_r6_a_fine_above_two_percent_is_refused_by_the_maximum() -> None:
    assert parse_rate("2", maximum=Decimal(2)) == 2
    with pytest.raises(InvalidInput, match="máximo é 2\xa0%"):
        parse_rate("2,0001", maximum=Decimal("2.00"))


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("1234.56", "R$\xa01.234,56"),
        ("0", "R$\xa00,00"),
        ("-5", "-R$\xa05,00"),
        ("-0.004", "R$\xa00,00"),
        ("0.125", "R$\xa00,13"),
        ("1234567890123.45", "R$\xa01.234.567.890.123,45"),
    ],
)
def test_amounts_are_shown_in_reais_rounded_half_up(amount: str, shown: str) -> None:
    assert format_brl(Decimal(amount)) == shown
    assert format_number(Decimal(amount)) == shown.replace("R$\xa0", "")


def test_the_sum_of_no_amounts_is_shown_as_zero() -> None:
    no_amounts: list[Decimal] = []
    assert format_brl(sum(no_amounts)) == "R$\xa00,00"


def test_r2_and_r17_percentages_are_shown_with_the_places_asked() -> None:
    assert format_percent(Decimal("12.682503")) == "12,68\xa0%"
    assert format_percent(Decimal("48.835")) == "48,84\xa0%"
    assert format_percent(Decimal("0.033"), places=3) == "0,033\xa0%"
    assert format_percent(Decimal("0.5"), places=0) == "1\xa0%"
    assert format_percent(Decimal("1234.5"), places=1) == "1.234,5\xa0%"
    assert format_percent(Decimal("-0.001")) == "0,00\xa0%"
