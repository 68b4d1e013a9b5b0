"""Payments: the filtered list with what was received (R22), and one payment's receipt (R24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, Sale, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import NotFound
from credigestor.reports.search import by_customer, by_number
from credigestor.rules.charges import ZERO, Split
from credigestor.rules.numbering import note_number, parse_note_number, receipt_number


@dataclass(frozen=True)
class Filters:
    """What limits the list; dates are inclusive, `reversed` of None lists both kinds."""

    paid_from: date | None = None
    paid_to: date | None = None
    method: str | None = None
    customer_id: int | None = None
    received_by: int | None = None
    reversed: bool | None = None
    text: str = ""


@dataclass(frozen=True)
class Totals:
    """Count of the payments that the filters leave, and sums of those not reversed, R$."""

    count: int
    amount: Decimal
    principal: Decimal
    interest: Decimal
    fine: Decimal


@dataclass(frozen=True)
class ReceiptItem:
    """What a payment did to one note, R$; `after` is what the note owed right after it."""

    note_id: int
    number: str
    due_date: date
    amount: Decimal
    split: Split
    after: Decimal


@dataclass(frozen=True)
class Undone:
    """The reversal of a payment: when, by whom and why (R12)."""

    on: date
    at: datetime
    by: str | None
    reason: str


@dataclass(frozen=True)
class Receipt:
    """All that a receipt states (R24), R$; `customer_after` is owed at the end of that day."""

    id: int
    number: str
    paid_on: date
    recorded_at: datetime
    amount: Decimal
    method: str
    backdate_reason: str | None
    received_by: str | None
    customer_id: int
    customer: str
    tax_id: str
    shop: ShopSettings
    items: Sequence[ReceiptItem]
    customer_after: Decimal
    undone: Undone | None

    @property
    def split(self) -> Split:
        """Interest, fine and principal of all its notes."""
        return Split(
            sum((item.split.interest for item in self.items), ZERO),
            sum((item.split.fine for item in self.items), ZERO),
            sum((item.split.principal for item in self.items), ZERO),
        )


def totals(session: Session, filters: Filters) -> Totals:
    """How many payments the filters leave, and what was received by the live ones (R22)."""
    live = Reversal.id.is_(None)
    joined = _joined(filters)
    count, amount = session.execute(
        joined.with_only_columns(
            func.count(), func.coalesce(func.sum(case((live, Payment.amount))), ZERO)
        )
    ).one()
    parts = session.execute(
        joined.join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .where(live)
        .with_only_columns(
            func.coalesce(func.sum(PaymentItem.principal), ZERO),
            func.coalesce(func.sum(PaymentItem.interest), ZERO),
            func.coalesce(func.sum(PaymentItem.fine), ZERO),
        )
    ).one()
    return Totals(count, amount, *parts)


def list_payments(session: Session, filters: Filters, *, offset: int, limit: int) -> pd.DataFrame:
    """One page of the filtered payments, newest first.

    Columns: id, number, paid_on, customer, method, amount, principal, interest, fine, received_by
    and reversed; R$.
    """
    frame = pd.read_sql(
        listed(filters, offset=offset, limit=limit), session.connection(), coerce_float=False
    )
    numbers = [receipt_number(int(payment_id)) for payment_id in frame["id"]]
    frame.insert(1, "number", pd.Series(numbers, dtype=object))
    return frame


def listed(
    filters: Filters, *, offset: int | None = None, limit: int | None = None
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows of `list_payments`, without their numbers; without a limit of all."""
    page = (
        _joined(filters)
        .with_only_columns(
            Payment.id,
            Payment.paid_on,
            Customer.name.label("customer"),
            Payment.method,
            Payment.amount,
            User.name.label("received_by"),
            Reversal.id.is_not(None).label("reversed"),
        )
        .order_by(Payment.paid_on.desc(), Payment.id.desc())
        .offset(offset)
        .limit(limit)
        .cte("page")
    )
    return (
        select(
            page.c.id,
            page.c.paid_on,
            page.c.customer,
            page.c.method,
            page.c.amount,
            func.sum(PaymentItem.principal).label("principal"),
            func.sum(PaymentItem.interest).label("interest"),
            func.sum(PaymentItem.fine).label("fine"),
            page.c.received_by,
            page.c.reversed,
        )
        .join(PaymentItem, PaymentItem.payment_id == page.c.id)
        .group_by(*page.c)
        .order_by(page.c.paid_on.desc(), page.c.id.desc())
    )


