"""Who let late charges go in a period, and how much (R29)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActItem, Note, User
from credigestor.reports.portfolio.rows import sold_in
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.acts import ActKind
from credigestor.rules.periods import Period


@dataclass(frozen=True)
class LetGo:
    """What one person let go of late charges, R$, in so many waivers; `name` None for nobody."""

    name: str | None
    times: int
    interest: Decimal
    fine: Decimal

    @property
    def total(self) -> Decimal:
        """Interest and fine together, R$."""
        return self.interest + self.fine


def by_whom(
    session: Session, period: Period, as_of: date, scope: Scope = EVERYTHING
) -> list[LetGo]:
    """Everybody who let charges go in a period up to a date, who let most go first (R29).

    Waivers that were undone or lapsed count for nobody. Read from the acts, which no cube keeps by
    who did them: they are as many as waivers in the period, whatever the notes are.
    """
    total = func.sum(ActItem.interest + ActItem.fine)
    rows = session.execute(
        select(
            User.name,
            func.count(ActItem.act_id.distinct()),
            func.sum(ActItem.interest),
            func.sum(ActItem.fine),
        )
        .join_from(ActItem, Act, Act.id == ActItem.act_id)
        .join(Note, Note.id == ActItem.note_id)
        .outerjoin(User, User.id == Act.made_by)
        .where(
            ActItem.kind == ActKind.WAIVER.value,
            ActItem.reversed.is_(False),
            ActItem.interest + ActItem.fine > 0,
            ActItem.acted_on.between(period.start, min(period.end, as_of)),
            sold_in(scope, Note.__table__.c.sale_id),
        )
        .group_by(User.id, User.name)
        .order_by(total.desc(), User.id)
    )
    return [LetGo(*row) for row in rows]
