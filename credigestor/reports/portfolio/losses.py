"""What was given up, what came back of it, and the net loss, by month (R34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Date, cast, func, literal_column, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.periods import months

#: As text: rows that have to be computed bring parameters of their own.
_LOST: ColumnElement[str] = literal_column("'write_off'")
_BACK: ColumnElement[str] = literal_column("'recovery'")


@dataclass(frozen=True)
class Loss:
    """Of a month, R$: principal written off, and all that was recovered of notes written off.

    `charges` is what of `recovered` was late interest and fine.
    """

    month: date
    written_off: Decimal
    recovered: Decimal
    charges: Decimal

    @property
    def net(self) -> Decimal:
        """What was lost less the principal that came back, R$."""
        return self.written_off - (self.recovered - self.charges)


def by_month(session: Session, as_of: date, count: int, scope: Scope = EVERYTHING) -> list[Loss]:
    """The last `count` months, that of the as-of date being the last, oldest first (R34)."""
    acts, shown = changes("act_flows", scope), months(as_of, count)
    month = cast(func.date_trunc("month", acts.c.day), Date)
    charges = acts.c.interest + acts.c.fine
    rows = session.execute(
        select(
            month,
            func.coalesce(func.sum(acts.c.principal).filter(acts.c.kind == _LOST), 0),
            func.coalesce(func.sum(acts.c.principal + charges).filter(acts.c.kind == _BACK), 0),
            func.coalesce(func.sum(charges).filter(acts.c.kind == _BACK), 0),
        )
        .where(acts.c.kind.in_([_LOST, _BACK]), acts.c.day.between(shown[0], as_of))
        .group_by(month)
    )
    found = {row[0]: row[1:] for row in rows}
    return [Loss(each, *found.get(each, (ZERO, ZERO, ZERO))) for each in shown]
