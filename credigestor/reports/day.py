"""A seller's day: what was sold and received, and which notes fall due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, Reversal, Sale
from credigestor.rules.money import ZERO


@dataclass(frozen=True)
class SellerDay:
    """One seller's sales and receipts of one day, R$; what was cancelled or reversed is out.

    `by_method` maps a payment method to how many payments came that way and their sum.
    """

    sales: int
    sold: Decimal
    down_payments: Decimal
    by_method: dict[str, tuple[int, Decimal]]

    @property
    def payments(self) -> int:
        """How many payments were received."""
        return sum(number for number, _ in self.by_method.values())

    @property
    def received(self) -> Decimal:
        """Sum of the payments, R$."""
        return sum((amount for _, amount in self.by_method.values()), ZERO)


def seller_day(session: Session, seller_id: int | None, *, day: date) -> SellerDay:
    """What a seller sold (by date of sale) and received (by payment date, R22) on a day."""
    sales = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(Sale.total), ZERO),
            func.coalesce(func.sum(Sale.down_payment), ZERO),
        ).where(Sale.seller_id == seller_id, Sale.sold_on == day, Sale.cancelled_on.is_(None))
    ).one()
    payments = session.execute(
        select(Payment.method, func.count(), func.sum(Payment.amount))
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            Payment.received_by == seller_id, Payment.paid_on == day, Reversal.payment_id.is_(None)
        )
        .group_by(Payment.method)
        .order_by(func.sum(Payment.amount).desc())
    )
    return SellerDay(*sales, {method: (number, amount) for method, number, amount in payments})


def due_on(session: Session, day: date, *, today: date, limit: int = 50) -> pd.DataFrame:
    """Open notes whose nominal due date is `day`, by customer, with what each owes today, R$.

    Columns: id, sale_id, number, installments, customer, phone, owed.
    """
    notes = note_balances(today, today=today).where(Note.due_date == day).subquery()
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
        .order_by(Customer.name_folded, notes.c.note_id)
        .limit(limit)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)
