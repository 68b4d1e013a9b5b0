"""The portfolio taken apart: by seller, by city, by the sale's value (R16, R17, R22)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import note_facts, sale_facts, segments
from credigestor.reports.portfolio.rows import families, in_scope, known_by
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period

Kind = Literal["seller", "city", "value"]
_Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Part:
    """What one seller, city or value range stands for, R$ of principal but for `received`.

    `key` is a user's id or "none", a city or "", a name of `VALUE_RANGES`. `sold` has the down
    payments, `received` the late interest and fines.
    """

    key: str
    receivable: Decimal
    overdue: Decimal
    sold: Decimal
    received: Decimal

    @property
    def rate(self) -> Decimal | None:
        """Percent of the receivable that is overdue (R17); None of nothing."""
        return 100 * self.overdue / self.receivable if self.receivable else None


def parts(
    session: Session, kind: Kind, as_of: date, period: Period, scope: Scope = EVERYTHING
) -> list[Part]:
    """Every part with anything at a date or in a period, that with most to receive first.

    The whole portfolio's parts are read from the summaries; those of a scope are summed over
    the facts of its sales. Sales cancelled by the date are left out.
    """
    days = (period.start, min(period.end, as_of))
    if scope == EVERYTHING:
        statements = _of_summaries(kind, as_of, *days)
    else:
        statements = _of_facts(kind, as_of, *days, scope)
    found: defaultdict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * 4)
    for statement in statements:
        for key, *sums in session.execute(statement):
            found[key] = [a + b for a, b in zip(found[key], sums, strict=True)]
    made = [Part(key, *sums) for key, sums in found.items() if any(sums)]
    return sorted(made, key=lambda part: (-part.receivable, -part.sold, part.key))


def _of_summaries(kind: Kind, as_of: date, first: date, last: date) -> Iterator[_Statement]:
    rows = families("aging_changes", kind)
    yield _sums(
        rows.c.key,
        receivable=func.sum(rows.c.principal),
        overdue=func.sum(rows.c.principal).filter(rows.c.band > 0),
    ).where(known_by(rows, as_of))
    rows = families("flows", kind)
    yield _sums(
        rows.c.key,
        sold=func.sum(rows.c.sold),
        received=func.sum(rows.c.principal + rows.c.interest + rows.c.fine),
    ).where(rows.c.day.between(first, last), rows.c.cancelled_on > as_of)


def _of_facts(
    kind: Kind, as_of: date, first: date, last: date, scope: Scope
) -> Iterator[_Statement]:
    part = func.unnest(sale_facts.c.segments).table_valued("id").render_derived("part")
    sales = (
        select(sale_facts, segments.c.key)
        .join_from(sale_facts, part, true())
        .join(segments, segments.c.id == part.c.id)
        .where(segments.c.kind == kind, in_scope(scope))
        .subquery()
    )
    yield _sums(sales.c.key, sold=func.sum(sales.c.total)).where(
        sales.c.sold_on.between(first, last),
        sales.c.cancelled_on > as_of,
        sales.c.cohort_on.is_(None),
    )
    notes = note_facts.join(sales, sales.c.sale_id == note_facts.c.sale_id)
    facts = note_facts.c
    yield (
        _sums(
            sales.c.key,
            receivable=func.sum(facts.principal),
            overdue=func.sum(facts.principal).filter(
                or_(
                    facts.on_time_until < as_of,
                    # of an old debt's lateness (R15)
                    and_(
                        facts.inherited_days > 0,
                        or_(facts.tried_on.is_(None), facts.valid_from < facts.tried_on),
                    ),
                )
            ),
        )
        .select_from(notes)
        .where(facts.principal > 0, facts.valid_from <= as_of, facts.valid_to > as_of)
    )
    yield (
        _sums(
            sales.c.key,
            received=func.sum(facts.paid_principal + facts.paid_interest + facts.paid_fine),
        )
        .select_from(notes)
        .where(
            # what was paid by credit came in before (R31)
            facts.act_id > 0,
            facts.act_kind.is_(None),
            facts.valid_from.between(first, last),
        )
    )


def _sums(key: ColumnElement[str], **sums: ColumnElement[Any]) -> _Statement:
    """A row a part with the amounts of `Part` in its order, zero for those not given."""
    names = ("receivable", "overdue", "sold", "received")
    return select(
        key, *(func.coalesce(sums[n], ZERO) if n in sums else literal(ZERO) for n in names)
    ).group_by(key)
