"""Who has overdue notes, how late and how much, customer by customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer
from credigestor.rules.charges import ZERO

NO_SELLER: Literal["none"] = "none"


@dataclass(frozen=True)
class Filters:
    """Which overdue notes count; the default is all of them.

    `bands` are names of `rules.aging.BANDS`, an empty tuple meaning every band; `seller` is a
    user's id or NO_SELLER, that of the note's sale.
    """

    due_from: date | None = None
    due_to: date | None = None
    bands: tuple[str, ...] = ()
    seller: int | Literal["none"] | None = None
    city: str | None = None


@dataclass(frozen=True)
class Totals:
    """The sums of a delinquency report, R$ for money."""

    customers: int
    notes: int
    principal: Decimal
    interest: Decimal
    fine: Decimal
    owed: Decimal


def delinquency(
    session: Session, as_of: date, filters: Filters | None = None, *, today: date
) -> pd.DataFrame:
    """Customers with overdue notes at `as_of`, largest debt first (R13, R16).

    Columns: customer_id, name, tax_id, phone, city, notes, oldest_due, days_late (of the oldest
    note), principal, interest, fine, owed (R$). Filters choose notes: the sums are theirs.
    """
    notes = _overdue(as_of, today, filters or Filters())
    owed = func.sum(notes.c.owed)
    statement = (
        select(
            Customer.id.label("customer_id"),
            Customer.name,
            Customer.tax_id,
            Customer.phone,
            Customer.city,
            func.count().label("notes"),
            func.min(notes.c.due_date).label("oldest_due"),
            func.max(notes.c.days_late).label("days_late"),
            func.sum(notes.c.principal).label("principal"),
            func.sum(notes.c.interest).label("interest"),
            func.sum(notes.c.fine).label("fine"),
            owed.label("owed"),
        )
        .join_from(notes, Customer, Customer.id == notes.c.customer_id)
        .group_by(Customer.id)
        .order_by(owed.desc(), Customer.name_folded, Customer.id)
    )
    return pd.read_sql(statement, session.connection(), coerce_float=False)


def totals(report: pd.DataFrame) -> Totals:
    """The sums of what `delinquency` gave."""
    return Totals(
        customers=len(report),
        notes=int(report["notes"].sum()),
        **{
            column: sum(report[column], ZERO)
            for column in ("principal", "interest", "fine", "owed")
        },
    )


def cities(session: Session, as_of: date, *, today: date) -> list[str]:
    """Cities of the customers with overdue notes, for the filter."""
    notes = _overdue(as_of, today, Filters())
    statement = (
        select(Customer.city)
        .join_from(notes, Customer, Customer.id == notes.c.customer_id)
        .where(Customer.city.is_not(None))
        .distinct()
        .order_by(Customer.city)
    )
    return [city for city in session.scalars(statement) if city]


def _overdue(as_of: date, today: date, filters: Filters) -> Subquery:
    notes = open_notes(as_of, today=today).subquery()
    statement: Select[*tuple[Any, ...]] = select(notes).where(notes.c.is_overdue)
    if filters.due_from:
        statement = statement.where(notes.c.due_date >= filters.due_from)
    if filters.due_to:
        statement = statement.where(notes.c.due_date <= filters.due_to)
    if filters.bands:
        statement = statement.where(notes.c.band.in_(filters.bands))
    if filters.seller == NO_SELLER:
        statement = statement.where(notes.c.seller_id.is_(None))
    elif filters.seller is not None:
        statement = statement.where(notes.c.seller_id == filters.seller)
    if filters.city:
        statement = statement.join(Customer, Customer.id == notes.c.customer_id).where(
            Customer.city == filters.city
        )
    return statement.subquery()
