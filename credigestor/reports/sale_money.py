"""Down payments received and handed back (R35): the list, what came by each method, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import Customer, Sale, SaleMoney, User
from credigestor.db.settings import current_settings
from credigestor.errors import NotFound
from credigestor.reports import by_method
from credigestor.reports.by_method import ByMethod, came_by
from credigestor.reports.ordering import ordered
from credigestor.reports.receipt import Money, Receipt, Undone
from credigestor.reports.search import by_customer, by_old_number
from credigestor.rules.address import address_of
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import money_number, parse_note_number, sale_number

#: What the list may be sorted by.
ORDERS: dict[str, Any] = {
    "moved_on": SaleMoney.moved_on,
    "number": SaleMoney.id,
    "what": SaleMoney.kind,
    "customer": Customer.name_folded,
    "sale": SaleMoney.sale_id,
    "amount": SaleMoney.amount,
    "method": SaleMoney.method,
    "done_by": case((User.id.is_not(None), User.name)),  # who may be nobody
}
NEWEST_FIRST = "-moved_on"


@dataclass(frozen=True)
class MoneyFilters:
    """What limits the list; dates are inclusive, `kind` is "down" or "refund"."""

    moved_from: date | None = None
    moved_to: date | None = None
    method: str | None = None
    kind: str | None = None
    customer_id: int | None = None
    done_by: int | None = None
    text: str = ""


@dataclass(frozen=True)
class MoneyTotals:
    """What the filters leave: how many, R$, and by method; handed back apart from received.

    What was paid down `by_credit`, or became credit again, is counted and no money (R31).
    """

    downs: int
    received: Decimal
    by_method: ByMethod
    by_credit: Decimal
    refunds: int
    refunded: Decimal
    refunded_by_method: ByMethod
    refunded_as_credit: Decimal


@dataclass(frozen=True)
class MoneyOfSale:
    """A down payment of a sale, or its return, R$; `way` is worded by `rules.methods`."""

    id: int
    kind: str
    on: date
    amount: Decimal
    way: str
    by: str | None

    @property
    def number(self) -> str:
        """The number of its receipt."""
        return money_number(self.kind, self.id)


def totals(session: Session, filters: MoneyFilters) -> MoneyTotals:
    """What the filters leave in all."""
    columns = (SaleMoney.kind, *by_method.sums(SaleMoney))
    joined = _joined(filters).with_only_columns(*columns)
    rows = session.execute(joined.group_by(SaleMoney.kind, SaleMoney.method)).all()
    found: list[Any] = []
    for kind in ("down", "refund"):
        these = [row for row in rows if row.kind == kind]
        ways = by_method.read(these)
        _, credit = ways.pop(CREDIT, (0, ZERO))
        money = sum((amount for _, amount in ways.values()), ZERO)
        found += [sum(row.times for row in these), money, ways, credit]
    return MoneyTotals(*found)


def listed(
    filters: MoneyFilters,
    *,
    offset: int | None = None,
    limit: int | None = None,
    after: tuple[date, int] | None = None,
    order: str = NEWEST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of id, kind, moved_on, sale_id, customer, method, amount, done_by, by ORDERS.

    `after` are date and id of the row that a page, newest first, ended with.
    """
    rest = true() if after is None else tuple_(SaleMoney.moved_on, SaleMoney.id) < after
    return (
        _joined(filters)
        .where(rest)
        .with_only_columns(
            SaleMoney.id,
            SaleMoney.kind,
            SaleMoney.moved_on,
            SaleMoney.sale_id,
            Customer.name.label("customer"),
            SaleMoney.way.label("method"),
            SaleMoney.amount,
            User.name.label("done_by"),
        )
        .order_by(*ordered(order, ORDERS, tie=SaleMoney.id))
        .offset(offset)
        .limit(limit)
    )


