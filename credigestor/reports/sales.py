"""Sales: listed page by page with their totals, and one of them with notes and payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Payment, PaymentItem, Sale, User
from credigestor.errors import NotFound
from credigestor.reports.note_filters import of_city, of_value
from credigestor.reports.scope import NO_SELLER
from credigestor.reports.search import usable
from credigestor.rules.charges import ZERO
from credigestor.rules.identity import fold
from credigestor.rules.numbering import parse_note_number, sale_number

NOTE_COLUMNS = (
    *("note_id", "number", "amount", "due_date", "free_until"),
    *("principal", "interest", "fine", "owed", "days_late", "status"),
)

# Descriptions are kept as typed; without an extension, this folds Portuguese accents in SQL.
_ACCENTED, _PLAIN = "áàâãäéèêëíìîïóòôõöúùûüçñ", "aaaaaeeeeiiiiooooouuuucn"


@dataclass(frozen=True)
class Filters:
    """What limits the list of sales; the default limits nothing. Dates are inclusive.

    `text` is looked for in the customer's name and the description (case and accents folded)
    and as the number of a sale or of one of its notes; `cancelled` of None lists both, at the
    as-of date; `seller`, `city` and `value` as in `reports.scope.Scope`.
    """

    text: str = ""
    seller: int | Literal["none"] | None = None
    city: str | None = None
    value: str | None = None
    sold_from: date | None = None
    sold_to: date | None = None
    cancelled: bool | None = None


@dataclass(frozen=True)
class Totals:
    """How many sales the filters leave, and the R$ of those that are not cancelled."""

    count: int
    cancelled: int
    total: Decimal
    down_payment: Decimal
    financed: Decimal


@dataclass(frozen=True, eq=False)
class SaleDetail:
    """A sale with its contract as made: R$, rates in percent, grace in days (R5).

    `notes` has the columns note_id, number, amount, due_date, free_until, principal, interest,
    fine, owed, days_late and status; `payments` payment_id, paid_on, method, numbers, amount,
    interest, fine, principal (this sale's part of it, R$) and reversed.
    """

    id: int
    customer_id: int
    customer: str
    seller_id: int | None
    seller: str | None
    sold_on: date
    description: str
    total: Decimal
    down_payment: Decimal
    installments: int
    first_due_date: date | None
    contract_rate: Decimal
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int
    override_reason: str | None
    override_by: str | None
    cancelled_on: date | None
    cancelled_by: str | None
    cancel_reason: str | None
    notes: pd.DataFrame
    payments: pd.DataFrame

    @property
    def number(self) -> str:
        """The sale's number as shown, e.g. 000123."""
        return sale_number(self.id)

    @property
    def has_live_payment(self) -> bool:
        """Whether a payment that was not reversed keeps the sale from being cancelled (R13)."""
        return not self.payments["reversed"].all()


def totals(session: Session, filters: Filters, *, as_of: date) -> Totals:
    """Count and sums of the filtered sales made by `as_of`.

    Those cancelled by then are counted apart and not summed.
    """
    live = _live(as_of)
    row = session.execute(
        select(
            func.count(),
            func.count().filter(~live),
            func.coalesce(func.sum(Sale.total).filter(live), ZERO),
            func.coalesce(func.sum(Sale.down_payment).filter(live), ZERO),
            func.coalesce(func.sum(Sale.total - Sale.down_payment).filter(live), ZERO),
        )
        .select_from(Sale)
        .where(_kept(filters, as_of))
    ).one()
    return Totals(*row)


def page(
    session: Session,
    filters: Filters,
    *,
    as_of: date,
    today: date,
    offset: int = 0,
    limit: int = 50,
) -> pd.DataFrame:
    """One page of the filtered sales, newest first, each with what it owes at `as_of`, R$.

    Columns: id, sold_on, customer, seller, description, total, down_payment, installments,
    owed (charges included) and cancelled.
    """
    chosen = (
        select(Sale.id, Customer.name.label("customer"), User.name.label("seller"))
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(User, User.id == Sale.seller_id)
        .where(_kept(filters, as_of))
        .order_by(Sale.sold_on.desc(), Sale.id.desc())
        .offset(offset)
        .limit(limit)
        .cte("chosen")
    )
    notes = (
        note_balances(as_of, today=today).where(Note.sale_id.in_(select(chosen.c.id))).subquery()
    )
    owed = (
        select(notes.c.sale_id, func.sum(notes.c.owed).label("owed"))
        .group_by(notes.c.sale_id)
        .subquery()
    )
    statement = (
        select(
            Sale.id,
            Sale.sold_on,
            chosen.c.customer,
            chosen.c.seller,
            Sale.description,
            Sale.total,
            Sale.down_payment,
            Sale.installments,
            func.coalesce(owed.c.owed, ZERO).label("owed"),
            (~_live(as_of)).label("cancelled"),
        )
        .select_from(Sale)
        .join(chosen, chosen.c.id == Sale.id)
        .outerjoin(owed, owed.c.sale_id == Sale.id)
        .order_by(Sale.sold_on.desc(), Sale.id.desc())
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def detail(session: Session, sale_id: int, *, as_of: date, today: date) -> SaleDetail:
    """One sale with its notes as of a date and its payments up to then; raises NotFound."""
    seller, overrider, canceller = aliased(User), aliased(User), aliased(User)
    row = (
        session.execute(
            select(
                Sale.id,
                Sale.customer_id,
                Customer.name.label("customer"),
                Sale.seller_id,
                seller.name.label("seller"),
                Sale.sold_on,
                Sale.description,
                Sale.total,
                Sale.down_payment,
                Sale.installments,
                Sale.first_due_date,
                Sale.contract_rate,
                Sale.late_rate,
                Sale.fine_rate,
                Sale.grace_days,
                Sale.override_reason,
                overrider.name.label("override_by"),
                Sale.cancelled_on,
                canceller.name.label("cancelled_by"),
                Sale.cancel_reason,
            )
            .join(Customer, Customer.id == Sale.customer_id)
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
    )


def sellers(session: Session) -> list[tuple[int, str]]:
    """Everybody who may have sold, (id, name), those who still work here first."""
    users = session.execute(
        select(User.id, User.name, User.active).order_by(User.active.desc(), User.name, User.id)
    )
    return [(id_, name if active else f"{name} (inativo)") for id_, name, active in users]


def _notes(session: Session, sale_id: int, as_of: date, today: date) -> pd.DataFrame:
    notes = note_balances(as_of, today=today).where(Note.sale_id == sale_id).subquery()
    statement = select(*(notes.c[name] for name in NOTE_COLUMNS)).order_by(notes.c.number)
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def _payments(session: Session, sale_id: int, as_of: date) -> pd.DataFrame:
    numbers = func.string_agg(
        cast(Note.number, Text), aggregate_order_by(literal(", "), Note.number)
    )
    statement = (
        select(
            Payment.id.label("payment_id"),
            Payment.paid_on,
            Payment.method,
            numbers.label("numbers"),
            func.sum(PaymentItem.amount).label("amount"),
            func.sum(PaymentItem.interest).label("interest"),
            func.sum(PaymentItem.fine).label("fine"),
            func.sum(PaymentItem.principal).label("principal"),
            func.bool_or(PaymentItem.reversed).label("reversed"),
        )
        .join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .join(Note, Note.id == PaymentItem.note_id)
        .where(Note.sale_id == sale_id, Payment.paid_on <= as_of)
        .group_by(Payment.id)
        .order_by(Payment.paid_on, Payment.id)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def _live(as_of: date) -> ColumnElement[bool]:
    return or_(Sale.cancelled_on.is_(None), Sale.cancelled_on > as_of)


def _kept(filters: Filters, as_of: date) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [Sale.sold_on <= as_of, *of_value(filters.value)]
    if words := fold(usable(filters.text)).split():
        conditions.append(_matches(filters.text, words))
    if filters.seller == NO_SELLER:
        conditions.append(Sale.seller_id.is_(None))
    elif filters.seller is not None:
        conditions.append(Sale.seller_id == filters.seller)
    if filters.city:
        there = select(Customer.id).where(of_city(filters.city))
        conditions.append(Sale.customer_id.in_(there))
    if filters.sold_from is not None:
        conditions.append(Sale.sold_on >= filters.sold_from)
    if filters.sold_to is not None:
        conditions.append(Sale.sold_on <= filters.sold_to)
    if filters.cancelled is not None:
        conditions.append(_live(as_of).is_(not filters.cancelled))
    return and_(*conditions)


def _matches(typed: str, words: list[str]) -> ColumnElement[bool]:
    description = func.translate(func.lower(Sale.description), _ACCENTED, _PLAIN)
    people = select(Customer.id).where(
        *(Customer.name_folded.contains(word, autoescape=True) for word in words)
    )
    ways = [
        Sale.customer_id.in_(people),
        and_(*(description.contains(word, autoescape=True) for word in words)),
    ]
    if number := parse_note_number(typed):
        ways.append(Sale.id == number[0])
    return or_(*ways)
