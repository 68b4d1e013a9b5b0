"""The true rate of a sale goes by its dates, never by the nominal rate alone (R2b).

1.000,00 in three notes of 367,21, sold on 29/11/26, first due 10, 30 and 91 days later:

>>> from datetime import date
>>> from decimal import Decimal as D
>>> def true(*due: date) -> Decimal:
...     return daily_rate(D(1000), [((day - date(2026, 11, 29)).days, D("367.21")) for day in due])
>>> soon = true(date(2026, 12, 9), date(2027, 1, 9), date(2027, 2, 9))
>>> usual = true(date(2026, 12, 29), date(2027, 1, 29), date(2027, 2, 28))
>>> late = true(date(2027, 2, 28), date(2027, 3, 28), date(2027, 4, 28))
>>> [(str(monthly(rate)), str(yearly(rate))) for rate in (soon, usual, late)]
[('7.48', '140.65'), ('4.94', '79.89'), ('2.45', '34.31')]

Notes that add up to what is financed bear no interest:

>>> str(daily_rate(D(100), [(30, D(50)), (60, D(50))]))
'0'

Sources: CDC art. 52, 54-B; the equation is that of an internal rate of return by days.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext

#: Decimals of a daily rate as it is kept; what is paid after ten years is still right to the cent.
PLACES = 18
_CLOSE = Decimal(1).scaleb(-PLACES - 6)


def daily_rate(financed: Decimal, notes: Iterable[tuple[int, Decimal]]) -> Decimal:
    """The rate a day, as a fraction, at which the notes are worth R$ `financed` on the sale's day.

    `notes` are pairs of days from the sale to the nominal due date, in order, and R$. Exact to
    PLACES decimals; zero where they add up to no more than is financed, or no rate makes them.
    """
    by_days = list(notes)
    at_once = sum(amount for days, amount in by_days if days == 0)
    if at_once >= financed or sum(amount for _, amount in by_days) <= financed:
        return Decimal(0)
    if any(days < 0 for days, _ in by_days):
        return Decimal(0)
    with localcontext() as context:
        context.prec = 45
        # What the notes are worth rises with v = 1 ÷ (1 + r), ever faster: from v = 1, where it
        # is too much, Newton's steps come down to the root and never pass it.
        v = Decimal(1)
        while True:
            value, slope = -financed, Decimal(0)
            power, reached = Decimal(1), 0
            for days, amount in by_days:
                power *= v ** (days - reached)
                reached = days
                value += amount * power
                slope += days * amount * power
            step = value * v / slope
            v -= step
            if step <= _CLOSE:
                return round(1 / v - 1, PLACES)


def of_month(percent: Decimal) -> Decimal:
    """The rate a day, as a fraction, that makes so many percent in thirty days.

    >>> str(of_month(Decimal(1)))
    '0.000331732706234138'
    """
    with localcontext() as context:
        context.prec = 45
        return round((1 + percent / 100) ** (Decimal(1) / 30) - 1, PLACES)


def monthly(rate: Decimal, places: int = 2) -> Decimal:
    """The effective rate of thirty days, percent with so many decimals, of a rate a day (R2b)."""
    return _over(rate, 30, places)


def yearly(rate: Decimal) -> Decimal:
    """The effective yearly cost (CET), percent with two decimals, of a rate a day (R2b)."""
    return _over(rate, 365)


def _over(rate: Decimal, days: int, places: int = 2) -> Decimal:
    with localcontext() as context:
        context.prec = 45
        percent = ((1 + rate) ** days - 1) * 100
        return percent.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
