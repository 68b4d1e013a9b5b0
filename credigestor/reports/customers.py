"""Customers: found as one types, listed page by page, and what one of them owes in short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Customer, Note
from credigestor.errors import NotFound
from credigestor.reports.customer_rows import CustomerFilters as CustomerFilters
from credigestor.reports.customer_rows import Exposure as Exposure
from credigestor.reports.customer_rows import Found as Found
from credigestor.reports.customer_rows import Match as Match
from credigestor.reports.ordering import ordered
from credigestor.reports.search import by_customer, usable
from credigestor.reports.similar_names import alike, most_alike
from credigestor.rules.identity import fold
from credigestor.rules.money import ZERO

#: What a list of customers may be sorted by; the last two are sums over all notes of all of them.
ORDERS = {
    "name": Customer.name_folded,
    "tax_id": Customer.tax_id,
    "phone": Customer.phone,
    "city": Customer.city,
}
SUMS = ("owed", "overdue_notes")
#: Of more customers than these no list is sorted by SUMS.
MANY = 10_000
#: Where fewer are found than this, those whose names are like what was typed are told too.
FEW = 5
#: Who is without CPF, CNPJ and foreign document; as their index says it.
UNIDENTIFIED = and_(Customer.tax_id.is_(None), Customer.foreign_document.is_(None))


def search(
    session: Session, query: str, *, today: date, limit: int = 20, active_only: bool = False
) -> list[Match]:
    """Customers by part of the name (case and accents folded), of CPF or CNPJ, or of the phone.

    Words of the name may come in any order, a number with or without punctuation; of a phone at
    least four digits. Names that begin with what was typed come first; where only few are found,
    names like it come last. An empty query finds none.
    """
    begins = Customer.name_folded.startswith(fold(usable(query)), autoescape=True)
    statement = (
        _found()
        .where(_matches(query), Customer.active if active_only else true())
        .order_by(case((begins, 0), else_=1), Customer.name_folded, Customer.id)
        .limit(limit)
    )
    found = _with_owed(session, statement, today, similar=False)
    if len(found) < min(FEW, limit):
        filters = CustomerFilters(query, True if active_only else None)
        found += similar(session, filters, today=today, limit=limit - len(found))
    return found


def similar(
    session: Session, filters: CustomerFilters, *, today: date, limit: int = 20
) -> list[Match]:
    """Those whose names are only like the filters' text, the most alike first.

    The rest of the transaction is planned for the index of the names' words.
    """
    near = alike(session, filters.text)
    if near is None:
        return []
    others = and_(_kept(replace(filters, text=""), today), _matches(filters.text).is_not(True))
    found: list[Match] = []
    for condition in (near.finished, near.unfinished):
        if condition is not None and not found:
            nearest = most_alike(and_(condition, others), near.as_typed, limit).subquery()
            statement = (
                _found()
                .join(nearest, nearest.c.id == Customer.id)
                .order_by(nearest.c.unlike, Customer.name_folded, Customer.id)
            )
            found = _with_owed(session, statement, today, similar=True)
    return found


def one(session: Session, customer_id: int) -> Found | None:
    """One customer as a search shows it; None where there is no such id."""
    row = session.execute(_found().where(Customer.id == customer_id)).one_or_none()
    return Found(*row) if row else None


def registered(session: Session, customer_id: int) -> Customer:
    """A customer's row, detached, with all that was registered; raises NotFound."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Cliente não encontrado.")
    session.expunge(customer)
    return customer


def any_unidentified(session: Session) -> bool:
    """Whether there is anybody without CPF, CNPJ and foreign document."""
    return bool(session.scalar(select(exists().where(UNIDENTIFIED))))


def count(session: Session, filters: CustomerFilters, *, today: date) -> int:
    """How many customers the filters leave."""
    statement = select(func.count()).select_from(Customer).where(_kept(filters, today))
    return session.scalar(statement) or 0


def owed(session: Session, filters: CustomerFilters, *, today: date) -> tuple[Decimal, int]:
    """What all customers that the filters leave owe today, R$, and their overdue notes."""
    kept = select(Customer.id).where(_kept(filters, today))
    notes = _open_notes(today).where(Note.customer_id.in_(kept)).subquery()
    row = session.execute(
        select(
            func.coalesce(func.sum(notes.c.owed), ZERO),
            func.count().filter(notes.c.is_overdue),
        )
    ).one()
    return row[0], row[1]


def page(
    session: Session,
    filters: CustomerFilters,
    *,
    today: date,
    offset: int = 0,
    limit: int = 50,
    order: str = "name",
) -> pd.DataFrame:
    """One page of the filtered customers, each with what is owed today, R$.

    Columns: those of Found, owed (charges included) and overdue_notes.
    """
    statement = listed(filters, today=today, offset=offset, limit=limit, order=order)
    return pd.read_sql(statement, session.connection(), coerce_float=False)


