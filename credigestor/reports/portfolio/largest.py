"""Who owes most at a date, and so on how few customers the portfolio hangs (concentration)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.db.summaries.tables import customer_spans, note_facts, sale_facts
from credigestor.reports.ordering import ordered
from credigestor.reports.portfolio import stock
from credigestor.reports.portfolio.rows import in_scope
from credigestor.reports.scope import EVERYTHING, Scope

By = Literal["receivable", "overdue"]


#: What the summaries can sort late customers by, however many they are; and by `principal`.
LATE_ORDERS: dict[str, Any] = {
    "name": Customer.name_folded,
    "city": Customer.city,
    "phone": Customer.phone,
    "tax_id": Customer.tax_id,
}


@dataclass(frozen=True)
class Debtor:
    """A customer and what of the principal they owe, R$."""

    customer_id: int
    name: str
    amount: Decimal


def largest(
    session: Session,
    as_of: date,
    *,
    count: int,
    by: By = "receivable",
    scope: Scope = EVERYTHING,
    offset: int = 0,
    without: Collection[int] = (),
) -> list[tuple[int, Decimal]]:
    """The customers with most open or overdue principal at a date: (customer_id, R$), most first.

    Of equal amounts the lower id comes first. Those who owe nothing of it are left out, as are the
    customers `without` whom it is asked, so that fewer than `count` may come back.
    """
    owing = _owing(as_of, by, scope)
    if without:
        owing = owing.where(owing.selected_columns.customer_id.not_in(without))
    rows = session.execute(owing.limit(count).offset(offset))
    return [(customer_id, amount) for customer_id, amount in rows]


def late_customers(
    session: Session,
    as_of: date,
    *,
    order: str,
    count: int,
    offset: int = 0,
    scope: Scope = EVERYTHING,
) -> list[int]:
    """The ids of customers with overdue principal at a date, in an order of LATE_ORDERS."""
    owing = _owing(as_of, "overdue", scope).order_by(None).subquery()
    orders = LATE_ORDERS | {"principal": list(owing.c)[1]}
    found = select(Customer.id).join(owing, owing.c.customer_id == Customer.id)
    by = ordered(order, orders, tie=Customer.id)
    return list(session.scalars(found.order_by(*by).limit(count).offset(offset)))


def debtors_by_name(
    session: Session, as_of: date, *, count: int, scope: Scope = EVERYTHING
) -> list[Debtor]:
    """The customers with most open principal at a date, as `largest` has them, with their names."""
    owing = largest(session, as_of, count=count, scope=scope)
    people = select(Customer.id, Customer.name).where(Customer.id.in_([id_ for id_, _ in owing]))
    names: dict[int, str] = {row.id: row.name for row in session.execute(people)}
    return [Debtor(id_, names[id_], amount) for id_, amount in owing]


def debtors(session: Session, as_of: date, scope: Scope = EVERYTHING) -> tuple[int, int]:
    """How many customers owe anything of a scope at a date, and how many of them are late."""
    if scope == EVERYTHING:
        return stock.debtors(session, as_of)
    counts = (
        select(func.count()).select_from(_owing(as_of, by, scope).order_by(None).subquery())
        for by in ("receivable", "overdue")
    )
    owing, late = session.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return owing, late


def _owing(as_of: date, by: By, scope: Scope) -> Select[*tuple[Any, ...]]:
    whole_customers = scope.seller is None and scope.value is None
    return _of_spans(as_of, by, scope) if whole_customers else _of_notes(as_of, by, scope)


def _of_spans(as_of: date, by: By, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Read along the index by amount, from the top until enough spans hold the day."""
    spans = customer_spans
    amount = spans.c[by]
    found = (
        select(spans.c.customer_id, amount)
        .where(amount > 0, spans.c.valid_from <= as_of, spans.c.valid_to > as_of)
        .order_by(amount.desc(), spans.c.customer_id)
    )
    if scope.city is None:
        return found
    return found.join(Customer, Customer.id == spans.c.customer_id).where(
        Customer.city == scope.city
    )


def _of_notes(as_of: date, by: By, scope: Scope) -> Select[*tuple[Any, ...]]:
    """Summed over the notes of the scope's sales: spans know customers as a whole only."""
    facts = note_facts
    amount = func.sum(facts.c.principal)
    found = (
        select(facts.c.customer_id, amount)
        .where(
            facts.c.principal > 0,
            facts.c.valid_from <= as_of,
            facts.c.valid_to > as_of,
            facts.c.sale_id.in_(select(sale_facts.c.sale_id).where(in_scope(scope))),
        )
        .group_by(facts.c.customer_id)
        .order_by(amount.desc(), facts.c.customer_id)
    )
    return found if by == "receivable" else found.where(facts.c.on_time_until < as_of)
