"""Renegotiations side by side: listed, and those that are not kept (R15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import Act, ActReversal, Customer, Renegotiation, Sale
from credigestor.db.settings import current_settings


@dataclass(frozen=True)
class DealFilters:
    """Which deals; the default is all of them, undone ones too."""

    customer_id: int | None = None
    broken: bool | None = None
    undone: bool | None = None


def is_broken(session: Session, sale_id: int, *, as_of: date, today: date) -> bool:
    """Whether any note of a deal's sale was more days late than the settings bear (R15)."""
    days = current_settings(session).deal_broken_days
    late = _late(days, as_of, today, Sale.id == sale_id)
    return bool(session.scalar(select(select(late).exists())))


def broken_deals(session: Session, *, as_of: date, today: date) -> list[dict[str, Any]]:
    """The deals that were broken on a day, the one longest late first; columns as `listed`."""
    days = current_settings(session).deal_broken_days
    deals = listed(DealFilters(broken=True), broken_days=days, as_of=as_of, today=today).subquery()
    rows = session.execute(select(deals).order_by(deals.c.late_since, deals.c.sale_id))
    return [dict(row) for row in rows.mappings()]


def listed(
    filters: DealFilters,
    *,
    broken_days: int,
    as_of: date,
    today: date,
    limit: int | None = None,
    after: int | None = None,
) -> Select[*tuple[Any, ...]]:
    """SELECT of the deals agreed by a day, the newest first; `after` the id a page ended with.

    Columns: id, kind, sale_id, customer_id, customer, agreed_on, entered (R$ of the new debt),
    undone_on, and of its notes that are more than so many days late late_since (the oldest due
    date), days_late and overdue (R$ of principal), None where it is kept.
    """
    of_deals = Sale.id.in_(select(Renegotiation.sale_id))
    late = _late(broken_days, as_of, today, of_deals)
    since = func.min(late.c.due_date)
    broken = (
        select(
            late.c.sale_id,
            since.label("late_since"),
            (as_of - since).label("days_late"),
            func.sum(late.c.principal).label("overdue"),
        )
        .group_by(late.c.sale_id)
        .subquery()
    )
    return (
        select(
            Renegotiation.id,
            Renegotiation.kind,
            Renegotiation.sale_id,
            Sale.customer_id,
            Customer.name.label("customer"),
            Sale.sold_on.label("agreed_on"),
            Sale.total.label("entered"),
            ActReversal.reversed_on.label("undone_on"),
            *(broken.c[name] for name in ("late_since", "days_late", "overdue")),
        )
        .join(Sale, Sale.id == Renegotiation.sale_id)
        .join(Customer, Customer.id == Sale.customer_id)
        .join(Act, Act.id == Renegotiation.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .outerjoin(broken, broken.c.sale_id == Sale.id)
        .where(Sale.sold_on <= as_of, *_kept(filters, broken, after))
        .order_by(Renegotiation.id.desc())
        .limit(limit)
    )


def _kept(filters: DealFilters, broken: Subquery, after: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.customer_id is not None:
        conditions.append(Sale.customer_id == filters.customer_id)
    if filters.broken is not None:
        conditions.append(broken.c.sale_id.is_not(None).is_(filters.broken))
    if filters.undone is not None:
        conditions.append(ActReversal.id.is_not(None).is_(filters.undone))
    if after is not None:
        conditions.append(Renegotiation.id < after)
    return conditions


def _late(days: int, as_of: date, today: date, which: ColumnElement[bool]) -> Subquery:
    """The notes of some sales that were more than so many days late on a day."""
    notes = note_balances(as_of, today=today).where(which).subquery()
    late = notes.c.is_overdue, notes.c.due_date < as_of - timedelta(days=days)
    return select(notes.c.sale_id, notes.c.due_date, notes.c.principal).where(*late).subquery()
