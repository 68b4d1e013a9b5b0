"""Who has overdue notes, how late and how much, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Select, Subquery, func, select, true
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer
from credigestor.reports.ordering import ordered
from credigestor.reports.portfolio import stock
from credigestor.reports.portfolio.collections import open_by_due_month
from credigestor.reports.portfolio.largest import LATE_ORDERS, debtors, largest, late_customers
from credigestor.reports.portfolio.rows import sold_in
from credigestor.reports.scope import EVERYTHING, Scope
from credigestor.rules.money import ZERO

#: What the list of late customers may be sorted by.
ORDERS = (
    *("name", "principal", "owed", "days_late", "notes", "phone", "interest", "fine"),
    *("oldest_due", "city", "tax_id"),
)
MOST_FIRST = "-principal"
#: What the summaries can sort by where `of_customers`.
WALKS = ("principal", *LATE_ORDERS)
#: Of more late customers than these a list is sorted by nothing else.
MANY = 10_000


@dataclass(frozen=True)
class DelinquencyFilters:
    """Which overdue notes count; the default is all of them.

    `bands` are names of `rules.aging.BANDS`, an empty tuple meaning every band; a note that
    inherited an old debt's lateness is in its band (R15).
    """

    scope: Scope = EVERYTHING
    bands: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None

    @property
    def of_customers(self) -> bool:
        """Whether every overdue note of whoever counts does, so that the summaries can tell."""
        some = self.bands or self.due_from or self.due_to
        return not some and self.scope.seller is None and self.scope.value is None


@dataclass(frozen=True)
class DelinquencyTotals:
    """The sums of a delinquency report, R$ for money."""

    customers: int
    notes: int
    principal: Decimal
    interest: Decimal
    fine: Decimal

    @property
    def owed(self) -> Decimal:
        """Principal with late interest and fine."""
        return self.principal + self.interest + self.fine


def delinquency(
    session: Session,
    as_of: date,
    filters: DelinquencyFilters,
    *,
    today: date,
    offset: int = 0,
    limit: int | None = None,
    order: str = MOST_FIRST,
) -> pd.DataFrame:
    """Customers with overdue notes at `as_of`, in an order of ORDERS (R13, R16).

    Columns: customer_id, name, tax_id, identification, phone, phone_text, city, notes,
    oldest_due, days_late (of the oldest note), principal, interest, fine, owed (R$). Filters
    choose notes: the sums are theirs.
    """
    statement = listed(as_of, filters, today=today, order=order)
    if limit is not None and filters.of_customers and order.removeprefix("-") in WALKS:
        # Who is on this page is known without a look at everybody's notes.
        these = _on_page(session, as_of, filters.scope, order, limit, offset)
        statement = statement.where(Customer.id.in_(these))
    else:
        statement = statement.limit(limit).offset(offset)
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def totals(
    session: Session, as_of: date, filters: DelinquencyFilters, *, today: date
) -> DelinquencyTotals:
    """The sums over all customers that the filters leave."""
    if filters.of_customers:
        [now] = stock.stocks(session, [as_of], filters.scope)
        months = open_by_due_month(session, as_of, filters.scope)
        overdue = sum((month.overdue for month in months), ZERO)
        charges = stock.charges(session, as_of, filters.scope, today=today)
        _, late = debtors(session, as_of, filters.scope)
        return DelinquencyTotals(late, now.overdue_notes, overdue, charges.interest, charges.fine)
    notes = _overdue(as_of, today, filters)
    row = session.execute(
        select(
            func.count(notes.c.customer_id.distinct()),
            func.count(),
            *(
                func.coalesce(func.sum(notes.c[part]), ZERO)
                for part in ("principal", "interest", "fine")
            ),
        )
    ).one()
    return DelinquencyTotals(*row)


def listed(
    as_of: date,
    filters: DelinquencyFilters,
    *,
    today: date,
    after: int | None = None,
    order: str = MOST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows of `delinquency`, of all customers.

    `after` is the id with which a page in the order of `customer_id` ended.
    """
    notes = _overdue(as_of, today, filters)
    principal = func.sum(notes.c.principal)
    rest = true() if after is None else Customer.id > after
    columns = {
        "customer_id": Customer.id,
        "name": Customer.name,
        "tax_id": Customer.tax_id,
        "identification": Customer.identification,
        "phone": Customer.phone,
        "phone_text": Customer.phone_text,
        "city": Customer.city,
        "notes": func.count(),
        "oldest_due": func.min(notes.c.due_date),
        "days_late": func.max(notes.c.days_late),
        "principal": principal,
        "interest": func.sum(notes.c.interest),
        "fine": func.sum(notes.c.fine),
        "owed": func.sum(notes.c.owed),
    }
    by = ordered(order, columns | {"name": Customer.name_folded}, tie=Customer.id)
    if order == MOST_FIRST:  # as `largest` has them
        by = [principal.desc(), Customer.id.asc()]
    return (
        select(*(value.label(name) for name, value in columns.items()))
        .join_from(notes, Customer, Customer.id == notes.c.customer_id)
        .where(rest)
        .group_by(Customer.id)
        .order_by(*by)
    )


def _on_page(
    session: Session, as_of: date, scope: Scope, order: str, count: int, offset: int
) -> list[int]:
    if order != MOST_FIRST:
        return late_customers(session, as_of, order=order, count=count, offset=offset, scope=scope)
    most = largest(session, as_of, count=count, by="overdue", scope=scope, offset=offset)
    return [customer_id for customer_id, _ in most]


def _overdue(as_of: date, today: date, filters: DelinquencyFilters) -> Subquery:
    notes = open_notes(as_of, today=today).subquery()
    statement: Select[*tuple[Any, ...]] = select(notes).where(
        notes.c.is_overdue, sold_in(filters.scope, notes.c.sale_id)
    )
    if filters.due_from:
        statement = statement.where(notes.c.due_date >= filters.due_from)
    if filters.due_to:
        statement = statement.where(notes.c.due_date <= filters.due_to)
    if filters.bands:
        statement = statement.where(notes.c.band.in_(filters.bands))
    return statement.subquery()
