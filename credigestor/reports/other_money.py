"""Of a day, beside payments and down payments: credit kept or paid back, goods (R30, R31); and what
was paid by credit, which is no money.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import Act, ActReversal, CreditMovement, Return
from credigestor.rules.methods import CREDIT


def other_money(session: Session, user_id: int | None, *, day: date) -> Mapping[str, Decimal]:
    """By method, what a person took in (above zero) or handed back (below) on a day, R$.

    What was undone since counts for nothing.
    """
    found = others(session, day=day)
    return {method: amount for (person, method), amount in found.items() if person == user_id}


def others(session: Session, *, day: date) -> Mapping[tuple[int | None, str], Decimal]:
    """The same of everybody, by person and method."""
    credit = select(
        CreditMovement.made_by.label("person"), CreditMovement.method, CreditMovement.amount
    ).where(_stands(day), CreditMovement.method.is_not(None))
    goods = (
        select(Act.made_by, Return.back_by, -Return.back)
        .join(Act, Act.id == Return.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(
            Act.acted_on == day,
            Return.back_by != CREDIT,
            ActReversal.id.is_(None),
        )
    )
    moved = union_all(credit, goods).subquery()
    rows = session.execute(
        select(moved.c.person, moved.c.method, func.sum(moved.c.amount).label("amount")).group_by(
            moved.c.person, moved.c.method
        )
    )
    return {(row.person, row.method): row.amount for row in rows}


def by_credit(session: Session, *, day: date) -> Mapping[int | None, Decimal]:
    """By person, what notes and down payments of a day were paid by credit, R$; none came (R31)."""
    rows = session.execute(
        select(
            CreditMovement.made_by.label("person"),
            (-func.sum(CreditMovement.amount)).label("amount"),
        )
        .where(_stands(day), CreditMovement.kind.in_(("spent", "paid_down")))
        .group_by(CreditMovement.made_by)
    )
    return {row.person: row.amount for row in rows}


def _stands(day: date) -> ColumnElement[bool]:
    """Movements of credit of a day that were not undone since."""
    undoing = aliased(CreditMovement)
    undone = select(undoing.id).where(undoing.undoes_id == CreditMovement.id).exists()
    return and_(CreditMovement.moved_on == day, ~undone)
