"""A seller's day: what was sold and received, and which notes fall due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import Subquery, exists, func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, Renegotiation, Reversal, Sale, SaleMoney
from credigestor.reports import by_method
from credigestor.reports.by_method import ByMethod
from credigestor.reports.ordering import ordered
from credigestor.reports.other_money import by_credit, other_money
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO

#: What the notes that fall due may be sorted by.
DUE_ORDERS = ("customer", "owed", "phone", "note")


@dataclass(frozen=True)
class SellerDay:
    """One seller's sales and receipts of one day, R$; what was cancelled or reversed is out.

    `by_method` maps a payment method to how many payments had a part in it and the sum of these,
    `payments` counts each once (R36). Down payments that came in, and those handed back, are those
    of the day itself, whatever became of their sale (R35). What was paid, also down, `by_credit` is
    no money of the day; what was kept as credit is, and what went back for goods, or of credit,
    went out (R31).
    """

    sales: int
    sold: Decimal
    down_payments: Decimal
    payments: int
    by_method: ByMethod
    down_by_method: ByMethod
    refunded_by_method: ByMethod
    by_credit: Decimal
    other_by_method: Mapping[str, Decimal]

    @property
    def takings(self) -> dict[str, Decimal]:
        """By method: notes and down payments that came in, less what was handed back, R$ (R35)."""
        moved: dict[str, Decimal] = defaultdict(Decimal)
        for sign, found in (
            *((1, self.by_method), (1, self.down_by_method)),
            (-1, self.refunded_by_method),
        ):
            for method, (_, amount) in found.items():
                moved[method] += sign * amount
        for method, amount in self.other_by_method.items():
            moved[method] += amount
        return dict(sorted(moved.items(), key=lambda each: -each[1]))

    @property
    def received(self) -> Decimal:
        """Sum of the payments of notes, R$."""
        return sum((amount for _, amount in self.by_method.values()), ZERO)


def seller_day(session: Session, seller_id: int | None, *, day: date) -> SellerDay:
    """What a seller sold (by date of sale) and received (by payment date, R22) on a day."""
    sales = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Sale.total), ZERO),
            func.coalesce(func.sum(Sale.down_payment), ZERO),
        ).where(
            Sale.seller_id == seller_id,
            Sale.sold_on == day,
            Sale.cancelled_on.is_(None),
            # In the place of old notes: no new business (R15).
            ~exists().where(Renegotiation.sale_id == Sale.id),
        )
    ).one()
    payments = session.execute(
        select(*by_method.sums(Payment))
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.received_by == seller_id,
            Payment.paid_on == day,
            Payment.method != CREDIT,
            Reversal.payment_id.is_(None),
        )
        .group_by(Payment.method)
    ).all()
    down, refunded = (
        session.execute(
            select(*by_method.sums(SaleMoney))
            .where(
                SaleMoney.done_by == seller_id,
                SaleMoney.moved_on == day,
                SaleMoney.kind == kind,
                SaleMoney.method != CREDIT,
            )
            .group_by(SaleMoney.method)
        ).all()
        for kind in ("down", "refund")
    )
    return SellerDay(
        *sales,
        payments=sum(row.times for row in payments),
        by_method=by_method.read(payments),
        down_by_method=by_method.read(down),
        refunded_by_method=by_method.read(refunded),
        by_credit=by_credit(session, day=day).get(seller_id, ZERO),
        other_by_method=other_money(session, seller_id, day=day),
    )


@dataclass(frozen=True)
class Due:
    """How many open notes fall due on a day, and what they owe today, R$."""

    notes: int
    owed: Decimal


def due_totals(session: Session, day: date, *, today: date) -> Due:
    """The notes of `due_on`, counted and added up."""
    notes = _due(day, today)
    sums = select(func.count(), func.coalesce(func.sum(notes.c.owed), ZERO))
    return Due(*session.execute(sums.where(notes.c.is_open)).one())


def due_on(
    session: Session,
    day: date,
    *,
    today: date,
    offset: int = 0,
    limit: int = 50,
    order: str = "customer",
) -> pd.DataFrame:
    """Open notes whose nominal due date is `day`, by DUE_ORDERS, with what each owes today, R$.

    Columns: id, sale_id, number, installments, customer, phone, owed.
    """
    notes = _due(day, today)
    orders = {
        "customer": Customer.name_folded.expression,
        "owed": notes.c.owed,
        "phone": Customer.phone,
        "note": notes.c.sale_id,
    }
    statement = (
        select(
            notes.c.note_id.label("id"),
            notes.c.sale_id,
            notes.c.number,
            notes.c.installments,
            Customer.name.label("customer"),
            Customer.phone,
            notes.c.owed,
        )
        .join(Customer, Customer.id == notes.c.customer_id)
        .where(notes.c.is_open)
        .order_by(*ordered(order, orders, tie=notes.c.note_id))
        .offset(offset)
        .limit(limit)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def _due(day: date, today: date) -> Subquery:
    return note_balances(today, today=today).where(Note.due_date == day).subquery()
