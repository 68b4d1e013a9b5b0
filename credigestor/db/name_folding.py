"""Customers whose stored fold is not that of their name, so that no search finds them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.rules.identity import fold

_ROWS_AT_ONCE = 5000


def misfolded(session: Session) -> Iterator[Row[int, str, str]]:
    """(id, name, name_folded) of each of them, in id order."""
    rows = session.execute(
        select(Customer.id, Customer.name, Customer.name_folded).order_by(Customer.id),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    return (row for row in rows if row.name_folded != fold(row.name))
