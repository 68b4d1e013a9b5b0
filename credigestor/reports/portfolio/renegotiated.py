"""How much of the portfolio stands on renegotiated debts, and how those are paid again (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    cast,
    column,
    func,
    literal_column,
    select,
    values,
)
from sqlalchemy.orm import Session

from credigestor.db.summaries.tables import note_facts, sale_facts
from credigestor.reports.portfolio import stock
from credigestor.reports.portfolio.rows import in_scope
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import months

_fact = note_facts.c


@dataclass(frozen=True)
class RenegotiatedAt:
    """What is open at the end of a day, and what of it is renegotiated, R$ of principal."""

    as_of: date
    renegotiated: Decimal
    receivable: Decimal

    @property
    def share(self) -> Decimal | None:
        """Percent of the receivable; None of nothing."""
        return 100 * self.renegotiated / self.receivable if self.receivable else None


@dataclass(frozen=True)
class PaidAgain:
    """Principal of renegotiated debts that fell due in a month by a date, R$.

    `paid` of it by then, `again` renegotiated once more; the rest is `unpaid`, given up or not.
    """

    month: date
    due: Decimal
    paid: Decimal
    again: Decimal

    @property
    def unpaid(self) -> Decimal:
        """What was neither paid nor renegotiated."""
        return self.due - self.paid - self.again

    @property
    def share(self) -> Decimal | None:
        """Percent of what fell due that was paid; None of nothing."""
        return 100 * self.paid / self.due if self.due else None


def shares(
    session: Session, days: Sequence[date], scope: Scope = EVERYTHING
) -> list[RenegotiatedAt]:
    """The renegotiated part of what is open at the end of each day, in the order given."""
    asked = values(column("day", Date), name="asked").data([(day,) for day in days])
    found = select(asked.c.day, func.sum(_fact.principal)).join_from(
        asked,
        note_facts,
        and_(
            _in_place_of_others(),
            _fact.principal > 0,
            _fact.valid_from <= asked.c.day,
            _fact.valid_to > asked.c.day,
        ),
    )
    found = _of(found, scope).group_by(asked.c.day)
    there = {row[0]: row[1] for row in session.execute(found)}
    return [
        RenegotiatedAt(day, there.get(day, ZERO), at.receivable)
        for day, at in zip(days, stock.stocks(session, days, scope), strict=True)
    ]


def paid_again(
    session: Session, as_of: date, *, count: int, scope: Scope = EVERYTHING
) -> list[PaidAgain]:
    """What fell due of renegotiated debts in each of the last `count` months up to a date."""
    firsts = months(as_of, count)
    made = note_facts.alias("made")
    month = cast(func.date_trunc(literal_column("'month'"), made.c.due_date), Date)
    paid = func.coalesce(func.sum(_fact.paid_principal), ZERO)
    again = func.sum(_fact.act_principal).filter(_fact.act_kind == "renegotiation")
    due = func.sum(_fact.principal).filter(_fact.act_id == 0)
    statement = (
        select(month.label("month"), due, paid, func.coalesce(again, ZERO))
        .select_from(note_facts)
        .join(made, and_(made.c.note_id == _fact.note_id, made.c.act_id == 0))
        .join(sale_facts, sale_facts.c.sale_id == _fact.sale_id)
        .where(
            _in_place_of_others(),
            made.c.due_date.between(firsts[0], as_of),
            sale_facts.c.cancelled_on > sale_facts.c.sold_on,
            _fact.valid_from <= as_of,
        )
        .group_by(month)
    )
    found = {row[0]: tuple(row)[1:] for row in session.execute(_of(statement, scope))}
    return [PaidAgain(first, *found.get(first, (ZERO, ZERO, ZERO))) for first in firsts]


def _in_place_of_others() -> ColumnElement[bool]:
    return _fact.cohort_on.is_not(None)


def _of(statement: Select[*tuple[Any, ...]], scope: Scope) -> Select[*tuple[Any, ...]]:
    if scope == EVERYTHING:
        return statement
    return statement.where(_fact.sale_id.in_(select(sale_facts.c.sale_id).where(in_scope(scope))))
