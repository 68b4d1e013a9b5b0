"""What a person types to find customers, notes and payments: a name, a CPF, a printed number."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select
from sqlalchemy.orm import aliased

from credigestor.db.models import Customer, Note, Sale
from credigestor.reports.note_dates import one_of
from credigestor.rules.identity import digits, fold
from credigestor.rules.numbering import parse_note_number

#: A query longer than the longest name says nothing more.
MAX_QUERY = 120
#: Where notes are looked for, fewer digits than this are a printed number, not part of a CPF.
MIN_TAX_ID_DIGITS = 4
#: Fewer digits than this would find half of the phones.
MIN_PHONE_DIGITS = 4

_PUNCTUATION = re.compile(r"[\s.()+/–-]")


def usable(query: str) -> str:
    """The part of a query that is looked for; PostgreSQL takes no NUL in a text."""
    return query[:MAX_QUERY].replace("\0", "")


def bare(number: str) -> str:
    """A number without its punctuation, a CNPJ's letters as they are stored."""
    return _PUNCTUATION.sub("", number).upper()


def by_customer(
    query: str, *, tax_id_digits: int = MIN_TAX_ID_DIGITS, phone: bool = False
) -> ColumnElement[bool]:
    """Customers by words of the name (case and accents folded), old number, or part of CPF, CNPJ
    or document.

    A number may have punctuation, and must have at least `tax_id_digits` digits; with `phone`
    it may also be part of the phone.
    """
    query = usable(query)
    words = fold(query).split()
    ways: list[ColumnElement[bool]] = []
    if words:
        ways.append(and_(*(Customer.name_folded.contains(w, autoescape=True) for w in words)))
    number = bare(query)
    if len(digits(number)) >= tax_id_digits:
        # The stand-in of an anonymised customer holds a number too, which is nobody's.
        tax_id = Customer.tax_id.contains(number, autoescape=True)
        ways.append(and_(Customer.anonymised_at.is_(None), tax_id))
        document = " ".join(query.split())
        ways.append(Customer.foreign_document.icontains(document, autoescape=True))
    if phone and number == digits(number) and len(number) >= MIN_PHONE_DIGITS:
        written = func.regexp_replace(Customer.phone_text, "[^0-9]", "", "g")
        phones = (Customer.phone, Customer.second_phone, written)
        ways.extend(each.contains(number, autoescape=True) for each in phones)
    ways.append(by_old_number(query, Customer.ref))
    return or_(false(), *ways)


def by_old_number(query: str, ref: Any) -> ColumnElement[bool]:
    """What another system called so: whole, but for case and the zeros in front.

    As the index `ix_…_old_number` has it.
    """
    typed = usable(query).strip()
    if not typed.strip("0"):
        return false()
    zero: ColumnElement[str] = literal_column("'0'")
    return and_(
        ref.is_not(None),
        func.ltrim(func.lower(ref), zero) == func.ltrim(func.lower(typed), zero),
    )


def may_be_old_number(query: str) -> bool:
    """Whether it is worth looking for: a name alone is no number."""
    return any(character.isdigit() for character in query)


def notes_by_old_number(query: str) -> list[Select[int]]:
    """SELECTs of the ids of notes whose own old number it is, or their sale's."""
    note = aliased(Note)
    sales = select(Sale.id).where(by_old_number(query, Sale.ref))
    return [
        select(note.id).where(by_old_number(query, note.ref)),
        select(note.id).where(one_of(note.sale_id, sales)),
    ]


def by_number(query: str, sale_id: Any, number: Any) -> ColumnElement[bool]:
    """Notes by their printed number, or all those of a sale by the sale's."""
    named = parse_note_number(query)
    if named is None:
        return false()
    sale, place = named
    return sale_id == sale if place is None else and_(sale_id == sale, number == place)
