"""What should come in, by the contracts and by how such notes have been paid before (R21)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.collections import open_by_due_month
from credigestor.reports.portfolio.rows import changes, known_by
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.aging import BANDS
from credigestor.rules.forecast import History, history
from credigestor.rules.money import ZERO
from credigestor.rules.periods import month_end

#: Months looked ahead, that of the as-of date being the first.
MONTHS = 12


@dataclass(frozen=True)
class Coming:
    """Open principal, what of it should be paid, and what no history tells of; R$.

    `unknown` is the part of the contractual in bands without history; it is not in `expected`,
    which is None when there is nothing else.
    """

    contractual: Decimal
    expected: Decimal | None
    unknown: Decimal = ZERO

    @property
    def share(self) -> Decimal | None:
        """Percent of the contractual that should be paid."""
        if self.expected is None or not self.contractual:
            return None
        return 100 * self.expected / self.contractual


@dataclass(frozen=True)
class ComingMonth:
    """What falls due from `due_from` (None: no limit) to `due_to`, without what is overdue."""

    due_from: date | None
    due_to: date
    coming: Coming


@dataclass(frozen=True)
class ComingBand:
    """What stands in an aging band, and how the band has been paid so far."""

    band: str
    coming: Coming
    history: History


@dataclass(frozen=True)
class Forecast:
    """The open notes at a date, contractual beside expected (R21).

    `months` holds what stands in no band of days late, by the month it is due; the first begins
    with whatever may still be paid in time of the month before (R4). `later` comes after them all.
    """

    as_of: date
    months: tuple[ComingMonth, ...]
    later: Coming
    bands: tuple[ComingBand, ...]

    @property
    def overdue(self) -> Coming:
        """What is overdue, each band by its own share."""
        return _sum([band.coming for band in self.bands[1:]])

    def within(self, count: int) -> Coming:
        """What falls due in the first `count` months."""
        return _sum([month.coming for month in self.months[:count]])


def forecast(session: Session, as_of: date, scope: Scope = EVERYTHING) -> Forecast:
    """The cash forecast at a date (R21)."""
    bands = _bands(session, as_of, scope)
    past = bands[0].history
    first = as_of.replace(day=1)
    ends = [month_end(first + relativedelta(months=k)) for k in range(MONTHS)]
    amounts = [ZERO] * (MONTHS + 1)
    for total in open_by_due_month(session, as_of, scope):
        current = total.principal - total.overdue - total.inherited
        amounts[sum(end < total.due_month for end in ends)] += current
    return Forecast(
        as_of,
        tuple(
            ComingMonth(end.replace(day=1) if k else None, end, _coming(amounts[k], past))
            for k, end in enumerate(ends)
        ),
        _coming(amounts[-1], past),
        bands,
    )


def _bands(session: Session, as_of: date, scope: Scope) -> tuple[ComingBand, ...]:
    rows = changes("aging_changes", scope)
    sums = (func.sum(rows.c[name]) for name in ("principal", "paid", "lost"))
    statement = select(rows.c.band, *sums).where(known_by(rows, as_of)).group_by(rows.c.band)
    still_open, paid, lost = ([ZERO] * len(BANDS) for _ in range(3))
    for place, *there in session.execute(statement):
        still_open[place], paid[place], lost[place] = there
    discounts = _discounts(session, as_of, scope)
    past = history(paid, still_open, lost=lost, discounts=discounts)
    return tuple(
        ComingBand(band, _coming(amount, its_own), its_own)
        for band, amount, its_own in zip(BANDS, still_open, past, strict=True)
    )


def _discounts(session: Session, as_of: date, scope: Scope) -> Decimal:
    rows = changes("flows", scope)
    return session.scalar(select(func.sum(rows.c.discount)).where(rows.c.day <= as_of)) or ZERO


def _coming(amount: Decimal, past: History) -> Coming:
    expected = past.worth(amount)
    return Coming(amount, expected, amount if expected is None else ZERO)


def _sum(parts: Sequence[Coming]) -> Coming:
    contractual = sum((part.contractual for part in parts), ZERO)
    unknown = sum((part.unknown for part in parts), ZERO)
    known = sum((part.expected for part in parts if part.expected is not None), ZERO)
    return Coming(contractual, None if unknown and unknown == contractual else known, unknown)
