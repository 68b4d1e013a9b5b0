"""R23's words: each cent up to 9.999,99, against a second way of building them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.money import MAX_MONEY
from credigestor.rules.words import date_in_words, money_in_words

# fmt: off
ONES = [
    "zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze",
    "doze", "treze", "catorze", "quinze", "dezesseis", "dezessete", "dezoito", "dezenove",
]
TENS = [
    "", "", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta",
    "noventa",
]
HUNDREDS = [
    "", "cento", "duzentos", "trezentos", "quatrocentos", "quinhentos", "seiscentos",
    "setecentos", "oitocentos", "novecentos",
]
# fmt: on


def spelled(number: int) -> str:
    """A cardinal number by tables, from its front to its end."""
    for size, one, many in (
        (10**9, "um bilhão", "bilhões"),
        (10**6, "um milhão", "milhões"),
        (1000, "mil", "mil"),
    ):
        if number >= size:
            count, rest = divmod(number, size)
            head = one if count == 1 else f"{spelled(count)} {many}"
            if not rest:
                return head
            # "e" before what is the last class of all, when that is a round or a small one
            lower = next(s for s in (10**6, 1000, 1) if rest >= s)
            group = rest // lower
            last = rest % lower == 0
            joint = " e " if last and (group <= 100 or group % 100 == 0) else ", "
            return head + joint + spelled(rest)
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f" e {ONES[number % 10]}" if number % 10 else "")
    if number == 100:
        return "cem"
    return HUNDREDS[number // 100] + (f" e {spelled(number % 100)}" if number % 100 else "")


def expected(cents: int) -> str:
    reais, cents = divmod(cents, 100)
    words = []
    if reais == 1:
        words.append("um real")
    elif reais:
        words.append(spelled(reais) + (" reais" if reais % 10**6 else " de reais"))
    if cents == 1:
        words.append("um centavo")
    elif cents:
        words.append(spelled(cents) + " centavos")
    return " e ".join(words)


def test_each_cent_up_to_9999_99_is_worded_as_by_the_tables() -> None:
    """R23, all of its 999.999 amounts: no sample."""
    wrong = [c for c in range(1, 1_000_000) if money_in_words(D(c).scaleb(-2)) != expected(c)]
    assert wrong == []


@given(st.integers(1, int(MAX_MONEY * 100)))
def test_larger_amounts_are_worded_as_by_the_tables(cents: int) -> None:
    assert money_in_words(D(cents).scaleb(-2)) == expected(cents)


@given(st.integers(0, 9999), st.integers(1, 9), st.sampled_from([10**3, 10**6, 10**9]))
def test_amounts_just_above_a_round_one_are_worded_as_by_the_tables(
    reais: int, times: int, size: int
) -> None:
    assert money_in_words(size * times + reais) == expected((size * times + reais) * 100)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.01", "um centavo"),
        ("0.05", "cinco centavos"),
        ("1.00", "um real"),
        ("1.01", "um real e um centavo"),
        ("16.17", "dezesseis reais e dezessete centavos"),
        ("100.00", "cem reais"),
        ("101.01", "cento e um reais e um centavo"),
        ("1000.00", "mil reais"),
        ("1001.00", "mil e um reais"),
        ("1100.00", "mil e cem reais"),
        ("1234.56", "mil, duzentos e trinta e quatro reais e cinquenta e seis centavos"),
        ("1000000.00", "um milhão de reais"),
        ("2000000.01", "dois milhões de reais e um centavo"),
        ("1000001.00", "um milhão e um reais"),
        ("1100000.00", "um milhão e cem mil reais"),
        ("2500000000.00", "dois bilhões e quinhentos milhões de reais"),
        (
            "9999999999.99",
            "nove bilhões, novecentos e noventa e nove milhões, novecentos e noventa e nove mil, "
            "novecentos e noventa e nove reais e noventa e nove centavos",
        ),
    ],
)
def test_r23_amounts_are_worded_as_a_notary_would(amount: str, words: str) -> None:
    assert money_in_words(D(amount)) == words


def test_an_amount_is_rounded_half_up_before_it_is_worded() -> None:
    assert money_in_words(D("0.005")) == "um centavo"
    assert money_in_words(D(0)) == "zero real"


@pytest.mark.parametrize("amount", [D("-0.01"), D(10) ** 12])
def test_an_amount_that_has_no_words_here_is_an_error(amount: D) -> None:
    with pytest.raises(ValueError, match="no words"):
        money_in_words(amount)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 1, 1), "primeiro de janeiro de dois mil e vinte e seis"),
        (date(2026, 1, 10), "dez de janeiro de dois mil e vinte e seis"),
        (date(2028, 2, 29), "vinte e nove de fevereiro de dois mil e vinte e oito"),
        (date(1999, 3, 31), "trinta e um de março de mil novecentos e noventa e nove"),
        (date(2100, 11, 2), "dois de novembro de dois mil e cem"),
        (date(2123, 12, 16), "dezesseis de dezembro de dois mil cento e vinte e três"),
    ],
)
def test_a_date_is_worded_and_the_first_of_a_month_is_the_first(day: date, words: str) -> None:
    assert date_in_words(day) == words


def test_no_two_days_have_the_same_words() -> None:
    days = [date(2026, 1, 1) + timedelta(days=k) for k in range(3000)]
    assert len({date_in_words(day) for day in days}) == len(days)
