"""What a printed number names: a note, a sale, a receipt; ours, or the one it had before (R23)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Note, Payment, Sale, SaleMoney
from credigestor.reports import customers
from credigestor.reports.customers import Match
from credigestor.reports.search import by_old_number, usable
from credigestor.rules.numbering import (
    money_number,
    note_number,
    parse_note_number,
    receipt_number,
    sale_number,
)

Kind = Literal["note", "sale", "receipt", "money_receipt", "customer"]
#: Fewer letters than this would find half of the names.
MIN_CHARACTERS = 2
#: The number of a sale in another system, and of one of its notes: `A17-2`, `A17/2`.
_OLD_NOTE = re.compile(r"(.+?)\s*[-/]\s*0*([0-9]{1,3})(?:\s*/\s*[0-9]{1,3})?", re.ASCII)
_RECEIPT = re.compile(r"0*([0-9]{1,9})", re.ASCII)
_MONEY_RECEIPT = re.compile(r"([ED])\s*0*([0-9]{1,9})", re.ASCII | re.IGNORECASE)

_WHOSE = (Customer.id.label("customer_id"), Customer.name.label("customer"))
_OLD = func.coalesce(Note.ref, Sale.ref).label("ref")


@dataclass(frozen=True)
class Numbered:
    """What bears a number, and whose it is; `id` is that of the sale for a `money_receipt`.

    `old` is its number, or its sale's, in the system that it was imported from.
    """

    kind: Kind
    id: int
    number: str
    customer_id: int
    customer: str
    old: str | None = None


@dataclass(frozen=True)
class Everything:
    """What one text finds: by the whole number that it is, and customers by what it is part of."""

    numbered: list[Numbered]
    customers: list[Match]


def everything(session: Session, typed: str, *, today: date, limit: int = 8) -> Everything:
    """Notes, sales, receipts and customers by number, and at most `limit` customers by a text.

    That is a name, CPF or CNPJ, or phone, as in `customers.search`.
    """
    found: list[Match] = []
    if len(typed.strip()) >= MIN_CHARACTERS:
        found = customers.search(session, typed, today=today, limit=limit)
    return Everything([*of_debts(session, typed), *_receipts(session, typed)], found)


def of_debts(session: Session, typed: str) -> list[Numbered]:
    """The note, sale or customer that a number names; zeros, and how many notes, may be left out.

    The number of another system is found whatever its case and the zeros in front: the note's own,
    or its sale's and the note's place, `A17-2`.
    """
    typed = usable(typed).strip()
    if not any(char.isdigit() for char in typed):
        return []
    ours, old = parse_note_number(typed), _OLD_NOTE.fullmatch(typed)
    notes: list[ColumnElement[bool]] = []
    notes.append(by_old_number(typed, Note.ref))
    sales: list[ColumnElement[bool]] = [by_old_number(typed, Sale.ref)]
    if ours:
        sale, place = ours
        if place is None:
            sales.append(Sale.id == sale)
        else:
            notes.append(and_(Note.sale_id == sale, Note.number == place))
    if old:
        notes.append(and_(by_old_number(old[1], Sale.ref), Note.number == int(old[2])))
    found = [
        Numbered(
            "note", row.id, note_number(row.sale_id, row.number, row.installments), *_whose(row)
        )
        for row in session.execute(_of_notes(notes))
    ]
    of_sales = select(Sale.id, *_WHOSE, Sale.ref).join(Customer, Customer.id == Sale.customer_id)
    found += [
        Numbered("sale", row.id, sale_number(row.id), *_whose(row))
        for row in session.execute(of_sales.where(or_(*sales)).order_by(Sale.id))
    ]
    known = select(*_WHOSE, Customer.ref).where(by_old_number(typed, Customer.ref))
    found += [
        Numbered("customer", row.customer_id, row.ref, row.customer_id, row.customer)
        for row in session.execute(known)
    ]
    return found


def _receipts(session: Session, typed: str) -> list[Numbered]:
    """The receipt that a number names; of a down payment or its return with the letter E or D."""
    typed = usable(typed).strip()
    if plain := _RECEIPT.fullmatch(typed):
        number = int(plain[1])
        own = and_(Payment.id == number, Payment.receipt.is_(None))
        # The right customer's comes before that of the namesake from whom it was moved.
        paid = (
            select(Payment.id, *_WHOSE)
            .join(Customer, Customer.id == Payment.customer_id)
            .where(or_(own, Payment.receipt == number))
            .order_by(Payment.id.desc())
        )
        return [
            Numbered("receipt", row.id, receipt_number(number), *_whose(row))
            for row in session.execute(paid)
        ]
    if lettered := _MONEY_RECEIPT.fullmatch(typed):
        kind = "down" if lettered[1].upper() == "E" else "refund"
        moved = (
            select(SaleMoney.id, SaleMoney.sale_id, *_WHOSE)
            .join(Sale, Sale.id == SaleMoney.sale_id)
            .join(Customer, Customer.id == Sale.customer_id)
            .where(SaleMoney.id == int(lettered[2]), SaleMoney.kind == kind)
        )
        return [
            Numbered("money_receipt", row.sale_id, money_number(kind, row.id), *_whose(row))
            for row in session.execute(moved)
        ]
    return []


def _of_notes(conditions: Iterable[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        select(Note.id, Note.sale_id, Note.number, Sale.installments, *_WHOSE, _OLD)
        .join(Sale, Sale.id == Note.sale_id)
        .join(Customer, Customer.id == Note.customer_id)
        .where(or_(*conditions))
        .order_by(Note.id)
    )


def _whose(row: Any) -> tuple[int, str, str | None]:
    return row.customer_id, row.customer, getattr(row, "ref", None)
