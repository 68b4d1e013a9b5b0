"""Ranges of a sale's total, by which a manager looks at the portfolio.

>>> value_range(Decimal("100.00")), value_range(Decimal("100.01")), value_range(Decimal(5000))
('0-100', '100-250', '>1000')
"""

from __future__ import annotations

from decimal import Decimal

#: Upper limit in R$, itself included, of each range but the last.
VALUE_LIMITS = (Decimal(100), Decimal(250), Decimal(500), Decimal(1000))
VALUE_RANGES = ("0-100", "100-250", "250-500", "500-1000", ">1000")
VALUE_RANGE_NAMES = {
    "0-100": "Até R$ 100",
    "100-250": "R$ 100 a R$ 250",
    "250-500": "R$ 250 a R$ 500",
    "500-1000": "R$ 500 a R$ 1.000",
    ">1000": "Mais de R$ 1.000",
}


def value_range(total: Decimal) -> str:
    """The range that holds a sale's total, R$."""
    for limit, name in zip(VALUE_LIMITS, VALUE_RANGES, strict=False):
        if total <= limit:
            return name
    return VALUE_RANGES[-1]


def value_limits(name: str) -> tuple[Decimal | None, Decimal | None]:
    """Lower limit (not included) and upper limit (included) of a range, R$; None is open.

    KeyError for a name that is none.
    """
    limits = [None, *VALUE_LIMITS, None]
    place = dict(zip(VALUE_RANGES, range(len(VALUE_RANGES)), strict=True))[name]
    return limits[place], limits[place + 1]
