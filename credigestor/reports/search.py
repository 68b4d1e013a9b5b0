"""What a person types to find notes and payments: a name, a CPF, or a printed number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from credigestor.db.models import Customer
from credigestor.rules.identity import digits, fold
from credigestor.rules.numbering import parse_note_number

#: A query longer than the longest name says nothing more.
MAX_QUERY = 120
#: Fewer digits than this are a printed number, not part of a CPF.
MIN_TAX_ID_DIGITS = 4


def by_customer(query: str) -> ColumnElement[bool]:
    """Customers by words of the name (case and accents folded) or digits of CPF or CNPJ."""
    query = query[:MAX_QUERY].replace("\x00", "")
    words = fold(query).split()
    ways: list[ColumnElement[bool]] = []
    if words:
        ways.append(and_(*(Customer.name_folded.contains(w, autoescape=True) for w in words)))
    number = digits(query)
    if len(number) >= MIN_TAX_ID_DIGITS and not any(char.isalpha() for char in query):
        ways.append(Customer.tax_id.contains(number))
    return or_(false(), *ways)


def by_number(query: str, sale_id: Any, number: Any) -> ColumnElement[bool]:
    """Notes by their printed number, or all those of a sale by the sale's."""
    named = parse_note_number(query)
    if named is None:
        return false()
    sale, place = named
    return sale_id == sale if place is None else and_(sale_id == sale, number == place)