def list_money(
    session: Session,
    filters: MoneyFilters,
    *,
    offset: int,
    limit: int,
    order: str = NEWEST_FIRST,
) -> pd.DataFrame:
    """One page of `listed`, with the columns number (of the receipt) and sale (its number)."""
    statement = listed(filters, offset=offset, limit=limit, order=order)
    frame = pd.read_sql(statement, session.connection(), coerce_float=False)
    numbers = [money_number(*each) for each in zip(frame["kind"], frame["id"], strict=True)]
    frame.insert(1, "number", pd.Series(numbers, dtype=object))
    sales = [sale_number(int(sale_id)) for sale_id in frame["sale_id"]]
    frame.insert(2, "sale", pd.Series(sales, dtype=object))
    return frame


def of_sale(session: Session, sale_id: int, as_of: date) -> list[MoneyOfSale]:
    """A sale's down payment and its return, as far as there were any by then."""
    rows = session.execute(
        select(SaleMoney, User.name)
        .outerjoin(User, User.id == SaleMoney.done_by)
        .where(SaleMoney.sale_id == sale_id, SaleMoney.moved_on <= as_of)
        .order_by(SaleMoney.id)
    )
    return [
        MoneyOfSale(row.id, row.kind, row.moved_on, row.amount, row.way, name) for row, name in rows
    ]


def receipt(session: Session, money_id: int) -> Receipt:
    """The data of the receipt of a down payment, or of one handed back; raises NotFound."""
    canceller = aliased(User)
    found = session.execute(
        select(SaleMoney, Sale, Customer, User.name, canceller.name)
        .join(Sale, Sale.id == SaleMoney.sale_id)
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(User, User.id == SaleMoney.done_by)
        .outerjoin(canceller, canceller.id == Sale.cancelled_by)
        .where(SaleMoney.id == money_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Entrada não encontrada.")
    money, sale, customer, done_by, cancelled_by = found
    undone = None
    if money.kind == Money.DOWN and sale.cancelled_on is not None:
        at = sale.cancelled_at or sale.created_at
        undone = Undone(sale.cancelled_on, at, cancelled_by, sale.cancel_reason or "")
    return Receipt(
        id=money.id,
        number=money_number(money.kind, money.id),
        paid_on=money.moved_on,
        recorded_at=money.created_at,
        amount=money.amount,
        method=money.way,
        backdate_reason=None,
        discount_reason=None,
        received_by=done_by,
        customer_id=customer.id,
        customer=customer.name,
        tax_id=customer.identification,
        address=address_of(customer),
        shop=current_settings(session),
        items=(),
        customer_after=ZERO,
        earlier_open=(),
        undone=undone,
        kind=Money(money.kind),
        sale_id=sale.id,
        sale_ref=sale.ref,
    )


def _joined(filters: MoneyFilters) -> Select[Any]:
    return (
        select(SaleMoney)
        .join(Sale, Sale.id == SaleMoney.sale_id)
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(User, User.id == SaleMoney.done_by)
        .where(_kept(filters))
    )


def _kept(filters: MoneyFilters) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if filters.moved_from:
        conditions.append(SaleMoney.moved_on >= filters.moved_from)
    if filters.moved_to:
        conditions.append(SaleMoney.moved_on <= filters.moved_to)
    if filters.method:
        conditions.append(came_by(SaleMoney, filters.method))
    if filters.kind:
        conditions.append(SaleMoney.kind == filters.kind)
    if filters.customer_id is not None:
        conditions.append(Sale.customer_id == filters.customer_id)
    if filters.done_by is not None:
        conditions.append(SaleMoney.done_by == filters.done_by)
    if filters.text.strip():
        conditions.append(_matches(filters.text))
    return and_(true(), *conditions)


def _matches(text: str) -> ColumnElement[bool]:
    """By customer, by the sale's number, also its old one, or by the receipt's own."""
    ways = [by_customer(text), by_old_number(text, Sale.ref)]
    letter, rest = text.strip()[:1].upper(), text.strip()[1:]
    if letter in ("E", "D") and rest.isascii() and rest.isdigit() and len(rest) < 10:
        kind = "down" if letter == "E" else "refund"
        ways.append(and_(SaleMoney.id == int(rest), SaleMoney.kind == kind))
    named = parse_note_number(text)
    if named is not None:
        ways.append(Sale.id == named[0])
    return or_(*ways)
