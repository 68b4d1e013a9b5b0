"""How soon what became overdue was paid: the recovery curve of each month (R16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import RECOVERY_DAYS
from credigestor.reports.portfolio.rows import changes
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import closed_months, month_end

#: Days after the last on-time day by which the curve looks at what was paid.
DAYS = RECOVERY_DAYS


@dataclass(frozen=True)
class Recovery:
    """Principal that became overdue in a month (R$), and what of it was paid within each of DAYS.

    None stands for days that the last note of the month had not reached at the as-of date.
    """

    month: date
    became: Decimal
    paid: tuple[Decimal | None, ...]

    @property
    def shares(self) -> tuple[Decimal | None, ...]:
        """Percent of what became overdue, for each of DAYS."""
        return tuple(
            100 * paid / self.became if self.became and paid is not None else None
            for paid in self.paid
        )

    @property
    def reached(self) -> bool:
        """Whether its curve is whole."""
        return self.paid[-1] is not None


def recoveries(
    session: Session, as_of: date, count: int, scope: Scope = EVERYTHING
) -> list[Recovery]:
    """The curves of the last `count` months that have ended by a date, oldest first.

    A note becomes overdue on the day after its last on-time day; what was paid of its principal
    from then on counts, whatever became of the note later.
    """
    months = closed_months(as_of, count)
    rows = changes("recoveries", scope)
    measures = [rows.c[f"by_{days}"] for days in DAYS]
    statement = select(rows.c.month, rows.c.became, *measures).where(
        rows.c.month.between(months[0], months[-1])
    )
    found = {month: (became, by) for month, became, *by in session.execute(statement)}
    return [_seen(month, *found.get(month, (ZERO, [ZERO] * len(DAYS))), as_of) for month in months]


def together(curves: Sequence[Recovery]) -> tuple[Decimal | None, ...]:
    """Percent recovered by each of DAYS of all that became overdue in the months that are whole.

    The same months for every point, so that the curve never falls; None of nothing.
    """
    whole = [curve for curve in curves if curve.reached]
    became = sum((curve.became for curve in whole), ZERO)
    if not became:
        return (None,) * len(DAYS)
    sums = [sum((curve.paid[k] or ZERO for curve in whole), ZERO) for k in range(len(DAYS))]
    return tuple(100 * paid / became for paid in sums)


def _seen(month: date, became: Decimal, by: Sequence[Decimal], as_of: date) -> Recovery:
    end = month_end(month)
    reached = [end + timedelta(days=days) <= as_of for days in DAYS]
    paid = [value if seen else None for value, seen in zip(by, reached, strict=True)]
    return Recovery(month, became, tuple(paid))
