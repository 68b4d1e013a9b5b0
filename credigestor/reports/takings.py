"""A day of the whole shop: what came in, by person and by method, and what was sold (R22, R35)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Payment, Renegotiation, Reversal, Sale, SaleMoney, User
from credigestor.reports import by_method
from credigestor.reports.other_money import by_credit, others
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.namesakes import distinct


class Came(StrEnum):
    """What money of a day was for."""

    NOTES = "notes"
    DOWN = "down"
    REFUND = "refund"
    OTHER = "other"


@dataclass(frozen=True)
class Taking:
    """What somebody took in (or handed back, below zero) by one method for one thing, R$.

    A person is a name, with the id where two have the same.
    """

    person: str | None
    method: str
    came: Came
    times: int
    amount: Decimal


@dataclass(frozen=True)
class SoldBy:
    """What somebody sold, R$ with the down payments; cancelled sales left out."""

    person: str | None
    sales: int
    sold: Decimal


@dataclass(frozen=True)
class ShopDay:
    """The takings and sales of a day; what was paid `by_credit` brought no money (R31)."""

    takings: Sequence[Taking]
    sold: Sequence[SoldBy]
    by_credit: Decimal

    def sum(self, came: Came | None = None) -> Decimal:
        """What came in for one thing, or all that did less what was handed back, R$."""
        return sum((each.amount for each in self.takings if came in (None, each.came)), ZERO)

    def times(self, came: Came) -> int:
        """How often a method was used for one thing."""
        return sum(each.times for each in self.takings if each.came is came)


def shop_day(session: Session, *, day: date) -> ShopDay:
    """What the shop took in and sold on a day, by who did it."""
    names = distinct({row.id: row.name for row in session.execute(select(User.id, User.name))})
    notes = _by_person(
        session.execute(
            select(Payment.received_by.label("person"), *by_method.sums(Payment))
            .outerjoin(Reversal, Reversal.payment_id == Payment.id)
            .where(Payment.paid_on == day, Payment.method != CREDIT, Reversal.payment_id.is_(None))
            .group_by(Payment.received_by, Payment.method)
        ).all()
    )
    money = {
        came: _by_person(
            session.execute(
                select(SaleMoney.done_by.label("person"), *by_method.sums(SaleMoney))
                .where(
                    SaleMoney.moved_on == day,
                    SaleMoney.kind == came.value,
                    SaleMoney.method != CREDIT,
                )
                .group_by(SaleMoney.done_by, SaleMoney.method)
            ).all()
        )
        for came in (Came.DOWN, Came.REFUND)
    }
    found = []
    for came, people in ((Came.NOTES, notes), *money.items()):
        sign = -1 if came is Came.REFUND else 1
        for person, ways in people.items():
            for method, (times, amount) in ways.items():
                found.append(Taking(names.get(person or 0), method, came, times, sign * amount))
    for (person, method), amount in others(session, day=day).items():
        found.append(Taking(names.get(person or 0), method, Came.OTHER, 1, amount))
    sold = session.execute(
        select(Sale.seller_id, func.count(), func.sum(Sale.total))
        .where(
            Sale.sold_on == day,
            Sale.cancelled_on.is_(None),
            # In the place of old notes: no new business (R15).
            ~select(Renegotiation.id).where(Renegotiation.sale_id == Sale.id).exists(),
        )
        .group_by(Sale.seller_id)
        .order_by(func.sum(Sale.total).desc(), Sale.seller_id)
    )
    return ShopDay(
        found,
        [SoldBy(names.get(person or 0), sales, total) for person, sales, total in sold],
        sum(by_credit(session, day=day).values(), ZERO),
    )


def due_by_day(session: Session, first: date, last: date) -> Sequence[tuple[date, int, Decimal]]:
    """How many open notes fall due on each day, and their open principal, R$."""
    rows = session.execute(
        select(Note.due_date, func.count(), func.sum(Note.principal_balance))
        .where(
            Note.due_date.between(first, last),
            Note.principal_balance > 0,
            Note.cancelled_on.is_(None),
        )
        .group_by(Note.due_date)
        .order_by(Note.due_date)
    )
    return [(day, count, principal) for day, count, principal in rows]


def _by_person(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int | None, by_method.ByMethod]:
    of: dict[int | None, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        of[row.person].append(row)
    return {person: by_method.read(theirs) for person, theirs in of.items()}
