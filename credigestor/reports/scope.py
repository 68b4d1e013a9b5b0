"""Which part of the portfolio a figure is about: whose sales, of which city, of what value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Stands for sales that nobody is named as the seller of.
NO_SELLER: Literal["none"] = "none"


@dataclass(frozen=True)
class Scope:
    """The whole portfolio by default; all that is set must hold.

    `seller` is a user's id or NO_SELLER, that of the sale; `city` is the customer's as it is
    now; `value` is one of `rules.value_ranges.VALUE_RANGES`, that of the sale's total.
    """

    seller: int | Literal["none"] | None = None
    city: str | None = None
    value: str | None = None


#: The whole portfolio.
EVERYTHING = Scope()
