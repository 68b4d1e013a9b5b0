"""Customers who are in the shop already when an import names them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, any_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from credigestor.db.models import Customer
from credigestor.imports.batch import KnownCustomer
from credigestor.imports.lines import CustomerLine
from credigestor.rules.identification import identification


def any_of(column: InstrumentedAttribute[Any], values: Collection[str]) -> ColumnElement[bool]:
    """The column is one of many values, sent as one array."""
    return column == any_(literal(list(values), ARRAY(Text)))


def known_customers(session: Session, refs: Collection[str]) -> dict[str, KnownCustomer]:
    """Those of some references, by reference."""
    found = select(Customer.ref, Customer.id).where(any_of(Customer.ref, refs))
    return {ref or "": KnownCustomer(row_id) for ref, row_id in session.execute(found)}


def taken_by(session: Session, lines: Sequence[CustomerLine]) -> dict[str | None, str]:
    """Whose a CPF or foreign document is, of those that the shop knows."""
    documents = {line.values.get("foreign_document") or "" for line in lines}
    tax_ids = {line.values["tax_id"] or "" for line in lines}
    columns = (Customer.tax_id, Customer.foreign_document, Customer.country, Customer.ref)
    known = select(*columns).where(
        or_(any_of(Customer.tax_id, tax_ids), any_of(Customer.foreign_document, documents))
    )
    return {
        identification(*who): f"do cliente {ref}" if ref else "de um cliente já cadastrado"
        for *who, ref in session.execute(known)
    }