@lru_cache(maxsize=64)  # to build it takes longer than to ask it
def listed(
    filters: CustomerFilters,
    *,
    today: date,
    offset: int | None = None,
    limit: int | None = None,
    after: int | None = None,
    order: str = "name",
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows of `page`; without a limit of all that the filters leave.

    `after` is the id of the customer that a page by `id` ended with; `order` names that, or one
    of ORDERS or SUMS.
    """
    rest: ColumnElement[bool] = true() if after is None else Customer.id > after
    orders = ORDERS | {"id": Customer.id}
    of_sums = order.removeprefix("-") in SUMS
    kept = _found().add_columns(Customer.name_folded).where(_kept(filters, today), rest)
    if not of_sums:  # what is owed is summed for one page alone
        kept = kept.order_by(*ordered(order, orders, tie=Customer.id)).offset(offset).limit(limit)
    chosen = kept.cte("chosen")
    open_notes = _open_notes(today).where(Note.customer_id.in_(select(chosen.c.id))).subquery()
    sums = (
        select(
            open_notes.c.customer_id,
            func.sum(open_notes.c.owed).label("owed"),
            func.count().filter(open_notes.c.is_overdue).label("overdue_notes"),
        )
        .group_by(open_notes.c.customer_id)
        .subquery()
    )
    columns = [chosen.c[name] for name in Found.__dataclass_fields__]
    owing = {
        "owed": func.coalesce(sums.c.owed, ZERO),
        "overdue_notes": func.coalesce(sums.c.overdue_notes, 0),
    }
    rows = select(*columns, *(value.label(name) for name, value in owing.items())).select_from(
        chosen.outerjoin(sums, sums.c.customer_id == chosen.c.id)
    )
    if of_sums:
        return rows.order_by(*ordered(order, owing, tie=chosen.c.id)).offset(offset).limit(limit)
    known = {name: chosen.c[column.key] for name, column in orders.items()}
    return rows.order_by(*ordered(order, known, tie=chosen.c.id))


def exposure(session: Session, customer_id: int, *, today: date) -> Exposure:
    """What a customer owes today, in short, for whoever is about to sell; raises NotFound."""
    notes = _open_notes(today).where(Note.customer_id == customer_id).subquery()
    sums = _sums(notes)
    row = session.execute(
        select(
            *(Customer.name, Customer.active, Customer.identification, Customer.credit_limit),
            *sums.c,
        )
        .select_from(Customer)
        .join(sums, true())
        .where(Customer.id == customer_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Cliente não encontrado.")
    return Exposure(customer_id, *row)


def _with_owed(
    session: Session, customers: Select[Any], today: date, *, similar: bool
) -> list[Match]:
    rows = session.execute(customers).mappings().all()
    if not rows:
        return []
    notes = _open_notes(today).where(Note.customer_id.in_([row["id"] for row in rows])).subquery()
    sums = session.execute(
        select(
            notes.c.customer_id,
            func.sum(notes.c.owed),
            func.count().filter(notes.c.is_overdue),
        ).group_by(notes.c.customer_id)
    )
    owing = {customer_id: (owed, overdue) for customer_id, owed, overdue in sums}
    found = []
    for row in rows:
        owed, overdue = owing.get(row["id"], (ZERO, 0))
        found.append(Match(**row, owed=owed, overdue_notes=overdue, similar=similar))
    return found


def _sums(notes: Subquery) -> Subquery:
    return select(
        func.coalesce(func.sum(notes.c.principal), ZERO).label("principal"),
        func.count().filter(notes.c.is_overdue).label("overdue_notes"),
        func.coalesce(func.sum(notes.c.owed).filter(notes.c.is_overdue), ZERO).label("overdue"),
    ).subquery()


def _open_notes(today: date) -> Select[Any]:
    # What is cancelled or paid owes nothing; saying so again lets PostgreSQL use the index.
    return note_balances(today, today=today).where(
        Note.principal_balance > 0, Note.cancelled_on.is_(None)
    )


def _found() -> Select[Any]:
    return select(*(getattr(Customer, name).label(name) for name in Found.__dataclass_fields__))


def _matches(query: str) -> ColumnElement[bool]:
    return by_customer(query, tax_id_digits=1, phone=True)


def _kept(filters: CustomerFilters, today: date) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if filters.text.strip():
        conditions.append(_matches(filters.text))
    if filters.active is not None:
        conditions.append(Customer.active.is_(filters.active))
    if filters.unidentified:
        conditions.append(UNIDENTIFIED)
    if filters.overdue:
        notes = _open_notes(today).subquery()
        conditions.append(Customer.id.in_(select(notes.c.customer_id).where(notes.c.is_overdue)))
    return and_(true(), *conditions)
