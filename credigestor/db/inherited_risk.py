"""The sales whose notes count as late as an old debt was, in SQL (R15)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from credigestor.db.models import Note, Renegotiation, Sale
from credigestor.rules.renegotiation import TRIED


def inheriting(day: ColumnElement[date] | date, *, over: int = 0) -> Select[Any]:
    """SELECT of those that took the place of notes more than `over` days late.

    Until so many of their own notes are paid, at the end of the day, that their risk is their own.
    Nothing in it depends on a row outside, so that it is run once, whatever asks for it: for what
    asks of the whole shop.
    """
    sale, old, paid = aliased(Sale), aliased(Renegotiation), aliased(Note)
    count = (
        select(func.count())
        .where(paid.sale_id == sale.id, paid.closed.is_(None), paid.settled_on <= day)
        .correlate(sale)
        .scalar_subquery()
    )
    return (
        select(sale.id)
        .join(old, old.sale_id == sale.id)
        .where(old.days_late > over, count < func.least(TRIED, sale.installments))
    )


def inherits(old: Any, day: ColumnElement[date] | date) -> ColumnElement[bool]:
    """Tell whether the sale of a renegotiation `old`, an alias, is one of `inheriting`.

    An EXISTS, of which the server makes what suits the rows that it expects: a look at each sale
    where they are few, all that inherit found once where they are many.
    """
    found = inheriting(day)
    return found.where(found.selected_columns.id == old.sale_id).correlate(old).exists()
