"""What was sold and what was received, by day (R22)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, and_, cast, func, literal_column, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, months

_SUMS = (
    "sales",
    "sold",
    "financed",
    "installments",
    "principal",
    "interest",
    "fine",
    "discount",
)


@dataclass(frozen=True)
class Flow:
    """What was sold and received in a period, R$; reversals and cancelled sales left out (R22).

    `sold` holds the down payments, `financed` does not; `installments` counts notes made.
    `discount` came off principal beside the money and was not received (R14).
    """

    sales: int
    sold: Decimal
    financed: Decimal
    installments: int
    principal: Decimal
    interest: Decimal
    fine: Decimal
    discount: Decimal

    @property
    def down_payments(self) -> Decimal:
        """What was paid down for what was sold, R$; apart from `received` (R35)."""
        return self.sold - self.financed

    @property
    def charges(self) -> Decimal:
        """Late interest and fines received, R$."""
        return self.interest + self.fine

    @property
    def received(self) -> Decimal:
        """All that was received, R$; down payments belong to the sale and are not in it."""
        return self.principal + self.charges


def flow(session: Session, period: Period, *, as_of: date, scope: Scope = EVERYTHING) -> Flow:
    """What was sold and received from the first to the last day of a period (R22).

    Sales cancelled by `as_of` and whatever is dated after it are left out.
    """
    rows = changes("flows", scope)
    last = min(period.end, as_of)
    statement = select(*_sums(rows)).where(_counted(rows, period.start, last, as_of))
    return _flow(session.execute(statement).mappings().one())


def by_month(
    session: Session, as_of: date, *, count: int, scope: Scope = EVERYTHING
) -> dict[date, Flow]:
    """The flow of each of the last `count` months by its first day, the last up to `as_of`."""
    firsts = months(as_of, count)
    rows = changes("flows", scope)
    month = cast(func.date_trunc(literal_column("'month'"), rows.c.day), Date).label("month")
    statement = (
        select(month, *_sums(rows)).where(_counted(rows, firsts[0], as_of, as_of)).group_by(month)
    )
    found = {row["month"]: _flow(row) for row in session.execute(statement).mappings()}
    nothing = _flow(dict.fromkeys(_SUMS, 0))
    return {first: found.get(first, nothing) for first in firsts}


def _sums(rows: FromClause) -> list[ColumnElement[Any]]:
    return [func.coalesce(func.sum(rows.c[name]), ZERO).label(name) for name in _SUMS]


def _counted(rows: FromClause, first: date, last: date, as_of: date) -> ColumnElement[bool]:
    return and_(rows.c.day.between(first, last), rows.c.cancelled_on > as_of)


def _flow(row: Any) -> Flow:
    found: dict[str, Any] = {name: row[name] + ZERO for name in _SUMS}
    return Flow(**found | {name: int(row[name]) for name in ("sales", "installments")})
