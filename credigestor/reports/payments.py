"""Payments: the filtered list with what was received, discounts apart (R22)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Note, Payment, PaymentItem, Reversal, SaleMoney, User
from credigestor.reports import by_method
from credigestor.reports.by_method import ByMethod, came_by
from credigestor.reports.note_dates import one_of
from credigestor.reports.ordering import ordered
from credigestor.reports.search import (
    by_customer,
    by_number,
    may_be_old_number,
    notes_by_old_number,
)
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import parse_note_number, receipt_number

#: What a list of payments may be sorted by; SUMS are over the items of all of them.
ORDERS = {
    "paid_on": Payment.paid_on,
    "number": Payment.id,
    "customer": Customer.name_folded,
    "amount": Payment.amount,
    "method": Payment.method,
    "received_by": case((User.id.is_not(None), User.name)),  # who may be nobody
    "situation": Reversal.id.is_not(None),
}
SUMS = ("principal", "interest", "fine", "discount")
#: Of these there is an index to walk along; more payments than MANY are sorted by no other.
WALKS = ("paid_on", "number")
MANY = 20_000
NEWEST_FIRST = "-paid_on"


@dataclass(frozen=True)
class PaymentFilters:
    """What limits the list; dates are inclusive, `reversed` of None lists both kinds."""

    paid_from: date | None = None
    paid_to: date | None = None
    method: str | None = None
    customer_id: int | None = None
    received_by: int | None = None
    reversed: bool | None = None
    text: str = ""


@dataclass(frozen=True)
class PaymentTotals:
    """Count of the payments that the filters leave, and sums of those not reversed, R$.

    `by_method` maps each method to how many of these had a part in it, and what came by it (R36).
    """

    count: int
    amount: Decimal
    principal: Decimal
    interest: Decimal
    fine: Decimal
    discount: Decimal
    by_method: ByMethod = field(default_factory=dict)


def totals(session: Session, filters: PaymentFilters) -> PaymentTotals:
    """How many payments the filters leave, and what was received by the live ones (R22)."""
    live = Reversal.id.is_(None)
    kept = select(Payment).outerjoin(Reversal, Reversal.payment_id == Payment.id)
    if filters.text.strip():
        kept = kept.join(Customer, Customer.id == Payment.customer_id)
    kept = kept.where(_kept(filters))
    found = session.execute(
        kept.with_only_columns(
            func.count().label("count"), *by_method.sums(Payment, live)
        ).group_by(Payment.method)
    ).all()
    items = select(
        func.coalesce(func.sum(PaymentItem.principal), ZERO),
        func.coalesce(func.sum(PaymentItem.interest), ZERO),
        func.coalesce(func.sum(PaymentItem.fine), ZERO),
        func.coalesce(func.sum(PaymentItem.discount), ZERO),
    ).where(PaymentItem.reversed.is_(False))
    if filters != PaymentFilters():  # of all payments, every item is one of theirs
        items = items.where(PaymentItem.payment_id.in_(kept.with_only_columns(Payment.id)))
    parts = session.execute(items).one()
    count = sum(row[0] for row in found)
    amount = sum((row.sum for row in found), ZERO)
    return PaymentTotals(count, amount, *parts, by_method.read(found))


def list_payments(
    session: Session,
    filters: PaymentFilters,
    *,
    offset: int,
    limit: int,
    order: str = NEWEST_FIRST,
) -> pd.DataFrame:
    """One page of the filtered payments, in an order of ORDERS or SUMS.

    Columns: id, number, paid_on, customer, method, amount (the money), principal, interest,
    fine, discount (beside the money), received_by, reversed and the customer's phone; R$.
    """
    statement = listed(filters, offset=offset, limit=limit, order=order)
    frame = pd.read_sql(statement, session.connection(), coerce_float=False)
    numbers = [receipt_number(int(number)) for number in frame["number"]]
    frame["number"] = pd.Series(numbers, dtype=object)
    return frame


def listed(
    filters: PaymentFilters,
    *,
    offset: int | None = None,
    limit: int | None = None,
    after: tuple[date, int] | None = None,
    order: str = NEWEST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows of `list_payments`, their numbers as integers; without a limit of all.

    `after` are date and id of the payment that a page, newest first, ended with.
    """
    of_sums = order.removeprefix("-") in SUMS
    rest = true() if after is None else tuple_(Payment.paid_on, Payment.id) < after
    kept = (
        _joined(filters)
        .where(rest)
        .with_only_columns(
            Payment.id,
            Payment.number.label("number"),
            Payment.paid_on,
            Customer.name.label("customer"),
            Payment.way.label("method"),
            Payment.amount,
            User.name.label("received_by"),
            Reversal.id.is_not(None).label("reversed"),
            Customer.phone,
        )
    )
    if not of_sums:
        by = ordered(order, ORDERS, tie=Payment.id)
        place = func.row_number().over(order_by=by).label("place")
        kept = kept.add_columns(place).order_by(*by).offset(offset).limit(limit)
    page = kept.cte("page")
    sums = {name: func.sum(getattr(PaymentItem, name)) for name in SUMS}
    found = (
        select(
            page.c.id,
            page.c.number,
            page.c.paid_on,
            page.c.customer,
            page.c.method,
            page.c.amount,
            *(value.label(name) for name, value in sums.items()),
            page.c.received_by,
            page.c.reversed,
            page.c.phone,
        )
        .join(PaymentItem, PaymentItem.payment_id == page.c.id)
        .group_by(*page.c)
    )
    if of_sums:
        return found.order_by(*ordered(order, sums, tie=page.c.id)).offset(offset).limit(limit)
    return found.order_by(page.c.place)


def receivers(session: Session) -> dict[int, str]:
    """Names, by id, of those who have received a payment, or taken or given back a down payment."""
    rows = session.execute(
        select(User.id, User.name)
        .where(
            or_(
                User.id.in_(select(Payment.received_by).distinct()),
                User.id.in_(select(SaleMoney.done_by).distinct()),
            )
        )
        .order_by(User.name, User.id)
    )
    return {row.id: row.name for row in rows}


def _joined(filters: PaymentFilters) -> Select[Any]:
    return (
        select(Payment)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(User, User.id == Payment.received_by)
        .where(_kept(filters))
    )


def _kept(filters: PaymentFilters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if filters.paid_from:
        conditions.append(Payment.paid_on >= filters.paid_from)
    if filters.paid_to:
        conditions.append(Payment.paid_on <= filters.paid_to)
    if filters.method:
        conditions.append(came_by(Payment, filters.method))
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
    """By customer, by a note's number, printed or old, or by the receipt's own number."""
    ways = [by_customer(text)]
    if may_be_old_number(text):
        items = select(PaymentItem.payment_id).where(
            one_of(PaymentItem.note_id, union(*notes_by_old_number(text)))
        )
        ways.append(Payment.id.in_(items))
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
