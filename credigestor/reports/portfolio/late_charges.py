"""Late interest and fine: charged, received, waived and left to receive (R6, R7, R22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Date, Integer, column, func, select, values
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.portfolio.stock import charges
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, month_end, months


@dataclass(frozen=True)
class LateCharges:
    """Late interest and fine of a period as seen at a date, R$.

    `before` and `outstanding` are what overdue notes owed of them at the end of the day before
    it and of its last day; of the as-of date, where the period goes on after it. Nothing waives
    charges yet; a discount on early settlement comes off the principal (R14).
    """

    period: Period
    before: Decimal
    received: Decimal
    waived: Decimal
    outstanding: Decimal

    @property
    def charged(self) -> Decimal:
        """What came on top: what is owed more than before, and what was received and waived.

        Below zero where more was cancelled than charged: a cancelled sale's charges leave what
        is owed, and were neither received nor waived.
        """
        return self.outstanding - self.before + self.received + self.waived


def late_charges(
    session: Session,
    periods: Sequence[Period],
    as_of: date,
    scope: Scope = EVERYTHING,
    *,
    today: date,
) -> list[LateCharges]:
    """What was charged, received and waived in each period, in the order given (R6, R7, R22)."""
    ends = [min(period.end, as_of) for period in periods]
    eves = [min(period.start - timedelta(days=1), as_of) for period in periods]
    owed = _owed(session, {*eves, *ends}, scope, today)
    paid = _paid(session, [period.start for period in periods], ends, scope)
    return [
        LateCharges(period, owed[eve], paid[place], ZERO, owed[end])
        for place, (period, eve, end) in enumerate(zip(periods, eves, ends, strict=True))
    ]


def by_month(
    session: Session, as_of: date, count: int, scope: Scope = EVERYTHING, *, today: date
) -> list[LateCharges]:
    """The same of the last `count` months, that of the as-of date being the last."""
    periods = [Period(month, month_end(month)) for month in months(as_of, count)]
    return late_charges(session, periods, as_of, scope, today=today)


def _owed(session: Session, days: set[date], scope: Scope, today: date) -> dict[date, Decimal]:
    found = {day: charges(session, day, scope, today=today) for day in days}
    return {day: owed.interest + owed.fine for day, owed in found.items()}


def _paid(
    session: Session, starts: Sequence[date], ends: Sequence[date], scope: Scope
) -> list[Decimal]:
    """Received from each start to its end."""
    rows = changes("flows", scope)
    spans = values(
        column("place", Integer), column("first", Date), column("last", Date), name="spans"
    ).data(list(zip(range(len(starts)), starts, ends, strict=True)))
    statement = (
        select(spans.c.place, func.sum(rows.c.interest + rows.c.fine))
        .join_from(spans, rows, rows.c.day.between(spans.c.first, spans.c.last))
        .group_by(spans.c.place)
    )
    found = {row[0]: row[1] for row in session.execute(statement)}
    return [found.get(place, ZERO) for place in range(len(starts))]
