"""Late interest and fine: charged, received, waived and left to receive (R6, R7, R22, R29)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    column,
    func,
    literal_column,
    select,
    true,
    values,
)
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.portfolio.stock import charges
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.acts import ActKind
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period, month_end, months

#: As text: rows that have to be computed bring parameters of their own.
_WAIVER: ColumnElement[str] = literal_column(f"'{ActKind.WAIVER}'")
_CREDIT: ColumnElement[str] = literal_column(f"'{CREDIT}'")


@dataclass(frozen=True)
class LateCharges:
    """Late interest and fine of a period as seen at a date, R$.

    `before` and `outstanding` are what overdue notes owed of them at the end of the day before
    it and of its last day; of the as-of date, where the period goes on after it. `waived` is what
    waivers took off (R29); a discount on early settlement comes off the principal (R14).
    `by_credit` was paid without money, which came in before (R31).
    """

    period: Period
    before: Decimal
    received: Decimal
    waived: Decimal
    outstanding: Decimal
    by_credit: Decimal = ZERO

    @property
    def charged(self) -> Decimal:
        """What came on top: what is owed more than before, and what was paid and waived.

        Below zero where more left otherwise than was charged: with a sale that was cancelled, or
        a note that was renegotiated or written off, charges were neither paid nor waived.
        """
        return self.outstanding - self.before + self.received + self.by_credit + self.waived


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
    starts = [period.start for period in periods]
    paid = _summed(session, changes("flows", scope), true(), starts, ends)
    acts = changes("act_flows", scope)
    waived, by_credit = (
        _summed(session, acts, acts.c.kind == kind, starts, ends) for kind in (_WAIVER, _CREDIT)
    )
    return [
        LateCharges(
            period, owed[eve], paid[place], waived[place], owed[end], by_credit=by_credit[place]
        )
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


def _summed(
    session: Session,
    rows: FromClause,
    which: ColumnElement[bool],
    starts: Sequence[date],
    ends: Sequence[date],
) -> list[Decimal]:
    """Interest and fine of some rows from each start to its end."""
    spans = values(
        column("place", Integer), column("first", Date), column("last", Date), name="spans"
    ).data(list(zip(range(len(starts)), starts, ends, strict=True)))
    statement = (
        select(spans.c.place, func.sum(rows.c.interest + rows.c.fine))
        .join_from(spans, rows, rows.c.day.between(spans.c.first, spans.c.last))
        .where(which)
        .group_by(spans.c.place)
    )
    found = {row[0]: row[1] for row in session.execute(statement)}
    return [found.get(place, ZERO) for place in range(len(starts))]
