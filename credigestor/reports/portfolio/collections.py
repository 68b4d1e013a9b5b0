"""What fell due in a month against what was received of it, and what is still to come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes, known_by
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import month_end, months

#: Months that a page shows of what fell due, the as-of date's being the last.
MONTHS = 12
#: Months that the chart of what falls due shows one by one.
DUE_MONTHS = 12


@dataclass(frozen=True)
class Collection:
    """The notes due in the month that begins on `month`, as they stand at a date; R$ of principal.

    Notes of sales made and not cancelled by then: what was paid until the last on-time day (R4)
    and later, what is open, overdue or not, and what was given up, which is expected and was not
    paid (R34). What a discount took off is none of these (R14).
    """

    month: date
    on_time: Decimal = ZERO
    late: Decimal = ZERO
    overdue: Decimal = ZERO
    not_due: Decimal = ZERO
    lost: Decimal = ZERO

    @property
    def received(self) -> Decimal:
        """What was paid, in time or not."""
        return self.on_time + self.late

    @property
    def expected(self) -> Decimal:
        """All that falls due in the month."""
        return self.received + self.overdue + self.not_due + self.lost

    @property
    def efficiency(self) -> Decimal | None:
        """Percent of the expected that was paid; None of nothing."""
        return self._percent(self.received)

    @property
    def on_time_share(self) -> Decimal | None:
        """Percent of the expected that was paid in time; None of nothing."""
        return self._percent(self.on_time)

    @property
    def late_share(self) -> Decimal | None:
        """Percent of the expected that was paid, but late; None of nothing."""
        return self._percent(self.late)

    def _percent(self, part: Decimal) -> Decimal | None:
        return 100 * part / self.expected if self.expected else None


@dataclass(frozen=True)
class DueTotal:
    """Open principal (R$) and notes due from one day to another; `overdue` is the late part.

    None is an open limit.
    """

    due_from: date | None
    due_to: date | None
    principal: Decimal
    overdue: Decimal
    notes: int


def collections(
    session: Session, as_of: date, scope: Scope = EVERYTHING, *, count: int = MONTHS
) -> list[Collection]:
    """What fell due in each of the last `count` months, that of `as_of` being the last."""
    return _collections(session, as_of, scope, months(as_of, count))


def collection(session: Session, month: date, as_of: date, scope: Scope = EVERYTHING) -> Collection:
    """What fell due in one month, by its first day."""
    return _collections(session, as_of, scope, [month])[0]


def receivable_by_month(session: Session, as_of: date, scope: Scope = EVERYTHING) -> list[DueTotal]:
    """Open principal by the month it is due.

    One total for all that fell due before the month of `as_of`, one for each of DUE_MONTHS
    months, one for all that comes after.
    """
    firsts = [*months(as_of, 1), *months(as_of + relativedelta(months=DUE_MONTHS), DUE_MONTHS)]
    ends = [first - timedelta(days=1) for first in firsts]
    limits = zip([None, *firsts], [*ends, None], strict=True)
    found = [DueTotal(*limit, ZERO, ZERO, 0) for limit in limits]
    for month in open_by_due_month(session, as_of, scope):
        place = sum(first <= month.due_month for first in firsts)
        sums = found[place]
        found[place] = replace(
            sums,
            principal=sums.principal + month.principal,
            overdue=sums.overdue + month.overdue,
            notes=sums.notes + month.notes,
        )
    return found


@dataclass(frozen=True)
class OpenMonth:
    """Open principal (R$), the overdue part of it, and notes, due in one month.

    `inherited` is not overdue, and stands in a band of days late all the same (R15).
    """

    due_month: date
    principal: Decimal
    overdue: Decimal
    inherited: Decimal
    notes: int


def open_by_due_month(session: Session, as_of: date, scope: Scope = EVERYTHING) -> list[OpenMonth]:
    """Every due month with open notes, in order."""
    rows = changes("due_changes", scope, standing_on=as_of)
    notes = func.sum(rows.c.notes)
    statement = (
        select(
            rows.c.due_month,
            *(func.sum(rows.c[name]).label(name) for name in ("principal", "overdue", "inherited")),
            notes.label("notes"),
        )
        .where(known_by(rows, as_of))
        .group_by(rows.c.due_month)
        .having(notes > 0)
        .order_by(rows.c.due_month)
    )
    return [
        OpenMonth(row.due_month, row.principal, row.overdue, row.inherited, int(row.notes))
        for row in session.execute(statement)
    ]


def last_complete_month(as_of: date) -> date:
    """The first day of the last month that is over at the end of a day."""
    return (as_of + timedelta(days=1)).replace(day=1) - relativedelta(months=1)


def same_age(as_of: date, back: int) -> date:
    """The day so many months before; a month's last day stays one.

    Seen from there, a month so much earlier is as old as this one is at `as_of`.
    """
    day = as_of - relativedelta(months=back)
    return month_end(day) if as_of == month_end(as_of) else day


def _collections(
    session: Session, as_of: date, scope: Scope, wanted: list[date]
) -> list[Collection]:
    rows = changes("due_changes", scope)
    statement = (
        select(
            rows.c.due_month,
            func.sum(rows.c.on_time),
            func.sum(rows.c.late),
            func.sum(rows.c.overdue),
            func.sum(rows.c.principal - rows.c.overdue),
            func.sum(rows.c.lost),
        )
        .where(known_by(rows, as_of), rows.c.due_month.between(wanted[0], wanted[-1]))
        .group_by(rows.c.due_month)
    )
    found = {row[0]: Collection(*row) for row in session.execute(statement)}
    return [found.get(month, Collection(month)) for month in wanted]
