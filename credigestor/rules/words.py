"""Amounts, dates and lists in words, as promissory notes and receipts have them (R23, R24).

>>> from decimal import Decimal as D
>>> for amount in ("0.01", "0.05", "1", "100", "101.01", "1000", "1100", "1000000"):
...     print(money_in_words(D(amount)))
um centavo
cinco centavos
um real
cem reais
cento e um reais e um centavo
mil reais
mil e cem reais
um milhão de reais
>>> print(money_in_words(D("1234567.89")))
um milhão, duzentos e trinta e quatro mil, quinhentos e sessenta e sete reais e oitenta e nove \
centavos
>>> print(date_in_words(date(2026, 1, 10)), date_in_words(date(1999, 4, 1)), sep="; ")
dez de janeiro de dois mil e vinte e seis; primeiro de abril de mil novecentos e noventa e nove

num2words words the numbers below a thousand; its own joining of thousands, millions and
currency goes wrong in places (0,05; 2.500.000.000).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache

from num2words import num2words

from credigestor.rules.calendar import MONTH_NAMES
from credigestor.rules.money import round_cents

_CLASSES = (("", ""), ("mil", "mil"), ("milhão", "milhões"), ("bilhão", "bilhões"))


def money_in_words(amount: Decimal | int) -> str:
    """An amount of R$ in words, rounded to the cent; zero is "zero real" (R23).

    Raises ValueError below zero and from a trillion on.
    """
    reais, cents = divmod(int(round_cents(amount) * 100), 100)
    parts = []
    if reais or not cents:
        whole_millions = reais >= 1_000_000 and reais % 1_000_000 == 0
        unit = "real" if reais < 2 else "de reais" if whole_millions else "reais"
        parts.append(f"{_number(reais)} {unit}")
    if cents:
        parts.append(f"{_number(cents)} {'centavo' if cents == 1 else 'centavos'}")
    return " e ".join(parts)


def listed(words: Sequence[str]) -> str:
    """Words one after the other, the last joined by "e".

    >>> listed(["CNPJ ou CPF", "nome", "cidade"]), listed(["cidade"]), listed([])
    ('CNPJ ou CPF, nome e cidade', 'cidade', '')
    """
    return " e ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def date_in_words(day: date) -> str:
    """A date in words; the first of a month is "primeiro"."""
    number = "primeiro" if day.day == 1 else _number(day.day)
    year = _number(day.year).replace(",", "")  # the comma parts classes only in amounts
    return f"{number} de {MONTH_NAMES[day.month - 1]} de {year}"


def _number(value: int) -> str:
    """A cardinal number: its classes parted by commas, the last one joined by "e" if round.

    >>> [_number(n) for n in (0, 1001, 1200, 2_500_000_000)]
    ['zero', 'mil e um', 'mil e duzentos', 'dois bilhões e quinhentos milhões']
    """
    if not 0 <= value < 1000 ** len(_CLASSES):
        raise ValueError(f"no words for {value}")
    if value < 1000:
        return _below_thousand(value)
    worded, last = [], 0
    for place in reversed(range(len(_CLASSES))):
        group = value // 1000**place % 1000
        if group:
            worded.append(_class(group, place))
            last = group
    joint = " e " if last <= 100 or last % 100 == 0 else ", "
    *others, end = worded
    return joint.join(filter(None, (", ".join(others), end)))


def _class(group: int, place: int) -> str:
    singular, plural = _CLASSES[place]
    if place == 1 and group == 1:
        return singular
    return f"{_below_thousand(group)} {singular if group == 1 else plural}".rstrip()


@lru_cache(maxsize=1000)
def _below_thousand(value: int) -> str:
    return str(num2words(value, lang="pt_BR"))
