"""What people write in one cell about a sale and its instalments: numbers, days, amounts."""

from __future__ import annotations

import re
from functools import lru_cache

_SPLIT = re.compile(
    r"(?P<sale>.*?[0-9A-Za-z])\s*[/\-.]\s*(?P<number>[0-9]{1,3}|[A-Z])(?:\s*(?:de|/)\s*[0-9]{1,3})?"
)
_NUMBER = re.compile(
    r"\D{0,10}?([0-9]{1,4})[ªaº°]?(?:\s*(?:/|de|-|x)\s*[0-9]{1,4})?\D{0,10}", re.IGNORECASE
)
_ENTRY = re.compile(r"0+(?![0-9])|ent(r|$)|sinal", re.IGNORECASE)
_DAY = re.compile(
    r"(?<![0-9])(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?![0-9])"
)
_AMOUNT = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def number_of(text: str) -> int:
    """The number of an instalment as people write it; 0 of none.

    >>> [number_of(said) for said in ("1/10", "03 de 12", "2ª", "Parc 4", "entrada", "")]
    [1, 3, 2, 4, 0, 0]
    """
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else 0


@lru_cache(maxsize=4096)
def is_entry(text: str) -> bool:
    """Whether an instalment's number says that it is what was paid down.

    >>> [is_entry(said) for said in ("0", "Entrada", "00/05", "ENT", "sinal", "1/5", "10", "")]
    [True, True, True, True, True, False, False, False]
    """
    return _ENTRY.match(text) is not None


def split_document(text: str) -> tuple[str, str]:
    """A document's sale and the instalment in it: 1234/2, 1234-B; the instalment may be empty.

    >>> split_document("1234/02"), split_document("NP 77-1/3"), split_document("1234")
    (('1234', '02'), ('NP 77', '1'), ('1234', ''))
    """
    match = _SPLIT.fullmatch(text)
    if match is None:
        return text, ""
    number = match["number"]
    return match["sale"], number if number.isdigit() else str(ord(number) - ord("A") + 1)


def days_in(text: str) -> list[str]:
    """The days of a list in one cell.

    >>> days_in("05/02/26 100,00; 05/03/26 120,00"), days_in("2026-02-05, 2026-03-05")
    (['05/02/26', '05/03/26'], ['2026-02-05', '2026-03-05'])
    """
    return _DAY.findall(text)


def amounts_in(text: str) -> list[str]:
    """The amounts of a list in one cell, without its days.

    >>> amounts_in("05/02/26 100,00; 05/03/26 R$ 1.120,00"), amounts_in("100,00, 90,50")
    (['100,00', '1.120,00'], ['100,00', '90,50'])
    """
    return _AMOUNT.findall(_DAY.sub(" ", text))
