"""Vintages: what became of the sales of each month, at the end of every month since (R19).

A cell is a state at its own month end, so it never changes as the as-of date moves on; it
appears when that month end is reached.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import takewhile

from dateutil.relativedelta import relativedelta
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import month_end, months

#: Months of sale that are looked at, and so the most months since.
COHORTS = 18
#: Days late → months after which every first note due within a month has had time to be so late.
TELLING_AGE = {30: 3, 90: 5}


@dataclass(frozen=True)
class Cell:
    """The sales of month `cohort`, seen `age` months later at the end of the day `as_of`; R$.

    `financed` is the principal financed by those not cancelled by then; `over_30` and `over_90`
    the whole open balance of those with a note more than 30 or 90 days late (R17, R19).
    """

    cohort: date
    age: int
    as_of: date
    financed: Decimal
    over_30: Decimal
    over_90: Decimal

    def balance(self, over: int) -> Decimal:
        """`over_30` or `over_90`, by the number."""
        return {30: self.over_30, 90: self.over_90}[over]

    def rate(self, over: int) -> Decimal | None:
        """Percent of the financed that the late balance is; None when nothing was financed."""
        return 100 * self.balance(over) / self.financed if self.financed else None


def vintages(
    session: Session, as_of: date, *, count: int = COHORTS, scope: Scope = EVERYTHING
) -> list[Cell]:
    """The cells reached by a date of the last `count` months of sale, oldest cohort first (R19)."""
    cohorts = months(as_of, count)
    ended = takewhile(lambda month: month_end(month) <= as_of, cohorts)
    found = _changes(session, cohorts[0], list(ended), scope)
    return [cell for cohort in cohorts for cell in _run(cohort, as_of, found)]


def telling(cells: Sequence[Cell], over: int) -> Cell | None:
    """The cell to speak of: the newest one of the newest cohort that is old enough to judge.

    Before TELLING_AGE, most of a cohort's notes have not had the time to be that late, and its
    rate says little. None when no cohort is as old as that.
    """
    newest = {cell.cohort: cell for cell in cells if cell.financed}
    old_enough = [cell for cell in newest.values() if cell.age >= TELLING_AGE[over]]
    return max(old_enough, key=lambda cell: cell.cohort, default=None)


def earlier_rate(cells: Sequence[Cell], cell: Cell, over: int) -> Decimal | None:
    """The rate of all earlier cohorts together at the age of a cell; None when there are none."""
    earlier = [other for other in cells if other.age == cell.age and other.cohort < cell.cohort]
    financed = sum((other.financed for other in earlier), ZERO)
    late = sum((other.balance(over) for other in earlier), ZERO)
    return 100 * late / financed if financed else None


def extremes(cells: Sequence[Cell], over: int) -> tuple[Cell, Cell] | tuple[None, None]:
    """The cells of the lowest and the highest rate at the age from which cohorts can be judged.

    None of either while fewer than two cohorts are as old as that.
    """
    peers = [cell for cell in cells if cell.age == TELLING_AGE[over] and cell.financed]
    if len(peers) < 2:
        return None, None
    peers.sort(key=lambda cell: cell.balance(over) / cell.financed)
    return peers[0], peers[-1]


_Sums = tuple[Decimal, Decimal, Decimal]


def _changes(
    session: Session, first: date, ended: Sequence[date], scope: Scope
) -> dict[tuple[date, date], _Sums]:
    """What changed of a cohort in a month that has ended: financed, over 30, over 90."""
    if not ended:
        return {}
    rows = changes("cohort_changes", scope, sold_from=first)
    # a sale that was cancelled under an earlier date than its own changes nothing from the start
    month = func.greatest(rows.c.day, rows.c.cohort)
    measures = (rows.c.financed, rows.c.over_30, rows.c.over_90)
    statement = (
        select(rows.c.cohort, month, *(func.sum(measure) for measure in measures))
        .where(
            rows.c.grain == literal_column("'m'"),
            rows.c.day <= ended[-1],
            rows.c.cohort >= first,
        )
        .group_by(rows.c.cohort, month)
    )
    return {(cohort, month): tuple(sums) for cohort, month, *sums in session.execute(statement)}


def _run(cohort: date, as_of: date, found: dict[tuple[date, date], _Sums]) -> list[Cell]:
    """The cells of a cohort up to a date: its changes, added up month by month."""
    cells: list[Cell] = []
    sums: _Sums = (ZERO, ZERO, ZERO)
    month = cohort
    while month_end(month) <= as_of:
        change = found.get((cohort, month), (ZERO, ZERO, ZERO))
        sums = (sums[0] + change[0], sums[1] + change[1], sums[2] + change[2])
        cells.append(Cell(cohort, len(cells), month_end(month), *sums))
        month += relativedelta(months=1)
    return cells
