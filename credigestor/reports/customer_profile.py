"""One customer: what is owed, what was bought and paid, and how punctually."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, select
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
    """How a customer stands; `customer` is the row, detached, `credit` what they have (R31)."""

    customer: Customer
    owed: OwedNow
    punctuality: Punctuality
    last_purchase: date | None
    credit: Decimal

    @property
    def free_credit(self) -> Decimal | None:
        """The limit less the principal owed, R$, never below zero; None without a limit."""
        if self.customer.credit_limit is None:
            return None
        return max(self.customer.credit_limit - self.owed.principal, ZERO)


def profile(session: Session, customer_id: int, *, as_of: date, today: date) -> Profile:
    """How a customer stands at a date; raises NotFound."""
    customer = registered(session, customer_id)
    row = session.execute(_standing(customer_id, as_of, today)).one()
    return Profile(
        customer=customer,
        owed=OwedNow(*row[:5]),
        punctuality=Punctuality(*row[5:9]),
        last_purchase=row.last_purchase,
        credit=balance(session, customer_id, on=as_of),
    )


def open_notes(session: Session, customer_id: int, *, as_of: date, today: date) -> pd.DataFrame:
    """What a customer owes note by note: note_id, sale_id, number, installments, due_date, amount,
    principal, interest, fine, owed, days_late, status; by due date.
    """
    notes = _balances(customer_id, as_of, today).subquery()
    shown = "note_id sale_id number installments due_date amount principal interest fine owed"
    statement = (
        select(*(notes.c[name] for name in shown.split()), notes.c.days_late, notes.c.status)
        .where(notes.c.is_open)
        .order_by(notes.c.due_date, notes.c.note_id)
    )
    return _frame(session, statement)


def purchases(session: Session, customer_id: int, *, as_of: date, today: date) -> pd.DataFrame:
    """What a customer bought: id, sold_on, description, total, down_payment, installments, owed,
    seller, cancelled; the newest first.
    """
    notes = _balances(customer_id, as_of, today).subquery()
    owed = (
        select(func.coalesce(func.sum(notes.c.owed), ZERO))
        .where(notes.c.sale_id == Sale.id)
        .scalar_subquery()
    )
    statement = (
        select(
            Sale.id,
            Sale.sold_on,
            Sale.description,
            Sale.total,
            Sale.down_payment,
            Sale.installments,
            owed.label("owed"),
            User.name.label("seller"),
            _cancelled(as_of).label("cancelled"),
        )
        .outerjoin(User, User.id == Sale.seller_id)
        .where(Sale.customer_id == customer_id, Sale.sold_on <= as_of)
        .order_by(Sale.sold_on.desc(), Sale.id.desc())
    )
    return _frame(session, statement)


def payments(session: Session, customer_id: int, *, as_of: date) -> pd.DataFrame:
    """What a customer paid: id, paid_on, method, amount, principal, interest, fine, discount,
    received_by, reversed; the newest first.
    """
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
    statement = (
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
    return _frame(session, statement)


def _standing(customer_id: int, as_of: date, today: date) -> Select[Any]:
    # A settled note takes no further payment, so the day it was settled on is the same seen
    # from any later date.
    notes = _balances(customer_id, as_of, today).add_columns(Note.settled_on).subquery()
    settled = notes.c.status == Status.PAID.value  # not those that ended otherwise (R34)
    on_time = notes.c.settled_on <= notes.c.on_time_until
    days_late = case((on_time, 0), else_=notes.c.settled_on - notes.c.due_date)
    bought = (
        select(func.max(Sale.sold_on))
        .where(Sale.customer_id == customer_id, Sale.sold_on <= as_of, ~_cancelled(as_of))
        .scalar_subquery()
    )
    return select(
        func.coalesce(func.sum(notes.c.principal), ZERO),
        func.coalesce(func.sum(notes.c.interest), ZERO),
        func.coalesce(func.sum(notes.c.fine), ZERO),
        func.coalesce(func.sum(notes.c.owed).filter(notes.c.is_overdue), ZERO),
        func.count().filter(notes.c.is_overdue),
        func.count().filter(and_(settled, on_time)),
        func.count().filter(settled),
        func.count().filter(notes.c.is_overdue),
        func.round(func.avg(days_late).filter(settled), 1),
        bought.label("last_purchase"),
    )


def _balances(customer_id: int, as_of: date, today: date) -> Select[Any]:
    return note_balances(as_of, today=today).where(Note.customer_id == customer_id)


def _cancelled(as_of: date) -> ColumnElement[bool]:
    return func.coalesce(Sale.cancelled_on <= cast(as_of, Date), False)


def _frame(session: Session, statement: Select[Any]) -> pd.DataFrame:
    return pd.read_sql(statement, session.connection(), coerce_float=False)
