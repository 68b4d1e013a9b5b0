"""Notes: the filtered list, and what a customer has open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Integer, Select, cast, func, join, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.balances import open_notes as open_balances
from credigestor.db.models import Customer, Note, Sale
from credigestor.reports.note_filters import NO_CITY, kept
from credigestor.reports.note_filters import OPEN as OPEN
from credigestor.reports.note_filters import NoteFilters as NoteFilters
from credigestor.reports.ordering import ordered
from credigestor.reports.portfolio import stock
from credigestor.reports.scope import Scope
from credigestor.rules import early
from credigestor.rules.charges import Owed
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number

#: What a list of notes may be sorted by, however many they are: there is an index for each.
WALKS = {"due_date": Note.due_date, "number": Note.sale_id}
#: And what else, up to MANY of them: what each is and owes at a date is computed for all.
OF_A_DATE = (
    *("customer", "status", "days_late", "owed", "principal", "interest", "fine", "amount"),
)
#: Of more notes than these what they owe is summed by the summaries, or for who asks.
MANY = 10_000


@dataclass(frozen=True)
class NoteTotals:
    """Count of the notes that the filters leave, and sums of what they owe, R$."""

    count: int
    principal: Decimal
    interest: Decimal
    fine: Decimal


@dataclass(frozen=True)
class OpenNote:
    """An open note and what it owes on a date, R$.

    `daily_rate` is the sale's true rate (R2b), `days_early` are those until the due date: zero
    from then on.
    """

    id: int
    number: str
    due_date: date
    days_late: int
    owed: Owed
    daily_rate: Decimal = ZERO
    days_early: int = 0

    @cached_property
    def early_discount(self) -> Decimal:
        """What settling the note whole on that date saves by right, R$ (R14)."""
        return early.discount(self.owed.principal, self.daily_rate, self.days_early)

    def settled_by(self, paid: Decimal) -> Decimal:
        """How much of the note R$ `paid` on that date settles by right (R14, R14c)."""
        if not self.days_early:  # charges may be owed
            return min(paid, self.owed.total)
        charges = min(paid, self.owed.charges)  # of a date agreed anew, before it is due (R32)
        left = paid - charges
        return charges + early.settled_by(
            left, self.owed.principal, self.daily_rate, self.days_early
        )

    @property
    def settlement(self) -> Decimal:
        """What settles the note whole on that date, R$."""
        return self.owed.total - self.early_discount


def few(session: Session, filters: NoteFilters, *, as_of: date, today: date) -> list[int] | None:
    """Ids of the notes that the filters leave, oldest due first; None when more than MANY."""
    some = (
        select(Note.id, Note.due_date)
        .where(*kept(filters, as_of, today))
        .limit(MANY + 1)
        .subquery()
    )
    ids = session.scalar(
        select(func.array_agg(aggregate_order_by(some.c.id, some.c.due_date, some.c.id)))
    )
    return None if ids and len(ids) > MANY else ids or []


def counted(session: Session, filters: NoteFilters, *, as_of: date, today: date) -> int:
    """How many notes the filters leave, however many: one look at each."""
    chosen = select(func.count()).select_from(Note).where(*kept(filters, as_of, today))
    return session.scalar(chosen) or 0


def summarised(
    session: Session, filters: NoteFilters, *, as_of: date, today: date
) -> NoteTotals | None:
    """What `totals` gives, by the summaries; None where they cannot tell.

    They know open notes of a seller, a city and a range of values until today.
    """
    plain = NoteFilters(OPEN, seller=filters.seller, city=filters.city, value=filters.value)
    if filters != plain or filters.city == NO_CITY or as_of > today:
        return None
    scope = Scope(filters.seller, filters.city, filters.value)
    [now] = stock.stocks(session, [as_of], scope)
    charges = stock.charges(session, as_of, scope, today=today)
    return NoteTotals(now.open_notes, now.receivable, charges.interest, charges.fine)


def totals(
    session: Session,
    filters: NoteFilters,
    *,
    as_of: date,
    today: date,
    ids: Sequence[int] | None = None,
) -> NoteTotals:
    """How many notes the filters leave, and what all of them owe at `as_of`.

    `ids` are what `few` found for the same filters and date.
    """
    chosen = kept(filters, as_of, today) if ids is None else [_among(ids)]
    notes = note_balances(as_of, today=today).where(*chosen).subquery()
    row = session.execute(
        select(
            func.count(),
            *(
                func.coalesce(func.sum(notes.c[name]), ZERO)
                for name in ("principal", "interest", "fine")
            ),
        )
    ).one()
    return NoteTotals(*row)


def list_notes(
    session: Session,
    filters: NoteFilters,
    *,
    as_of: date,
    today: date,
    offset: int,
    limit: int,
    ids: Sequence[int] | None = None,
    order: str = "due_date",
) -> pd.DataFrame:
    """One page of the filtered notes, in an order of ORDERS.

    Columns: id, number, customer, due_date, status, days_late, amount, principal, interest,
    fine and owed at `as_of`, R$, and the customer's phone. `ids` are what `few` found for
    the same filters and date; without them the page is found on a walk along an index, and only
    WALKS will do.
    """
    if ids is None:
        walk = select(Note.id).where(*kept(filters, as_of, today))
        walk = walk.order_by(*_walked(order)).offset(offset).limit(limit)
        found = _listed(as_of, today, _among(session.scalars(walk).all()), order=order)
    elif order == "due_date":  # as they come
        found = _listed(as_of, today, _among(ids[offset : offset + limit]))
    else:
        found = _listed(as_of, today, _among(ids), order=order).offset(offset).limit(limit)
    frame = pd.read_sql(found, session.connection(), coerce_float=False)
    numbers = [
        note_number(int(sale), int(place), int(count))
        for sale, place, count in zip(
            frame.pop("sale_id"), frame.pop("place"), frame.pop("installments"), strict=True
        )
    ]
    frame.insert(1, "number", pd.Series(numbers, dtype=object))
    return frame


@lru_cache(maxsize=64)  # to build it takes longer than to ask it
def listed(
    filters: NoteFilters,
    *,
    as_of: date,
    today: date,
    limit: int | None = None,
    after: tuple[date, int] | None = None,
    order: str = "due_date",
) -> Select[*tuple[Any, ...]]:
    """SELECT of the rows that `list_notes` pages through, with the parts of their numbers.

    These are sale_id, place and installments; `walked_by` is the due date in force today, by which
    the walk goes: at `as_of` it may have been sooner (R32). All of them without a limit; `after`
    are that and the id of the note that a page, oldest due first, ended with.
    """
    chosen = kept(filters, as_of, today)
    if after is not None:
        chosen.append(tuple_(Note.due_date, Note.id) > after)
    if limit is not None:  # the walk first: what is owed is computed for one page alone
        walk = select(Note.id).where(*chosen).order_by(Note.due_date, Note.id).limit(limit)
        chosen = [Note.id == func.any(func.array(walk.scalar_subquery()))]
    return _listed(as_of, today, *chosen, order=order)


def open_notes(session: Session, customer_id: int, *, on: date, today: date) -> list[OpenNote]:
    """What a customer can pay on a date: open notes with what each owes then, oldest due first.

    For a past date the state is the one before any later payment (R11). Notes that are paid
    or cancelled by now, or were sold later, are left out.
    """
    rows = session.execute(
        open_balances(on, today=today)
        .add_columns(Sale.daily_rate)
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
            row.daily_rate,
            max((row.due_date - on).days, 0),
        )
        for row in rows
    ]


def owner(session: Session, note_id: int) -> int | None:
    """Customer's id of a note; None where there is no such note."""
    return session.scalar(select(Note.customer_id).where(Note.id == note_id))


