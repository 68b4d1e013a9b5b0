"""Reais and percentages: read as Brazilians type them, rounded once, shown the Brazilian way.

Money is a Decimal in reais. The one rounding policy is half up to the cent, which is what
PostgreSQL's ``round(numeric, 2)`` does for positive amounts.

>>> round_cents(Decimal("2.085"))  # R7: 208,50 × 1 %
Decimal('2.09')
>>> round_cents(Decimal("-0.001"))
Decimal('0.00')

In a typed amount the point only separates thousands and the comma only precedes cents:

>>> parse_money("1.234,56"), parse_money("R$ 1234,5"), parse_money("1.234")
(Decimal('1234.56'), Decimal('1234.50'), Decimal('1234.00'))
>>> parse_money("12.34")
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: Valor inválido: “12.34”. Digite como 1.234,56: ponto só para \
separar milhares, vírgula e até dois dígitos para os centavos.
>>> parse_money("0", minimum=CENT)
Traceback (most recent call last):
    ...
credigestor.errors.InvalidInput: O valor deve ser maior que zero, por exemplo 1.234,56.

Percentages are numbers of percent, not fractions:

>>> parse_rate("0,033"), parse_rate("1,5 %")
(Decimal('0.033'), Decimal('1.5'))

A unit never parts from its number at the end of a line: between them stands a NO-BREAK SPACE
(U+00A0), the one that Unicode CLDR, and so Babel, writes in Brazilian amounts.

>>> format_brl(Decimal("1234.56")), format_brl(Decimal("-5"))
('R$\\xa01.234,56', '-R$\\xa05,00')
>>> format_number(Decimal("0.005"))  # half up; Babel alone would round half to even
'0,01'
>>> format_percent(Decimal("12.6825"))
'12,68\\xa0%'
>>> exact_percent(Decimal("1.0000")), exact_percent(Decimal("0.0330"))
('1\\xa0%', '0,033\\xa0%')
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_currency

from credigestor.errors import InvalidInput
from credigestor.rules.quoting import quote

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
MAX_MONEY = Decimal("9999999999.99")  # the largest NUMERIC(12,2)

# What parse_money reads; JavaScript understands it too, for a browser's hint while one types.
MONEY_REGEX = r"^\s*(?:[Rr]\$\s*)?([1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]{1,2}))?\s*$"
_MONEY = re.compile(MONEY_REGEX)
_NEGATIVE = re.compile(r"(?:[Rr]\$\s*)?-")
_RATE = re.compile(r"([0-9]{1,3})(?:,([0-9]{1,4}))?(?:\s*%)?")
_PT_BR = Locale("pt", "BR")


def round_cents(value: Decimal | int) -> Decimal:
    """Round half up to the cent; never gives a negative zero. R$."""
    return _round(value, CENT)


def parse_money(text: str, *, field: str | None = None, minimum: Decimal = ZERO) -> Decimal:
    """Read an amount typed the Brazilian way ("1.234,56", "R$ 1234,5"), in R$ with two decimals.

    Raises InvalidInput for anything else, below `minimum` (pass CENT to refuse zero) or above
    MAX_MONEY.
    """
    typed = text.strip()
    if not typed:
        raise InvalidInput("Informe o valor, por exemplo 1.234,56.", field=field)
    match = _MONEY.fullmatch(typed)
    if match is None:
        if _NEGATIVE.match(typed):
            raise InvalidInput("O valor não pode ser negativo. Digite como 1.234,56.", field=field)
        raise InvalidInput(
            f"Valor inválido: {quote(typed)}. Digite como 1.234,56: ponto só para separar "
            "milhares, vírgula e até dois dígitos para os centavos.",
            field=field,
        )
    reais, cents = match.groups(default="0")
    value = Decimal(f"{reais.replace('.', '')}.{cents:0<2}")
    if value > MAX_MONEY:
        raise InvalidInput(
            f"Valor alto demais: o máximo é {format_brl(MAX_MONEY)}. Digite como 1.234,56.",
            field=field,
        )
    if value < minimum:
        limit = "maior que zero" if minimum == CENT else f"no mínimo {format_brl(minimum)}"
        raise InvalidInput(f"O valor deve ser {limit}, por exemplo 1.234,56.", field=field)
    return value


def parse_rate(text: str, *, field: str | None = None, maximum: Decimal | None = None) -> Decimal:
    """Read a percentage ("1", "1,5 %", "0,033") of up to four decimals, as a number of percent.

    Raises InvalidInput for anything else, 1.000 % or more, or above `maximum`.
    """
    typed = text.strip()
    if not typed:
        raise InvalidInput("Informe o percentual, por exemplo 1,5.", field=field)
    match = _RATE.fullmatch(typed)
    if match is None:
        raise InvalidInput(
            f"Percentual inválido: {quote(typed)}. Digite como 1,5: vírgula e até quatro "
            "casas decimais, no máximo 999,9999.",
            field=field,
        )
    value = Decimal(".".join(match.groups(default="0")))
    if maximum is not None and value > maximum:
        raise InvalidInput(f"O percentual máximo é {_show(maximum, '0.####')}\xa0%.", field=field)
    return value


def format_brl(value: Decimal | int) -> str:
    """Show an amount of R$ as "R$ 1.234,56" or "-R$ 5,00", with a NO-BREAK SPACE (U+00A0)."""
    return _show(round_cents(value), "¤\xa0#,##0.00")


def format_number(value: Decimal | int) -> str:
    """Show an amount of R$ without its symbol: "1.234,56"."""
    return _show(round_cents(value), "#,##0.00")


def format_percent(value: Decimal | int, places: int = 2) -> str:
    """Show a number of percent as "12,68 %", with a NO-BREAK SPACE (U+00A0)."""
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return _show(_round(value, Decimal(1).scaleb(-places)), pattern) + "\xa0%"


def exact_percent(value: Decimal, least: int = 0) -> str:
    """Show a number of percent with the decimals that it has, at least so many."""
    decimals = -int(value.normalize().as_tuple().exponent)
    return format_percent(value, max(decimals, least))


def _round(value: Decimal | int, unit: Decimal) -> Decimal:
    return Decimal(value).quantize(unit, ROUND_HALF_UP) + 0  # + 0 turns -0.00 into 0.00


# Babel takes 10 µs a cell, and a table of thousands of cells is drawn again on every rerun.
@lru_cache(maxsize=16_384)
def _show(value: Decimal, pattern: str) -> str:
    return format_currency(value, "BRL", pattern, locale=_PT_BR, currency_digits=False)