def receipt(session: Session, payment_id: int) -> Receipt:
    """The data of a payment's receipt, also of a reversed one; raises NotFound."""
    undoer = aliased(User)
    found = session.execute(
        select(Payment, Customer.name, Customer.tax_id, User.name, Reversal, undoer.name)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(undoer, undoer.id == Reversal.reversed_by)
        .where(Payment.id == payment_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Pagamento não encontrado.")
    payment, customer, tax_id, receiver, reversal, undone_by = found
    undone = None
    if reversal is not None:
        undone = Undone(reversal.reversed_on, reversal.reversed_at, undone_by, reversal.reason)
    # "Today" far ahead: the state comes from the payments up to that day, whatever followed.
    owed = (
        open_notes(payment.paid_on, today=date.max)
        .where(Note.customer_id == payment.customer_id)
        .subquery()
    )
    return Receipt(
        id=payment.id,
        number=receipt_number(payment.id),
        paid_on=payment.paid_on,
        recorded_at=payment.created_at,
        amount=payment.amount,
        method=payment.method,
        backdate_reason=payment.backdate_reason,
        received_by=receiver,
        customer_id=payment.customer_id,
        customer=customer,
        tax_id=tax_id,
        shop=current_settings(session),
        items=_items(session, payment_id),
        customer_after=session.scalar(select(func.coalesce(func.sum(owed.c.owed), ZERO))) or ZERO,
        undone=undone,
    )


def receivers(session: Session) -> dict[int, str]:
    """Names, by id, of those who have received a payment."""
    rows = session.execute(
        select(User.id, User.name)
        .where(User.id.in_(select(Payment.received_by).distinct()))
        .order_by(User.name, User.id)
    )
    return {row.id: row.name for row in rows}


def _items(session: Session, payment_id: int) -> list[ReceiptItem]:
    rows = session.execute(
        select(PaymentItem, Note.sale_id, Note.number, Note.due_date, Sale.installments)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .where(PaymentItem.payment_id == payment_id)
        .order_by(Note.due_date, Note.id)
    )
    return [
        ReceiptItem(
            note_id=item.note_id,
            number=note_number(sale_id, place, installments),
            due_date=due_date,
            amount=item.amount,
            split=Split(item.interest, item.fine, item.principal),
            after=item.principal_after + item.interest_after + item.fine_after,
        )
        for item, sale_id, place, due_date, installments in rows
    ]


def _joined(filters: Filters) -> Select[Any]:
    return (
        select(Payment)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(User, User.id == Payment.received_by)
        .where(_kept(filters))
    )


def _kept(filters: Filters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if filters.paid_from:
        conditions.append(Payment.paid_on >= filters.paid_from)
    if filters.paid_to:
        conditions.append(Payment.paid_on <= filters.paid_to)
    if filters.method:
        conditions.append(Payment.method == filters.method)
    if filters.customer_id is not None:
        conditions.append(Payment.customer_id == filters.customer_id)
    if filters.received_by is not None:
        conditions.append(Payment.received_by == filters.received_by)
    if filters.reversed is not None:
        undone = Reversal.id.is_not(None)
        conditions.append(undone if filters.reversed else ~undone)
    if filters.text.strip():
        conditions.append(_matches(filters.text))
    return and_(true(), *conditions)


def _matches(text: str) -> ColumnElement[bool]:
    """By customer, by a note's number, or by the receipt's own number."""
    ways = [by_customer(text)]
    named = parse_note_number(text)
    if named is not None:
        sale_or_receipt, place = named
        ways.append(
            exists()
            .where(PaymentItem.payment_id == Payment.id, PaymentItem.note_id == Note.id)
            .where(by_number(text, Note.sale_id, Note.number))
        )
        if place is None:
            ways.append(Payment.id == sale_or_receipt)
    return or_(*ways)
