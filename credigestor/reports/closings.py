"""Days that are closed, and what changed in them since: derived from what is on record (R37)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from credigestor.db.models import (
    AuditEntry,
    Customer,
    DayClosing,
    User,
)
from credigestor.reports.dated_records import dated_records
from credigestor.reports.ordering import ordered
from credigestor.rules.money import ZERO

#: What the changes may be sorted by.
ORDERS = (
    *("customer", "number", "what", "dated_on", "receivable", "received", "credit", "reason"),
    *("who", "recorded_at"),
)
NEWEST_FIRST = "-recorded_at"


@dataclass(frozen=True)
class Closing:
    """One closing of all days up to `until`, or their opening again where that is earlier."""

    id: int
    until: date
    closed_at: datetime
    closed_by: str | None
    reason: str | None
    figures: dict[str, Any]


@dataclass(frozen=True)
class ChangeFilters:
    """What limits the changes: the days that they are dated in, inclusive."""

    dated_from: date | None = None
    dated_to: date | None = None


@dataclass(frozen=True)
class Totals:
    """How many changes, and what they did to what is receivable and received, paid down (R35) and
    owed to customers as credit (R31), R$.
    """

    changes: int
    receivable: Decimal
    received: Decimal
    paid_down: Decimal
    credit: Decimal


def listed(*, after: int | None = None) -> Select[*tuple[Any, ...]]:
    """SELECT of all closings, newest first; `after` is the id that a page ended with."""
    rest = true() if after is None else DayClosing.id < after
    return (
        select(
            DayClosing.id,
            DayClosing.until,
            DayClosing.created_at.label("closed_at"),
            User.name.label("closed_by"),
            DayClosing.reason,
            DayClosing.figures,
        )
        .outerjoin(User, User.id == DayClosing.closed_by)
        .where(rest)
        .order_by(DayClosing.id.desc())
    )


def history(session: Session, limit: int = 50) -> list[Closing]:
    """The newest closings, newest first: the first of them is in force."""
    return [Closing(**row) for row in session.execute(listed().limit(limit)).mappings()]


def changes(
    filters: ChangeFilters,
    *,
    after: tuple[datetime, str, int] | None = None,
    order: str = NEWEST_FIRST,
) -> Select[*tuple[Any, ...]]:
    """SELECT of what was recorded or undone in days that were closed then, by ORDERS.

    Columns: kind (as `rules.closed_days` names it), act (its kind, or NULL), id (the sale's, the
    payment's or the act's), dated_on, recorded_at, closed_until (then), who, reason, customer_id,
    customer, and what it did to what is receivable and to what was received, R$, by what it takes
    off its notes now, and to customers' credit. Of credit that moved, act is how. `after` are
    recorded_at, kind and id that a page, newest first, ended with.
    """
    found = dated_records().subquery("records")
    closing = _closings().subquery("closed")
    late = and_(
        found.c.dated_on <= closing.c.until,
        found.c.recorded_at > closing.c.begins,
        or_(closing.c.ends.is_(None), found.c.recorded_at <= closing.c.ends),
    )
    key = (found.c.recorded_at, found.c.kind, found.c.id)
    conditions: list[ColumnElement[bool]] = []
    if filters.dated_from:
        conditions.append(found.c.dated_on >= filters.dated_from)
    if filters.dated_to:
        conditions.append(found.c.dated_on <= filters.dated_to)
    if after is not None:
        conditions.append(tuple_(*key) < after)
    who = func.coalesce(User.name, "linha de comando")
    reason = func.coalesce(found.c.reason, _reason_of_import(found.c.recorded_at))
    orders = dict(found.c) | {
        "customer": Customer.name_folded,
        "number": found.c.id,
        "what": func.concat_ws(":", found.c.kind, found.c.act),
        "who": who,
        "reason": reason,
    }
    return (
        select(
            *(found.c[name] for name in ("kind", "act", "id", "dated_on", "recorded_at")),
            closing.c.until.label("closed_until"),
            who.label("who"),
            reason.label("reason"),
            found.c.customer_id,
            Customer.name.label("customer"),
            found.c.receivable,
            found.c.received,
            found.c.credit,
        )
        .join_from(found, closing, late)
        .join(Customer, Customer.id == found.c.customer_id)
        .outerjoin(User, User.id == found.c.done_by)
        .where(*conditions)
        .order_by(*ordered(order, orders, found.c.kind, tie=found.c.id))
    )


def totals(session: Session, filters: ChangeFilters) -> Totals:
    """The changes that the filters leave, counted and added up."""
    found = changes(filters).order_by(None).subquery()
    paid_down = found.c.kind == "down_payment"
    sums = (
        func.sum(found.c.receivable),
        func.sum(found.c.received).filter(~paid_down),
        func.sum(found.c.received).filter(paid_down),
        func.sum(found.c.credit),
    )
    counted = select(func.count(), *(func.coalesce(each, ZERO) for each in sums))
    return Totals(*session.execute(counted.select_from(found)).one())


def page(
    session: Session,
    filters: ChangeFilters,
    *,
    offset: int,
    limit: int,
    order: str = NEWEST_FIRST,
) -> list[dict[str, Any]]:
    """One page of the changes, as `changes` names their columns."""
    rows = session.execute(changes(filters, order=order).offset(offset).limit(limit)).mappings()
    return [dict(row) for row in rows]


def _closings() -> Select[*tuple[Any, ...]]:
    """Each closing with the moments between which it was in force."""
    ends = func.lead(DayClosing.created_at).over(order_by=DayClosing.id)
    return select(DayClosing.until, DayClosing.created_at.label("begins"), ends.label("ends"))


def _reason_of_import(moment: ColumnElement[datetime]) -> ColumnElement[str]:
    """The reason of an import, whose rows are of the moment of its entry."""
    return (
        select(AuditEntry.after["reason"].astext)
        .where(AuditEntry.entity == "shop", AuditEntry.action == "import", AuditEntry.at == moment)
        .limit(1)
        .scalar_subquery()
    )