def customer_name(session: Session, customer_id: int) -> str | None:
    """A customer's name; None where there is no such customer."""
    return session.scalar(select(Customer.name).where(Customer.id == customer_id))


def _walked(order: str) -> list[ColumnElement[Any]]:
    return ordered(order, WALKS, tie=Note.number if order.endswith("number") else Note.id)


def _listed(
    as_of: date, today: date, *conditions: ColumnElement[bool], order: str = "due_date"
) -> Select[*tuple[Any, ...]]:
    notes = note_balances(as_of, today=today).where(*conditions).subquery()
    columns = ("due_date", "status", "days_late", "amount", "principal", "interest", "fine", "owed")
    orders: dict[str, ColumnElement[Any]] = {name: notes.c[name] for name in columns}
    orders |= {"number": notes.c.sale_id, "customer": Customer.name_folded.expression}
    tie = notes.c.number if order.endswith("number") else notes.c.note_id
    source: Any = join(notes, Customer, Customer.id == notes.c.customer_id)
    if as_of < today:  # in the order of the walk, by the dates in force today (R32)
        source = source.join(Note, Note.id == notes.c.note_id)
        orders["due_date"] = Note.__table__.c.due_date
    return (
        select(
            notes.c.note_id.label("id"),
            notes.c.sale_id,
            notes.c.number.label("place"),
            notes.c.installments,
            Customer.name.label("customer"),
            *(notes.c[name] for name in columns),
            Customer.phone,
            orders["due_date"].label("walked_by"),
        )
        .select_from(source)
        .order_by(*ordered(order, orders, tie=tie))
    )


def _among(ids: Sequence[int]) -> ColumnElement[bool]:
    return Note.id == func.any(cast(list(ids), ARRAY(Integer)))
