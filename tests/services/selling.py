"""Selling in tests: sales made by the service, looked at in the table, several at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Note, Sale
from credigestor.errors import BusinessError
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from credigestor.services.inputs import parse
from credigestor.services.sales import NewSale
from tests.portfolio import add_customer


def new_customer(**columns: object) -> int:
    with transaction() as session:
        return add_customer(session, **columns)  # type: ignore[arg-type]


def new_sale(customer: int, **changes: Any) -> NewSale:
    """A sale of 1.000,00 in 3, made on 31/12/2025 and first due on 31/01/2026."""
    values: dict[str, Any] = {
        "operation_id": uuid.uuid4(),
        "customer_id": customer,
        "sold_on": date(2025, 12, 31),
        "total": Decimal("1000.00"),
        "installments": 3,
        "first_due_date": date(2026, 1, 31),
    }
    return parse(NewSale, {**values, **changes})


def register(actor: Actor, data: NewSale, today: date = date(2026, 1, 2)) -> int:
    with transaction() as session:
        return sales.register(session, actor, data, today=today)


def notes_of(sale_id: int) -> list[Note]:
    with snapshot() as session:
        return list(
            session.scalars(select(Note).where(Note.sale_id == sale_id).order_by(Note.number))
        )


def sale_row(sale_id: int) -> Sale:
    with snapshot() as session:
        return session.get_one(Sale, sale_id)


def count(model: type) -> int:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def audited(action: str) -> list[AuditEntry]:
    with snapshot() as session:
        return list(
            session.scalars(
                select(AuditEntry)
                .where(AuditEntry.entity == "sale", AuditEntry.action == action)
                .order_by(AuditEntry.id)
            )
        )


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment; each one's result, or the BusinessError that refused it."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(timeout=10)
        try:
            return act()
        except BusinessError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
