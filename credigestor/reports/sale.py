"""One sale: its contract, its notes as of a date and the payments that went to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
from sqlalchemy import Row, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from credigestor.db.balances import note_balances
from credigestor.db.models import (
    Customer,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Sale,
    User,
)
from credigestor.db.steps import DUE_AS_MADE
from credigestor.errors import NotFound
from credigestor.reports import sale_money
from credigestor.reports.guarantors import SaleGuarantor, of_sale
from credigestor.reports.sale_money import MoneyOfSale
from credigestor.rules.due_schedule import told
from credigestor.rules.numbering import sale_number

NOTE_COLUMNS = (
    *("note_id", "number", "ref", "amount", "due_date", "free_until"),
    *("principal", "interest", "fine", "owed", "days_late", "status"),
)


@dataclass(frozen=True, eq=False)
class SaleDetail:
    """A sale with its contract as made: R$, rates in percent, grace in days (R5).

    `notes` has the columns note_id, number, ref, amount, due_date, free_until, principal, interest,
    fine, owed, days_late and status; `payments` payment_id, paid_on, method, numbers, amount,
    interest, fine, principal, discount (this sale's part of it, R$) and reversed; `money` is its
    down payment and, of a cancelled sale, its return (R35).
    """

    id: int
    customer_id: int
    customer: str
    ref: str | None
    seller_id: int | None
    seller: str | None
    sold_on: date
    description: str
    total: Decimal
    down_payment: Decimal
    installments: int
    first_due_date: date | None
    schedule: str
    schedule_step: int | None
    contract_rate: Decimal
    daily_rate: Decimal
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int
    override_reason: str | None
    override_by: str | None
    proposal_id: int | None
    renegotiation_id: int | None
    cancelled_on: date | None
    cancelled_by: str | None
    cancel_reason: str | None
    notes: pd.DataFrame
    payments: pd.DataFrame
    money: Sequence[MoneyOfSale]

    @property
    def number(self) -> str:
        """The sale's number as shown, e.g. 000123."""
        return sale_number(self.id)

    @property
    def due_told(self) -> str:
        """How its notes fall due, in words that follow their number (R33)."""
        return told(self.schedule, self.schedule_step)

    @property
    def has_live_payment(self) -> bool:
        """Whether a payment that was not reversed keeps the sale from being cancelled (R13)."""
        return not self.payments["reversed"].all()


@dataclass(frozen=True)
class SaleRecord:
    """What may be changed of a sale after it was made; its money never is."""

    description: str
    seller_id: int | None
    guarantors: Sequence[SaleGuarantor]


def record(session: Session, sale_id: int) -> SaleRecord:
    """What may be changed of a sale, as it is now; raises NotFound."""
    found = session.execute(
        select(Sale.description, Sale.seller_id).where(Sale.id == sale_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Venda não encontrada.")
    return SaleRecord(found.description, found.seller_id, of_sale(session, sale_id))


def detail(session: Session, sale_id: int, *, as_of: date, today: date) -> SaleDetail:
    """One sale with its notes as of a date and its payments up to then; raises NotFound."""
    seller, overrider, canceller = aliased(User), aliased(User), aliased(User)
    row = (
        session.execute(
            select(
                Sale.id,
                Sale.customer_id,
                Customer.name.label("customer"),
                Sale.ref,
                Sale.seller_id,
                seller.name.label("seller"),
                Sale.sold_on,
                Sale.description,
                Sale.total,
                Sale.down_payment,
                Sale.installments,
                Sale.first_due_date,
                Sale.schedule,
                Sale.schedule_step,
                Sale.contract_rate,
                Sale.daily_rate,
                Sale.late_rate,
                Sale.fine_rate,
                Sale.grace_days,
                Sale.override_reason,
                overrider.name.label("override_by"),
                Sale.proposal_id,
                Renegotiation.id.label("renegotiation_id"),
                Sale.cancelled_on,
                canceller.name.label("cancelled_by"),
                Sale.cancel_reason,
            )
            .join(Customer, Customer.id == Sale.customer_id)
            .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
            .outerjoin(seller, seller.id == Sale.seller_id)
            .outerjoin(overrider, overrider.id == Sale.override_by)
            .outerjoin(canceller, canceller.id == Sale.cancelled_by)
            .where(Sale.id == sale_id)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotFound("Venda não encontrada.")
    return SaleDetail(
        **row,
        notes=_notes(session, sale_id, as_of, today),
        payments=_payments(session, sale_id, as_of),
        money=sale_money.of_sale(session, sale_id, as_of),
    )


def notes_made(session: Session, sale_id: int) -> Sequence[Row[int, int, Decimal, date]]:
    """The notes that a sale made, in order: id, number (its place), amount (R$) and due_date."""
    made = select(Note.id, Note.number, Note.amount, DUE_AS_MADE.label("due_date"))
    return session.execute(made.where(Note.sale_id == sale_id).order_by(Note.number)).all()


def _notes(session: Session, sale_id: int, as_of: date, today: date) -> pd.DataFrame:
    balances = note_balances(as_of, today=today).add_columns(Note.ref)
    notes = balances.where(Note.sale_id == sale_id).subquery()
    statement = select(*(notes.c[name] for name in NOTE_COLUMNS)).order_by(notes.c.number)
    frame = pd.read_sql(statement, session.connection(), coerce_float=False)
    # None where there is none: pandas' own missing text is a number to whoever asks for a text.
    return frame.assign(ref=frame["ref"].astype(object).where(frame["ref"].notna(), None))


def _payments(session: Session, sale_id: int, as_of: date) -> pd.DataFrame:
    numbers = func.string_agg(
        cast(Note.number, Text), aggregate_order_by(literal(", "), Note.number)
    )
    statement = (
        select(
            Payment.id.label("payment_id"),
            Payment.number.label("number"),
            Payment.paid_on,
            Payment.way.label("method"),
            numbers.label("numbers"),
            func.sum(PaymentItem.amount).label("amount"),
            func.sum(PaymentItem.interest).label("interest"),
            func.sum(PaymentItem.fine).label("fine"),
            func.sum(PaymentItem.principal).label("principal"),
            func.sum(PaymentItem.discount).label("discount"),
            func.bool_or(PaymentItem.reversed).label("reversed"),
        )
        .join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .join(Note, Note.id == PaymentItem.note_id)
        .where(Note.sale_id == sale_id, Payment.paid_on <= as_of)
        .group_by(Payment.id)
        .order_by(Payment.paid_on, Payment.id)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)
