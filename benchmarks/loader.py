"""Write a made-up shop into a freshly migrated schema, by COPY, with every trigger in force."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from benchmarks.after_sale import after_sale
from benchmarks.business import (
    FIRST_DAY,
    MANAGER,
    SALES_A_CUSTOMER,
    SELLERS,
    TODAY,
    Made,
    Payment,
    business,
    customer,
    noon,
    operation,
)
from credigestor.services.passwords import DUMMY_HASH
from credigestor.services.summaries import refresh

SEED = 1
_SALES_AT_ONCE = 10_000

_USERS = ("id", "login", "name", "role", "password_hash", "created_at", "password_changed_at")
_CUSTOMERS = (
    "id",
    "name",
    "name_folded",
    "tax_id",
    "phone",
    "city",
    "state",
    "created_at",
    "updated_at",
)
_SALES = (
    "id",
    "operation_id",
    "customer_id",
    "seller_id",
    "sold_on",
    "description",
    "total",
    "down_payment",
    "installments",
    "first_due_date",
    "contract_rate",
    "daily_rate",
    "late_rate",
    "fine_rate",
    "grace_days",
    "cancelled_on",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "created_at",
    "created_by",
)
_NOTES = (
    "id",
    "sale_id",
    "customer_id",
    "number",
    "amount",
    "due_date",
    "on_time_until",
    "free_until",
    "principal_balance",
    "interest_carried",
    "fine_carried",
    "fine_charged",
    "interest_from",
    "last_paid_on",
    "settled_on",
    "cancelled_on",
)
_PAYMENTS = (
    "id",
    "operation_id",
    "customer_id",
    "paid_on",
    "amount",
    "method",
    "received_by",
    "created_at",
)
_ITEMS = (
    "id",
    "payment_id",
    "note_id",
    "paid_on",
    "amount",
    "interest",
    "fine",
    "principal",
    "reversed",
    "principal_after",
    "interest_after",
    "fine_after",
    "fine_charged_after",
    "interest_from_after",
)
_REVERSALS = ("id", "payment_id", "reversed_on", "reversed_at", "reversed_by", "reason")


# What the services would have written to the audit log, at the moment of each act.
_TRAIL = (
    """
    INSERT INTO audit_log (at, actor_id, actor_name, action, entity, entity_id, after)
    SELECT s.created_at, created_by, users.name, 'create', 'sale', s.id, jsonb_build_object(
        'customer_id', customer_id, 'seller_id', seller_id, 'sold_on', sold_on,
        'description', description, 'total', total::text, 'down_payment', down_payment::text,
        'installments', installments, 'first_due_date', first_due_date,
        'contract_rate', contract_rate::text, 'late_rate', late_rate::text,
        'fine_rate', fine_rate::text, 'grace_days', grace_days)
    FROM sales s JOIN users ON users.id = s.created_by ORDER BY s.id
    """,
    """
    INSERT INTO audit_log (at, actor_id, actor_name, action, entity, entity_id, before, after)
    SELECT cancelled_at, cancelled_by, users.name, 'cancel', 'sale', s.id,
        jsonb_build_object('customer_id', customer_id, 'total', total::text),
        jsonb_build_object('reason', cancel_reason, 'on', cancelled_on)
    FROM sales s JOIN users ON users.id = s.cancelled_by ORDER BY s.id
    """,
    """
    INSERT INTO audit_log (at, actor_id, actor_name, action, entity, entity_id, after)
    SELECT p.created_at, received_by, users.name, 'create', 'payment', p.id, jsonb_build_object(
        'customer_id', customer_id, 'paid_on', p.paid_on, 'amount', p.amount::text,
        'method', method, 'items', jsonb_build_array(
            jsonb_build_array(i.note_id, i.amount::text)))
    FROM payments p JOIN payment_items i ON i.payment_id = p.id
    JOIN users ON users.id = p.received_by ORDER BY p.id
    """,
    """
    INSERT INTO audit_log (at, actor_id, actor_name, action, entity, entity_id, after)
    SELECT reversed_at, reversed_by, users.name, 'reverse', 'payment', payment_id,
        jsonb_build_object('reason', reason, 'on', reversed_on)
    FROM reversals r JOIN users ON users.id = r.reversed_by ORDER BY r.id
    """,
    # No record of the audit log: a sale's down payment, and that handed back (R35).
    """
    INSERT INTO sale_money (sale_id, kind, moved_on, amount, method, done_by, created_at)
    SELECT id, 'down', sold_on, down_payment, 'unknown', created_by, created_at
    FROM sales WHERE down_payment > 0
    UNION ALL
    SELECT id, 'refund', cancelled_on, down_payment, 'unknown', cancelled_by, cancelled_at
    FROM sales WHERE down_payment > 0 AND cancelled_on IS NOT NULL
    """,
)


def load(engine: Engine, sales: int, seed: int = SEED) -> None:
    """Fill an empty, migrated schema with `sales` sales, about ten notes each.

    One transaction for the rows, as far as today is TODAY, and one for the acts on a tenth of
    them; then the summaries are brought up to date and the tables vacuumed and analysed, as
    autovacuum would have done by then.
    """
    with engine.begin() as connection, _no_garbage():
        _write(connection, sales, seed)
        connection.execute(text("ANALYZE"))
    with Session(engine) as session, session.begin():
        after_sale(session, sales)
    with Session(engine) as session, session.begin():
        refresh(session, today=TODAY)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))


def _write(connection: Connection, sales: int, seed: int) -> None:
    _copy(connection, "users", _USERS, _users())
    customers = max(sales // SALES_A_CUSTOMER, 1)
    _copy(connection, "customers", _CUSTOMERS, (customer(n + 1, seed) for n in range(customers)))
    payments: list[Payment] = []
    for made in _batches(business(sales, seed)):
        _copy(connection, "sales", _SALES, (one.sale for one in made))
        _copy(connection, "notes", _NOTES, (note for one in made for note in one.notes))
        payments += (payment for one in made for payment in one.payments)
    payments.sort(key=lambda payment: payment.paid_on)  # as they came in
    numbered = list(enumerate(payments, start=1))
    _copy(connection, "payments", _PAYMENTS, (_payment(n, paid) for n, paid in numbered))
    _copy(connection, "payment_items", _ITEMS, (_item(n, paid) for n, paid in numbered))
    undone = [(n, paid) for n, paid in numbered if paid.reversed_on]
    _copy(
        connection,
        "reversals",
        _REVERSALS,
        (_reversal(number, n, paid) for number, (n, paid) in enumerate(undone, start=1)),
    )
    for statement in _TRAIL:
        connection.execute(text(statement))
    for table in ("users", "customers", "sales", "notes", "payments", "payment_items", "reversals"):
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), coalesce(max(id), 1), "
                f"max(id) IS NOT NULL) FROM {table}"
            )
        )


def _users() -> Iterator[tuple[Any, ...]]:
    for number in range(1, SELLERS + 1):
        yield _user(number, f"vendedor{number}", f"Vendedor {number}", "seller")
    yield _user(MANAGER, "gerente", "Gerente", "manager")


def _user(number: int, login: str, name: str, role: str) -> tuple[Any, ...]:
    return (number, login, name, role, DUMMY_HASH, noon(FIRST_DAY), noon(FIRST_DAY))


def _payment(number: int, paid: Payment) -> tuple[Any, ...]:
    return (
        number,
        operation("payment", number),
        paid.customer_id,
        paid.paid_on,
        paid.step.act.amount,
        paid.method,
        paid.received_by,
        noon(paid.paid_on),
    )


def _item(number: int, paid: Payment) -> tuple[Any, ...]:
    split, after = paid.step.split, paid.step.state
    return (
        number,
        number,
        paid.note_id,
        paid.paid_on,
        paid.step.act.amount,
        split.interest,
        split.fine,
        split.principal,
        paid.reversed_on is not None,
        after.principal,
        after.interest,
        after.fine,
        after.fine_charged,
        after.interest_from,
    )


def _reversal(number: int, payment_id: int, paid: Payment) -> tuple[Any, ...]:
    assert paid.reversed_on is not None
    day = paid.reversed_on
    return (number, payment_id, day, noon(day), MANAGER, "Lançado duas vezes")


def _batches(made: Iterator[Made]) -> Iterator[list[Made]]:
    while batch := list(islice(made, _SALES_AT_ONCE)):
        yield batch


def _copy(
    connection: Connection, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]
) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Millions of live tuples make the collector's rounds long, and there is nothing to find."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
