"""The lateness that a sale in the place of older ones takes along, in SQL (R15)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.rules.renegotiation import TRIED


def untried(day: ColumnElement[date] | date, sale: Any = Sale) -> ColumnElement[bool]:
    """Of a sale: too few of its notes are paid at the end of a day for its risk to be its own."""
    paid = aliased(Note)
    count = (
        select(func.count())
        .where(paid.sale_id == sale.id, paid.closed.is_(None), paid.settled_on <= day)
        .correlate(sale)
        .scalar_subquery()
    )
    return count < func.least(TRIED, sale.installments)


def inheriting(day: date, *, over: int = 0) -> Select[Any]:
    """SELECT of the sales whose notes count as more than `over` days late, whatever they are."""
    sale, old = aliased(Sale), aliased(Renegotiation)
    return (
        select(sale.id)
        .join(old, old.sale_id == sale.id)
        .where(old.days_late > over, untried(day, sale))
    )
