"""One customer: what is owed, what was bought and paid, and how punctually."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Date, Select, and_, case, cast, func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale, User
from credigestor.reports.customers import registered
from credigestor.reports.store_credit import balance
from credigestor.rules.aging import Status
from credigestor.rules.money import ZERO


@dataclass(frozen=True)
class OwedNow:
    """What a customer owes at a date, R$; `overdue` + `not_due` = `total`, charges included."""

    principal: Decimal
    interest: Decimal
    fine: Decimal
    overdue: Decimal
    overdue_notes: int

    @property
    def total(self) -> Decimal:
        """Principal plus charges, R$."""
        return self.principal + self.interest + self.fine

    @property
    def not_due(self) -> Decimal:
        """The part whose last on-time day has not passed, R$."""
        return self.total - self.overdue


@dataclass(frozen=True)
class Punctuality:
    """How a customer pays: of the notes settled or now late, those settled on time (R4).

    `average_days_late` is over the settled notes, from the nominal due date, 0 for one settled
    on time; None while no note was settled.
    """

    on_time: int
    settled: int
    late_now: int
    average_days_late: Decimal | None

    @property
    def judged(self) -> int:
        """How many notes the share is of."""
        return self.settled + self.late_now

    @property
    def share(self) -> Decimal | None:
        """Percent of the judged notes that were settled on time; None while there is none."""
        return Decimal(100 * self.on_time) / self.judged if self.judged else None


@dataclass(frozen=True)
class Profile:
    """All that a customer's page shows; `customer` is the row, detached.

    open_notes: note_id, sale_id, number, installments, due_date, amount, principal, interest,
    fine, owed, days_late, status. purchases: id, sold_on, description, total, down_payment,
    installments, owed, seller, cancelled. payments: id, paid_on, method, amount, principal,
    interest, fine, discount, received_by, reversed. `credit` is what the shop owes them (R31).
    """

    customer: Customer
    owed: OwedNow
    punctuality: Punctuality
    last_purchase: date | None
    open_notes: pd.DataFrame
    purchases: pd.DataFrame
    payments: pd.DataFrame
    credit: Decimal

    @property
    def free_credit(self) -> Decimal | None:
        """The limit less the principal owed, R$, never below zero; None without a limit."""
        if self.customer.credit_limit is None:
            return None
        return max(self.customer.credit_limit - self.owed.principal, ZERO)


def profile(session: Session, customer_id: int, *, as_of: date, today: date) -> Profile:
    """What is known of a customer at a date; raises NotFound."""
    customer = registered(session, customer_id)
    balances = note_balances(as_of, today=today).where(Note.customer_id == customer_id)
    purchases = _frame(session, _purchases(customer_id, as_of, balances))
    return Profile(
        customer=customer,
        owed=_owed(session, balances),
        punctuality=_punctuality(session, balances),
        last_purchase=max(purchases.loc[~purchases["cancelled"], "sold_on"], default=None),
        open_notes=_frame(session, _open_notes(balances)),
        purchases=purchases,
        payments=_frame(session, _payments(customer_id, as_of)),
        credit=balance(session, customer_id, on=as_of),
    )


def _frame(session: Session, statement: Select[Any]) -> pd.DataFrame:
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def _owed(session: Session, balances: Select[Any]) -> OwedNow:
    notes = balances.subquery()
    row = session.execute(
        select(
            func.coalesce(func.sum(notes.c.principal), ZERO),
            func.coalesce(func.sum(notes.c.interest), ZERO),
            func.coalesce(func.sum(notes.c.fine), ZERO),
            func.coalesce(func.sum(notes.c.owed).filter(notes.c.is_overdue), ZERO),
            func.count().filter(notes.c.is_overdue),
        )
    ).one()
    return OwedNow(*row)


def _punctuality(session: Session, balances: Select[Any]) -> Punctuality:
    # A settled note takes no further payment, so the day it was settled on is the same seen
    # from any later date.
    notes = balances.add_columns(Note.settled_on).subquery()
    settled = notes.c.status == Status.PAID.value  # not those that ended otherwise (R34)
    on_time = notes.c.settled_on <= notes.c.on_time_until
    days_late = case((on_time, 0), else_=notes.c.settled_on - notes.c.due_date)
    row = session.execute(
        select(
            func.count().filter(and_(settled, on_time)),
            func.count().filter(settled),
            func.count().filter(notes.c.is_overdue),
            func.round(func.avg(days_late).filter(settled), 1),
        )
    ).one()
    return Punctuality(*row)


def _open_notes(balances: Select[Any]) -> Select[Any]:
    notes = balances.subquery()
    shown = "note_id sale_id number installments due_date amount principal interest fine owed"
    return (
        select(*(notes.c[name] for name in shown.split()), notes.c.days_late, notes.c.status)
        .where(notes.c.is_open)
        .order_by(notes.c.due_date, notes.c.note_id)
    )


def _purchases(customer_id: int, as_of: date, balances: Select[Any]) -> Select[Any]:
    notes = balances.subquery()
    owed = (
        select(func.coalesce(func.sum(notes.c.owed), ZERO))
        .where(notes.c.sale_id == Sale.id)
        .scalar_subquery()
    )
    return (
        select(
            Sale.id,
            Sale.sold_on,
            Sale.description,
            Sale.total,
            Sale.down_payment,
            Sale.installments,
            owed.label("owed"),
            User.name.label("seller"),
            func.coalesce(Sale.cancelled_on <= cast(as_of, Date), False).label("cancelled"),
        )
        .outerjoin(User, User.id == Sale.seller_id)
        .where(Sale.customer_id == customer_id, Sale.sold_on <= as_of)
        .order_by(Sale.sold_on.desc(), Sale.id.desc())
    )


def _payments(customer_id: int, as_of: date) -> Select[Any]:
    items = (
        select(
            PaymentItem.payment_id,
            func.sum(PaymentItem.principal).label("principal"),
            func.sum(PaymentItem.interest).label("interest"),
            func.sum(PaymentItem.fine).label("fine"),
            func.sum(PaymentItem.discount).label("discount"),
        )
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .where(Payment.customer_id == customer_id)
        .group_by(PaymentItem.payment_id)
        .subquery()
    )
    return (
        select(
            Payment.id,
            Payment.paid_on,
            Payment.way.label("method"),
            Payment.amount,
            items.c.principal,
            items.c.interest,
            items.c.fine,
            items.c.discount,
            User.name.label("received_by"),
            Reversal.id.is_not(None).label("reversed"),
        )
        .join(items, items.c.payment_id == Payment.id)
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(Payment.customer_id == customer_id, Payment.paid_on <= as_of)
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
    )
