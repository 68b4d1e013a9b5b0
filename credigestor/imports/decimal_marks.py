"""Which mark stands before the cents, decided for a whole file by values that read one way only.

>>> decimal_mark(["1.234,56", "12", "1.234"]), decimal_mark(["1,234.56", "0.5"])
(',', '.')
>>> decimal_mark(["1.234", "15"]) is None  # one thousand and something, or one and something?
True
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from credigestor.errors import InvalidInput
from credigestor.rules.money import MONEY_REGEX, parse_money
from credigestor.rules.quoting import quote

_LONGEST_AMOUNT = 40  # characters; nothing longer is kept in a cache
SWAP_MARKS = str.maketrans(",.", ".,")
# What can only be read with the comma as the decimal mark; swapped, only with the point.
_ONLY_COMMA = re.compile(
    r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,2}|[0-9]+,[0-9]{1,2}|"
    r"[0-9]{1,3}(?:\.[0-9]{3}){2,}"
)
_THREE_DIGITS = re.compile(r"(?:R\$\s*)?[0-9]{1,3}[.,][0-9]{3}")
_NOT_DIGITS = re.compile(r"[R$\s-]+")


def decimal_mark(values: Iterable[str]) -> str | None:
    """The decimal mark of a file's amounts, "," or "."; None when no value tells.

    Where values contradict each other the more frequent mark is taken, and the others are
    wrong under it.
    """
    comma = point = 0
    for value in values:
        if len(value) > _LONGEST_AMOUNT:
            continue
        only_comma, only_point = _reads_as(value)
        comma += only_comma
        point += only_point
    if comma == point == 0:
        return None
    return "." if point > comma else ","


@lru_cache(maxsize=16_384)
def _reads_as(value: str) -> tuple[bool, bool]:
    digits = _NOT_DIGITS.sub("", value)
    return (
        _ONLY_COMMA.fullmatch(digits) is not None,
        _ONLY_COMMA.fullmatch(digits.translate(SWAP_MARKS)) is not None,
    )


def parse_amount(cell: str, mark: str | None, minimum: Decimal) -> Decimal:
    """R$ written with the decimal mark given; None takes what reads the same either way.

    Raises InvalidInput, also for what could be thousands or decimals when no mark is known.
    """
    if mark is None and _THREE_DIGITS.fullmatch(cell):
        raise InvalidInput(
            f"Valor ambíguo: {quote(cell)}. Nada no arquivo diz se vírgula e ponto separam "
            "milhares ou centavos; escreva com centavos, como 1.234,00."
        )
    if mark != ".":
        return parse_money(cell, minimum=minimum)
    swapped = cell.translate(SWAP_MARKS)
    if cell and "-" not in cell and not re.fullmatch(MONEY_REGEX, swapped):
        raise InvalidInput(
            f"Valor inválido: {quote(cell)}. Neste arquivo o ponto separa os centavos; "
            "escreva como 1234.56."
        )
    return parse_money(swapped, minimum=minimum)
