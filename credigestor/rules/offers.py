"""How long a proposal stands, and how it stands on a day (CDC art. 30 and 54-B, III).

>>> made = date(2026, 11, 30)
>>> last_day(made)
datetime.date(2026, 12, 2)
>>> str(standing(made, last_day(made), sold=False)), str(standing(last_day(made), made, sold=False))
('open', 'expired')
>>> str(standing(made, made, sold=True))
'sold'
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

#: Days that the law wants an offer of credit to stand, at least; the day it is made is not counted.
VALID_DAYS = 2


class Standing(StrEnum):
    """A proposal that may still become a sale, one that has, and one that no longer may."""

    OPEN = "open"
    SOLD = "sold"
    EXPIRED = "expired"


STANDING_NAMES = {
    Standing.OPEN: "Em aberto",
    Standing.SOLD: "Virou venda",
    Standing.EXPIRED: "Vencida",
}


def last_day(made_on: date) -> date:
    """The last day on which a proposal of a day may become a sale."""
    return made_on + timedelta(days=VALID_DAYS)


def standing(today: date, valid_until: date, *, sold: bool) -> Standing:
    """How a proposal stands on a day."""
    if sold:
        return Standing.SOLD
    return Standing.OPEN if today <= valid_until else Standing.EXPIRED
