"""Many new customers, sales, notes and payments, written at once by COPY.

The objects point at each other; ids are reserved in bulk just before the rows are written, in
the order of the lists, so that payments of one day replay in the order in which they came.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from credigestor.db.models import Base, Customer, Note, Payment, PaymentItem, Sale
from credigestor.db.settings import ShopSettings
from credigestor.rules.charges import ZERO, Step, Terms
from credigestor.rules.schedule import PlannedNote
from credigestor.services import sales
from credigestor.services.ledger import item_columns, note_columns
from credigestor.services.payments import Method


@dataclass(slots=True)
class NewCustomer:
    """A customer to write: columns of the table; the id comes when it is written."""

    values: dict[str, Any]
    id: int = 0


@dataclass(slots=True)
class KnownCustomer:
    """A customer who is there already."""

    id: int


@dataclass(slots=True)
class NewPayment:
    """A payment for one note to write, R$; `step` is its allocation, set when it is folded."""

    customer: NewCustomer | KnownCustomer
    paid_on: date
    amount: Decimal
    method: Method
    ref: str | None = None
    received_by: int | None = None
    step: Step | None = None
    id: int = 0


@dataclass(slots=True)
class NewNote:
    """A note to write, with its payments in the order of the fold."""

    planned: PlannedNote
    terms: Terms
    payments: list[NewPayment] = field(default_factory=list)


@dataclass(slots=True)
class NewSale:
    """A sale to write with its notes: columns of the table but for ids."""

    customer: NewCustomer | KnownCustomer
    values: dict[str, Any]
    notes: list[NewNote]
    id: int = 0


@dataclass(slots=True)
class KnownNote:
    """A note that is there and gets payments: all its live payments' steps, in fold order.

    Each comes with the id of its item, or with the new payment that it belongs to.
    """

    id: int
    terms: Terms
    steps: list[tuple[Step, int | NewPayment]] = field(default_factory=list)


@dataclass
class Batch:
    """What one load writes; `payments` are all the new ones, in the order of their ids."""

    customers: list[NewCustomer] = field(default_factory=list)
    sales: list[NewSale] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    known_notes: list[KnownNote] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.customers or self.sales or self.payments)


def make_sale(
    customer: NewCustomer | KnownCustomer,
    data: sales.NewSale,
    settings: ShopSettings,
    *,
    today: date,
    ref: str | None = None,
) -> NewSale:
    """A sale with its notes, nothing paid, under the settings in force (R1–R5, R8).

    The customer is the object given, not the data's id. Raises InvalidInput as the counter does.
    """
    notes = sales.plan_notes(data, settings, today=today)
    late_rate, fine_rate = settings.late_rate, settings.fine_rate
    return NewSale(
        customer,
        {
            "ref": ref,
            "seller_id": data.seller_id,
            "sold_on": data.sold_on,
            "description": data.description,
            "total": data.total,
            "down_payment": data.down_payment,
            "installments": len(notes),
            "first_due_date": notes[0].due_date if notes else None,
            "contract_rate": data.contract_rate if notes else ZERO,
            "late_rate": late_rate,
            "fine_rate": fine_rate,
            "grace_days": settings.grace_days,
            "created_by": data.seller_id,
        },
        [
            NewNote(n, Terms(n.amount, n.due_date, n.free_until, late_rate, fine_rate))
            for n in notes
        ],
    )


def load(session: Session, batch: Batch) -> Iterator[tuple[float, str]]:
    """Write the batch, giving before each of its steps the share that is done and its name.

    Raises IntegrityError, as SQLAlchemy does, for a violated constraint.
    """
    yield 0.0, "Gravando clientes"
    for customer, customer_id in _with_ids(session, Customer, batch.customers):
        customer.id = customer_id
    _copy(session, Customer, ({"id": new.id, **new.values} for new in batch.customers))
    yield 0.1, "Gravando vendas e notas"
    for sale, sale_id in _with_ids(session, Sale, batch.sales):
        sale.id = sale_id
    _copy(session, Sale, map(_sale_row, batch.sales))
    notes = [(sale, note) for sale in batch.sales for note in sale.notes]
    numbered = list(_with_ids(session, Note, notes))
    _copy(session, Note, (_note_row(i, sale, note) for (sale, note), i in numbered))
    yield 0.5, "Gravando pagamentos"
    for payment, payment_id in _with_ids(session, Payment, batch.payments):
        payment.id = payment_id
    _copy(session, Payment, map(_payment_row, batch.payments))
    items = [(payment, i) for (_, note), i in numbered for payment in note.payments]
    items += [
        (owner, note.id)
        for note in batch.known_notes
        for _, owner in note.steps
        if isinstance(owner, NewPayment)
    ]
    _copy(session, PaymentItem, (_item_row(payment, note_id) for payment, note_id in items))
    yield 0.9, "Atualizando notas que já existiam"
    _rewrite(session, batch.known_notes)
    # Until autovacuum comes by, the planner would believe that the tables are empty.
    session.execute(text("ANALYZE customers, sales, notes, payments, payment_items"))


def _sale_row(sale: NewSale) -> dict[str, Any]:
    return {
        "id": sale.id,
        "operation_id": uuid.uuid4(),
        "customer_id": sale.customer.id,
        **sale.values,
    }


def _note_row(note_id: int, sale: NewSale, note: NewNote) -> dict[str, Any]:
    steps = [payment.step for payment in note.payments if payment.step]
    return {
        "id": note_id,
        **sales.note_row(note.planned, sale.id, sale.customer.id),
        **note_columns(note.terms, steps),
    }


def _payment_row(payment: NewPayment) -> dict[str, Any]:
    return {
        "id": payment.id,
        "ref": payment.ref,
        "operation_id": uuid.uuid4(),
        "customer_id": payment.customer.id,
        "paid_on": payment.paid_on,
        "amount": payment.amount,
        "method": payment.method.value,
        "received_by": payment.received_by,
    }


def _item_row(payment: NewPayment, note_id: int) -> dict[str, Any]:
    assert payment.step is not None
    return {
        "payment_id": payment.id,
        "note_id": note_id,
        "paid_on": payment.paid_on,
        "amount": payment.amount,
        **item_columns(payment.step),
    }


def _rewrite(session: Session, notes: Sequence[KnownNote]) -> None:
    items = [
        {"id": owner, **item_columns(step)}
        for note in notes
        for step, owner in note.steps
        if isinstance(owner, int)
    ]
    if items:
        session.execute(update(PaymentItem), items)
    if notes:
        session.execute(
            update(Note),
            [
                {"id": note.id, **note_columns(note.terms, [step for step, _ in note.steps])}
                for note in notes
            ],
        )


def _with_ids(session: Session, model: type[Base], new: Sequence[Any]) -> Iterable[tuple[Any, int]]:
    ids = session.scalars(
        text(
            "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)"
        ),
        {"table": model.__tablename__, "count": len(new)},
    ).all()
    return zip(new, ids, strict=True)


def _copy(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """COPY rows that all have the columns of the first one."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model.__tablename__), sql.SQL(", ").join(map(sql.Identifier, first))
    )
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write_row(tuple(first.values()))
            for row in rows:
                copy.write_row(tuple(row.values()))
    except psycopg.IntegrityError as error:
        # As SQLAlchemy would raise it, so that transaction() words it.
        raise IntegrityError(str(model.__tablename__), None, error) from error
