"""What came by each method, where one handing-over of money may be in several (R36)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, true

from credigestor.db.models import Payment, SaleMoney
from credigestor.rules.methods import SEVERAL, Method
from credigestor.rules.money import ZERO

Table = type[Payment] | type[SaleMoney]
#: Method → how often it was used, and what came by it, R$.
ByMethod = dict[str, tuple[int, Decimal]]


def sums(table: Table, counted: ColumnElement[bool] | None = None) -> list[ColumnElement[Any]]:
    """Columns of a SELECT that is grouped by the method, for `read`; over the rows that count."""
    counted = true() if counted is None else counted
    columns: list[ColumnElement[Any]] = [
        table.method.label("method"),
        func.count().filter(counted).label("times"),
        func.coalesce(func.sum(table.amount).filter(counted), ZERO).label("sum"),
    ]
    for method in Method:
        part = getattr(table, method.value)
        columns.append(func.count(part).filter(counted).label(f"times_{method}"))
        columns.append(func.sum(part).filter(counted).label(f"sum_{method}"))
    return columns


def read(rows: Iterable[Row[*tuple[Any, ...]]]) -> ByMethod:
    """How often each method was used and what came by it, R$, most first; none without any."""
    times: dict[str, int] = defaultdict(int)
    came: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found = [(row.method, row.times, row.sum)]
        if row.method == SEVERAL:
            parts = ((m, getattr(row, f"times_{m}"), getattr(row, f"sum_{m}")) for m in Method)
            found = [(str(method), number, amount) for method, number, amount in parts]
        for method, number, amount in found:
            if number:
                times[method] += number
                came[method] += amount
    return {
        method: (times[method], came[method]) for method in sorted(came, key=lambda m: -came[m])
    }


def came_by(table: Table, method: str) -> ColumnElement[bool]:
    """The condition of a row of which this method had at least a part."""
    part = getattr(table, method, None)
    whole: ColumnElement[bool] = table.method == method
    return whole if part is None else or_(whole, part.is_not(None))
