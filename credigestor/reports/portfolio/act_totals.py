"""What acts that are no payment took off notes in a period, by kind: never in what was received."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.reports.portfolio.rows import changes
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.periods import Period

NOTHING = Split(ZERO, ZERO, ZERO)


def act_totals(
    session: Session, period: Period, *, as_of: date, scope: Scope = EVERYTHING
) -> Mapping[str, Split]:
    """Interest, fine and principal, R$, by kind as `rules.acts` names it, and "recovery" (R34).

    From the first to the last day of the period, and not after `as_of`; those undone are left out.
    """
    rows = changes("act_flows", scope)
    parts = (rows.c.interest, rows.c.fine, rows.c.principal)
    found = session.execute(
        select(rows.c.kind, *(func.sum(part) for part in parts))
        .where(rows.c.day.between(period.start, min(period.end, as_of)))
        .group_by(rows.c.kind)
    )
    return {kind: Split(*sums) for kind, *sums in found}
