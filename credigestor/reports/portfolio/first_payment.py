"""First-payment default: sales whose first note was unpaid 30 days after it was due (R18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Select,
    and_,
    any_,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import sale_facts, segments
from credigestor.reports.portfolio.rows import changes, families, in_scope, keys_of, known_by
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.periods import months

#: Months of sale that are looked at.
COHORTS = 12


@dataclass(frozen=True)
class FirstPayments:
    """Sales whose first note has reached 30 days past due, and those unpaid by then (R18).

    Sales cancelled by the as-of date, and those that financed nothing, are not among them.
    """

    reached: int
    unpaid: int

    @property
    def rate(self) -> Decimal | None:
        """Percent of those that reached it; None when no sale has yet (FPD30)."""
        return 100 * Decimal(self.unpaid) / self.reached if self.reached else None


def by_month(
    session: Session, as_of: date, *, count: int = COHORTS, scope: Scope = EVERYTHING
) -> dict[date, FirstPayments]:
    """FPD30 of each of the last `count` months of sale, those without sales too (R18)."""
    cohorts = months(as_of, count)
    if len(keys_of(scope)) > 1:
        month = cast(func.date_trunc(literal_column("'month'"), sale_facts.c.sold_on), Date)
        statement = _of_facts(month, as_of, cohorts[0], scope)
    else:
        rows = changes("cohort_changes", scope)
        # All cohorts: told which, PostgreSQL reads the segment's whole index.
        statement = _of_cubes(rows, rows.c.cohort, as_of)
    found = _counted(session, statement)
    return {cohort: found.get(cohort, FirstPayments(0, 0)) for cohort in cohorts}


def by_seller(
    session: Session, as_of: date, *, count: int = COHORTS, scope: Scope = EVERYTHING
) -> dict[str, FirstPayments]:
    """FPD30 of the sales of the last `count` months by seller: a user's id, or NO_SELLER (R18).

    Those none of whose sales has reached 30 days are left out.
    """
    first = months(as_of, count)[0]
    if scope.city is not None or scope.value is not None:
        of_seller = and_(segments.c.kind == "seller", segments.c.id == any_(sale_facts.c.segments))
        statement = _of_facts(segments.c.key, as_of, first, scope).join(segments, of_seller)
    else:
        rows = families("cohort_changes", "seller")
        statement = _of_cubes(rows, rows.c.key, as_of).where(rows.c.cohort >= first)
    found = _counted(session, statement)
    return {
        key: counts
        for key, counts in found.items()
        if counts.reached and scope.seller in (None, int(key) if key.isdigit() else key)
    }


def _of_cubes(rows: FromClause, key: ColumnElement[Any], as_of: date) -> Select[Any]:
    return (
        select(key, func.sum(rows.c.reached), func.sum(rows.c.unpaid))
        .where(known_by(rows, as_of))
        .group_by(key)
    )


def _of_facts(key: ColumnElement[Any], as_of: date, first: date, scope: Scope) -> Select[Any]:
    """The same of sales that are no segment: counted, which takes no notes to do."""
    sale = sale_facts.c
    return (
        select(key, func.count(), func.count().filter(sale.defaulted))
        .select_from(sale_facts)
        .where(
            in_scope(scope),
            sale.sold_on >= first,
            sale.default_on <= as_of,
            sale.cancelled_on > as_of,
        )
        .group_by(key)
    )


def _counted(session: Session, statement: Select[Any]) -> dict[Any, FirstPayments]:
    rows = session.execute(statement).all()
    return {key: FirstPayments(int(reached), int(unpaid)) for key, reached, unpaid in rows}
