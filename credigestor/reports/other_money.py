"""Money of a day beside payments and down payments: credit kept or paid back, goods (R30, R31)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from credigestor.db.models import Act, ActReversal, CreditMovement, Return
from credigestor.rules.methods import CREDIT


def other_money(session: Session, user_id: int | None, *, day: date) -> Mapping[str, Decimal]:
    """By method, what a person took in (above zero) or handed back (below) on a day, R$.

    What was undone since counts for nothing.
    """
    gone = select(CreditMovement.undoes_id).where(CreditMovement.undoes_id.is_not(None))
    credit = select(CreditMovement.method, CreditMovement.amount).where(
        CreditMovement.made_by == user_id,
        CreditMovement.moved_on == day,
        CreditMovement.method.is_not(None),
        CreditMovement.id.not_in(gone),
    )
    goods = (
        select(Return.back_by, -Return.back)
        .join(Act, Act.id == Return.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(
            Act.made_by == user_id,
            Act.acted_on == day,
            Return.back_by != CREDIT,
            ActReversal.id.is_(None),
        )
    )
    moved = union_all(credit, goods).subquery()
    rows = session.execute(
        select(moved.c.method, func.sum(moved.c.amount).label("amount")).group_by(moved.c.method)
    )
    return {row.method: row.amount for row in rows}
