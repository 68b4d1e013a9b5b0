"""The order of a list, as a word: a column's name, or `-name` from the greatest down.

orders = {"name": Customer.name_folded, "city": Customer.city}
select(Customer).order_by(*ordered("-city", orders, tie=Customer.id))
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement


def ordered(
    word: str, orders: Mapping[str, Any], *others: Any, tie: Any
) -> list[ColumnElement[Any]]:
    """ORDER BY of a word: its column, then `others` and `tie` the same way.

    So pages never overlap, where these are unlike in any two rows.

    What is not known stands last, either way. KeyError for a column that is not among `orders`.
    """
    key = orders[word.removeprefix("-")]
    if not word.startswith("-"):
        return [key.asc(), *(each.asc() for each in (*others, tie))]
    # Said of a column that is never null, it would keep PostgreSQL from walking its index.
    known = getattr(key, "nullable", True) is False
    first = key.desc() if known else key.desc().nulls_last()
    return [first, *(each.desc() for each in (*others, tie))]
