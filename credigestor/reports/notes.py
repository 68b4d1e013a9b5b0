"""Notes: the filtered list, what a customer has open, and the way from a printed number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, true
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.balances import open_notes as open_balances
from credigestor.db.models import Customer, Note
from credigestor.errors import InvalidInput, NotFound
from credigestor.reports.search import by_customer, by_number
from credigestor.rules.aging import Status
from credigestor.rules.charges import ZERO, Owed
from credigestor.rules.numbering import note_number, parse_note_number

#: Status of the filter that keeps whatever is still owed.
OPEN = "open"
_OWING = frozenset({OPEN, Status.OVERDUE, Status.PARTIAL, Status.PENDING})


@dataclass(frozen=True)
class Filters:
    """What limits the list; `status` is a Status, "open" or None for all.

    Band "current" keeps open notes that are not overdue (R16). `seller` is a user's id, or
    "none" for the sales of nobody. Due dates are inclusive.
    """

    status: str | None = None
    band: str | None = None
    customer_id: int | None = None
    seller: int | Literal["none"] | None = None
    due_from: date | None = None
    due_to: date | None = None
    text: str = ""


@dataclass(frozen=True)
class Totals:
    """Count of the notes that the filters leave, and sums of what they owe, R$."""

    count: int
    principal: Decimal
    interest: Decimal
    fine: Decimal


@dataclass(frozen=True)
class OpenNote:
    """An open note and what it owes on a date, R$."""

    id: int
    number: str
    due_date: date
    days_late: int
    owed: Owed


def totals(session: Session, filters: Filters, *, as_of: date, today: date) -> Totals:
    """How many notes the filters leave, and what all of them owe at `as_of`."""
    notes = _notes_at(filters, as_of, today)
    row = session.execute(
        select(
            func.count(),
            *(
                func.coalesce(func.sum(notes.c[name]), ZERO)
                for name in ("principal", "interest", "fine")
            ),
        )
        .select_from(notes.join(Customer, Customer.id == notes.c.customer_id))
        .where(_kept(notes, filters))
    ).one()
    return Totals(*row)


def list_notes(
    session: Session, filters: Filters, *, as_of: date, today: date, offset: int, limit: int
) -> pd.DataFrame:
    """One page of the filtered notes, oldest due first.

    Columns: id, number, customer, due_date, status, days_late, amount, principal, interest,
    fine and owed at `as_of`, R$.
    """
    notes = _notes_at(filters, as_of, today)
    columns = ("due_date", "status", "days_late", "amount", "principal", "interest", "fine", "owed")
    frame = pd.read_sql(
        select(
            notes.c.note_id.label("id"),
            notes.c.sale_id,
            notes.c.number.label("place"),
            notes.c.installments,
            Customer.name.label("customer"),
            *(notes.c[name] for name in columns),
        )
        .select_from(notes.join(Customer, Customer.id == notes.c.customer_id))
        .where(_kept(notes, filters))
        .order_by(notes.c.due_date, notes.c.note_id)
        .offset(offset)
        .limit(limit),
        session.connection(),
        coerce_float=False,
    )
    numbers = [
        note_number(int(sale), int(place), int(count))
        for sale, place, count in zip(
            frame.pop("sale_id"), frame.pop("place"), frame.pop("installments"), strict=True
        )
    ]
    frame.insert(1, "number", pd.Series(numbers, dtype=object))
    return frame


def open_notes(session: Session, customer_id: int, *, on: date, today: date) -> list[OpenNote]:
    """What a customer can pay on a date: open notes with what each owes then, oldest due first.

    For a past date the state is the one before any later payment (R11). Notes that are paid
    or cancelled by now, or were sold later, are left out.
    """
    rows = session.execute(
        open_balances(on, today=today)
        .where(
            Note.customer_id == customer_id,
            Note.principal_balance > 0,
            Note.cancelled_on.is_(None),
        )
        .order_by(Note.due_date, Note.id)
    )
    return [
        OpenNote(
            row.note_id,
            note_number(row.sale_id, row.number, row.installments),
            row.due_date,
            row.days_late,
            Owed(row.principal, row.interest, row.fine),
        )
        for row in rows
    ]


def find(session: Session, number: str) -> tuple[int, int | None]:
    """Customer's id and note's id of a printed note number; of a sale's number, no note.

    Raises InvalidInput when it is no such number, NotFound when no note bears it.
    """
    named = parse_note_number(number)
    if named is None:
        raise InvalidInput("Digite o número como 000123-02/10.", field="number")
    sale_id, place = named
    query = select(Note.customer_id, Note.id).where(Note.sale_id == sale_id)
    if place is not None:
        query = query.where(Note.number == place)
    row = session.execute(query.order_by(Note.number).limit(1)).one_or_none()
    if row is None:
        raise NotFound("Não há nota com esse número.")
    return row.customer_id, None if place is None else row.id


def owner(session: Session, note_id: int) -> int | None:
    """Customer's id of a note; None where there is no such note."""
    return session.scalar(select(Note.customer_id).where(Note.id == note_id))


def customer_name(session: Session, customer_id: int) -> str | None:
    """A customer's name; None where there is no such customer."""
    return session.scalar(select(Customer.name).where(Customer.id == customer_id))


def _notes_at(filters: Filters, as_of: date, today: date) -> Subquery:
    owing = filters.status in _OWING or filters.band
    statement = (open_balances if owing else note_balances)(as_of, today=today)
    return statement.subquery("notes_at")


def _kept(notes: Subquery, filters: Filters) -> ColumnElement[bool]:
    column: Any = notes.c
    conditions: list[ColumnElement[bool]] = []
    if filters.status == OPEN:
        conditions.append(column.is_open)
    elif filters.status:
        conditions.append(column.status == filters.status)
    if filters.band == "current":
        conditions += [column.is_open, ~column.is_overdue]
    elif filters.band:
        conditions += [column.is_overdue, column.band == filters.band]
    if filters.customer_id is not None:
        conditions.append(column.customer_id == filters.customer_id)
    if filters.seller == "none":
        conditions.append(column.seller_id.is_(None))
    elif filters.seller is not None:
        conditions.append(column.seller_id == filters.seller)
    if filters.due_from:
        conditions.append(column.due_date >= filters.due_from)
    if filters.due_to:
        conditions.append(column.due_date <= filters.due_to)
    if filters.text.strip():
        by_note = by_number(filters.text, column.sale_id, column.number)
        conditions.append(or_(by_customer(filters.text), by_note))
    return and_(true(), *conditions)
