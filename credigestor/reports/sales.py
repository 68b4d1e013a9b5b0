"""Sales: listed page by page with their totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note, Renegotiation, Sale, User
from credigestor.reports.note_dates import one_of
from credigestor.reports.note_filters import of_city, of_value
from credigestor.reports.ordering import ordered
from credigestor.reports.scope import NO_SELLER
from credigestor.reports.search import by_old_number, may_be_old_number, notes_by_old_number, usable
from credigestor.rules.identity import fold
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import parse_note_number

# Descriptions are kept as typed; without an extension, this folds Portuguese accents in SQL, and
# leaves out apostrophes, which have no letter in the second text.
_ACCENTED, _PLAIN = "áàâãäéèêëíìîïóòôõöúùûüçñ'´`‘’ʼ", "aaaaaeeeeiiiiooooouuuucn"


#: What a list of sales may be sorted by; `owed` is a sum over the notes of all of them.
ORDERS = {
    "number": Sale.id,
    "sold_on": Sale.sold_on,
    "customer": Customer.name_folded,
    "total": Sale.total,
    "installments": Sale.installments,
    "seller": case((User.id.is_not(None), User.name)),  # who may be nobody
    "situation": Sale.cancelled_on.is_not(None),
    "description": Sale.description,
}
SUMS = ("owed",)
#: Of more sales than these no list is sorted by SUMS.
MANY = 10_000
NEWEST_FIRST = "-sold_on"


@dataclass(frozen=True)
class SaleFilters:
    """What limits the list of sales; the default limits nothing. Dates are inclusive.

    `text` is looked for in the customer's name and the description (case and accents folded)
    and as the number of a sale or of one of its notes, or an old one, also the customer's;
    `cancelled` of None lists both, at the as-of date; `seller`, `city` and `value` as in
    `reports.scope.Scope`.
    """

    text: str = ""
    seller: int | Literal["none"] | None = None
    city: str | None = None
    value: str | None = None
    sold_from: date | None = None
    sold_to: date | None = None
    cancelled: bool | None = None


@dataclass(frozen=True)
class SaleTotals:
    """How many sales the filters leave, and the R$ of those that are not cancelled.

    Those in the place of older ones, `renegotiations`, are no goods sold: their R$ stand apart
    (R15).
    """

    count: int
    cancelled: int
    total: Decimal
    down_payment: Decimal
    financed: Decimal
    renegotiations: int = 0
    renegotiated: Decimal = ZERO


def totals(session: Session, filters: SaleFilters, *, as_of: date) -> SaleTotals:
    """Count and sums of the filtered sales made by `as_of`.

    Those cancelled by then are counted apart and not summed.
    """
    live = _live(as_of)
    renewed = and_(live, Renegotiation.id.is_not(None))
    sold = and_(live, Renegotiation.id.is_(None))
    row = session.execute(
        select(
            func.count(),
            func.count().filter(~live),
            func.coalesce(func.sum(Sale.total).filter(sold), ZERO),
            func.coalesce(func.sum(Sale.down_payment).filter(sold), ZERO),
            func.coalesce(func.sum(Sale.total - Sale.down_payment).filter(sold), ZERO),
            func.count().filter(renewed),
            func.coalesce(func.sum(Sale.total).filter(renewed), ZERO),
        )
        .select_from(Sale)
        .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
        .where(_kept(filters, as_of))
    ).one()
    return SaleTotals(*row)


def owed(session: Session, filters: SaleFilters, *, as_of: date, today: date) -> Decimal:
    """What all sales that the filters leave owe at `as_of`, R$, charges included."""
    kept = select(Sale.id).where(_kept(filters, as_of))
    notes = note_balances(as_of, today=today).where(Note.sale_id.in_(kept)).subquery()
    total: Decimal = session.scalars(select(func.coalesce(func.sum(notes.c.owed), ZERO))).one()
    return total


def page(
    session: Session,
    filters: SaleFilters,
    *,
    as_of: date,
    today: date,
    offset: int = 0,
    limit: int = 50,
    order: str = NEWEST_FIRST,
) -> pd.DataFrame:
    """One page of the filtered sales, each with what it owes at `as_of`, R$.

    Columns: id, sold_on, customer, seller, description, total, down_payment, installments,
    owed (charges included), cancelled, the customer's phone, and renegotiation_id of a sale that
    took the place of older ones (R15).
    """
    statement = listed(filters, as_of=as_of, today=today, offset=offset, limit=limit, order=order)
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def listed(
    filters: SaleFilters,
    *,
    as_of: date,
    today: date,
    offset: int | None = None,
    limit: int | None = None,
    after: tuple[date, int] | None = None,
    order: str = NEWEST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows of `page`; without a limit of all that the filters leave.

    `after` are date and id of the sale that a page, newest first, ended with; `order` names one
    of ORDERS or SUMS.
    """
    rest = true() if after is None else tuple_(Sale.sold_on, Sale.id) < after
    of_sums = order.removeprefix("-") in SUMS
    kept = (
        select(
            Sale.id,
            Customer.name.label("customer"),
            User.name.label("seller"),
            Customer.phone,
        )
        .join(Customer, Customer.id == Sale.customer_id)
        .outerjoin(User, User.id == Sale.seller_id)
        .where(_kept(filters, as_of), rest)
    )
    if not of_sums:  # what is owed is summed for one page alone
        by = ordered(order, ORDERS | {"situation": ~_live(as_of)}, tie=Sale.id)
        place = func.row_number().over(order_by=by).label("place")
        kept = kept.add_columns(place).order_by(*by).offset(offset).limit(limit)
    chosen = kept.cte("chosen")
    notes = (
        note_balances(as_of, today=today).where(Note.sale_id.in_(select(chosen.c.id))).subquery()
    )
    owed = (
        select(notes.c.sale_id, func.sum(notes.c.owed).label("owed"))
        .group_by(notes.c.sale_id)
        .subquery()
    )
    owing = func.coalesce(owed.c.owed, ZERO)
    found = (
        select(
            Sale.id,
            Sale.sold_on,
            chosen.c.customer,
            chosen.c.seller,
            Sale.description,
            Sale.total,
            Sale.down_payment,
            Sale.installments,
            owing.label("owed"),
            (~_live(as_of)).label("cancelled"),
            chosen.c.phone,
            Renegotiation.id.label("renegotiation_id"),
        )
        .select_from(Sale)
        .join(chosen, chosen.c.id == Sale.id)
        .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
        .outerjoin(owed, owed.c.sale_id == Sale.id)
    )
    if of_sums:
        found = found.order_by(*ordered(order, {"owed": owing}, tie=Sale.id))
        return found.offset(offset).limit(limit)
    return found.order_by(chosen.c.place)


def sellers(session: Session) -> list[tuple[int, str]]:
    """Everybody who may have sold, (id, name), those who still work here first."""
    users = session.execute(
        select(User.id, User.name, User.active).order_by(User.active.desc(), User.name, User.id)
    )
    return [(id_, name if active else f"{name} (inativo)") for id_, name, active in users]


def _live(as_of: date) -> ColumnElement[bool]:
    return or_(Sale.cancelled_on.is_(None), Sale.cancelled_on > as_of)


def _kept(filters: SaleFilters, as_of: date) -> ColumnElement[bool]:
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
    if may_be_old_number(typed):
        notes = union(*notes_by_old_number(typed))
        ways.append(Sale.id.in_(select(Note.sale_id).where(one_of(Note.id, notes))))
        ways.append(by_old_number(typed, Sale.ref))
        clients = select(Customer.id).where(by_old_number(typed, Customer.ref))
        ways.append(Sale.customer_id.in_(clients))
    if number := parse_note_number(typed):
        ways.append(Sale.id == number[0])
    return or_(*ways)
