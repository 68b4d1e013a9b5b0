"""Sales that are in the database, of which an import has rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ARRAY, Integer, any_, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.imports.batch import KnownCustomer
from credigestor.imports.known_customers import any_of


@dataclass(frozen=True, slots=True)
class KnownSale:
    """A sale that is in the database."""

    ref: str
    id: int
    customer: KnownCustomer
    sold_on: date
    installments: int
    total: Decimal


def open_ended(
    session: Session, sales: Mapping[str, KnownSale], ended: Collection[tuple[str, int]]
) -> set[tuple[str, int]]:
    """Of notes that ended as their rows say, those that are still open, by sale and number."""
    refs = {sales[ref].id: ref for ref, _ in ended}
    if not refs:
        return set()
    ids = any_(literal(list(refs), ARRAY(Integer)))
    still = select(Note.sale_id, Note.number).where(
        Note.sale_id == ids, Note.principal_balance > 0, Note.cancelled_on.is_(None)
    )
    found = {(refs[sale_id], number) for sale_id, number in session.execute(still)}
    return found & set(ended)


def known_sales(session: Session, refs: Collection[str]) -> dict[str, KnownSale]:
    """Those of some references, by reference."""
    columns = (Sale.ref, Sale.id, Sale.customer_id, Sale.sold_on, Sale.installments, Sale.total)
    return {
        row.ref or "": KnownSale(
            row.ref or "",
            row.id,
            KnownCustomer(row.customer_id),
            *(row.sold_on, row.installments, row.total),
        )
        for row in session.execute(select(*columns).where(any_of(Sale.ref, refs)))
    }
