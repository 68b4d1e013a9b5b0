"""The counter's writes beside their floor: sales of 12 notes, payments, eight at once (R9).

The floor writes the same rows with hand-made SQL in one transaction on connections that stay
open: no checks, no locks, nothing read. Ours and the floor take turns, so that what else the
machine does falls on both; commits are included.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from statistics import median
from threading import Barrier
from time import perf_counter
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, text

from benchmarks.figure import Figure
from benchmarks.till import AMOUNT, TWO_METHODS, Counter, open_shop, pay, sell
from credigestor.db.engine import connection_options
from credigestor.rules.methods import Part
from credigestor.rules.money import ZERO

ONE_CLIENT, EIGHT_CLIENTS = 2.5, 4.0
CLIENTS = 8
#: Writes of one client that are timed, and those of each of eight; some more come before.
SINGLE, EACH, WARM_UP = 200, 60, 20
#: Times that the eight pay side by side; the first warms up.
ROUNDS = 6


def measure(engine: Engine, *, today: date) -> list[Figure]:
    """Time the counter's writes on a migrated schema; adds a seller, customers and notes to it."""
    shop = open_shop(engine, today, 8 * (SINGLE + WARM_UP) + 2 * ROUNDS * CLIENTS * EACH)
    return [
        sale_12_notes(shop, "sale_12_notes"),
        sale_12_notes(shop, "sale_12_notes_down_in_two_methods", TWO_METHODS),
        payment_one_client(shop, "payment_one_client"),
        payment_one_client(shop, "payment_in_two_methods", TWO_METHODS),
        payment_eight_clients(shop),
    ]


def sale_12_notes(shop: Counter, name: str, down: Sequence[Part] = ()) -> Figure:
    """A sale with 12 notes, and a down payment by these methods, by one client, seconds a sale."""
    customers = iter([next(shop.notes)[1] for _ in range(2 * (SINGLE + WARM_UP))])
    with _connection(shop.engine) as floor:
        ours, floors = _in_turns(
            lambda: sell(shop, next(customers), down),
            lambda: _floor_sale(floor, shop, next(customers), down),
        )
    return Figure(name, ours, floors, ONE_CLIENT)


def payment_one_client(shop: Counter, name: str, methods: Sequence[Part] = ()) -> Figure:
    """A payment of one note, in cash or by these methods, by one client, seconds a payment."""
    with _connection(shop.engine) as floor:
        ours, floors = _in_turns(
            lambda: pay(shop, *next(shop.notes), methods),
            lambda: _floor_payment(floor, shop, *next(shop.notes), methods),
        )
    return Figure(name, ours, floors, ONE_CLIENT)


def payment_eight_clients(shop: Counter) -> Figure:
    """Eight clients paying distinct notes of one due date at once, seconds of wall a payment."""
    connections = [psycopg.connect(_address(shop.engine)) for _ in range(CLIENTS)]
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:

            def ours(notes: Sequence[tuple[int, int]], _: int) -> None:
                for note in notes:
                    pay(shop, *note)

            def floor(notes: Sequence[tuple[int, int]], client: int) -> None:
                for note in notes:
                    _floor_payment(connections[client], shop, *note)

            times = [(_together(pool, shop, ours), _together(pool, shop, floor)) for _ in range(6)]
    finally:
        for connection in connections:
            connection.close()
    ours_times, floor_times = zip(*times[1:], strict=True)
    return Figure("payment_eight_clients", median(ours_times), median(floor_times), EIGHT_CLIENTS)


def _in_turns(ours: Callable[[], None], floor: Callable[[], None]) -> tuple[float, float]:
    times = [(_timed(ours), _timed(floor)) for _ in range(SINGLE + WARM_UP)][WARM_UP:]
    return median(t for t, _ in times), median(t for _, t in times)


def _together(
    pool: ThreadPoolExecutor, shop: Counter, act: Callable[[Sequence[tuple[int, int]], int], None]
) -> float:
    """Seconds a write when all clients start at once, until the last of them is done."""
    shares = [list(islice(shop.notes, EACH)) for _ in range(CLIENTS)]
    barrier = Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        barrier.wait()
        act(shares[number], number)

    running = [pool.submit(client, number) for number in range(CLIENTS)]
    barrier.wait()
    start = perf_counter()
    for future in running:
        future.result()
    return (perf_counter() - start) / (CLIENTS * EACH)


def _timed(act: Callable[[], None]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start


_AUDIT = """
INSERT INTO audit_log (actor_id, actor_name, action, entity, entity_id, after)
VALUES (%s, %s, 'create', %s, %s, %s)
"""


def _floor_sale(
    connection: psycopg.Connection, shop: Counter, customer: int, down: Sequence[Part] = ()
) -> None:
    seller = shop.seller
    paid_down = sum((part for _, part in down), ZERO)
    after = {
        "customer_id": customer,
        "seller_id": seller.id,
        "sold_on": shop.today.isoformat(),
        "description": "Geladeira",
        "total": str(12 * AMOUNT + paid_down),
        "down_payment": str(paid_down),
        "installments": 12,
        "first_due_date": shop.due.isoformat(),
        "contract_rate": "0.00",
        "late_rate": "1",
        "fine_rate": "2",
        "grace_days": 0,
        "override_reason": None,
        "override_by": None,
    }
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sales (operation_id, customer_id, seller_id, sold_on, description, total,"
            " down_payment, installments, first_due_date, contract_rate, late_rate, fine_rate,"
            " grace_days, created_by) VALUES (%s, %s, %s, %s, 'Geladeira', %s, %s, 12, %s, 0, 1, 2,"
            " 0, %s) RETURNING id",
            (
                uuid.uuid4(),
                customer,
                seller.id,
                shop.today,
                12 * AMOUNT + paid_down,
                paid_down,
                shop.due,
                seller.id,
            ),
        )
        sale = _id(cursor)
        values: list[Any] = []
        for number in range(1, 13):
            due = shop.due + timedelta(days=30 * number)
            values += (sale, customer, number, AMOUNT, due, due, due, AMOUNT, due)
        cursor.execute(_FLOOR_NOTES, values)
        if down:
            cursor.execute(
                "INSERT INTO sale_money (sale_id, kind, moved_on, amount, method, cash, pix,"
                " done_by) VALUES (%s, 'down', %s, %s, 'several', %s, %s, %s)",
                (sale, shop.today, paid_down, *(part for _, part in down), seller.id),
            )
        cursor.execute(_AUDIT, (seller.id, seller.name, "sale", sale, Jsonb(after)))


_FLOOR_NOTES = (
    "INSERT INTO notes (sale_id, customer_id, number, amount, due_date, on_time_until, free_until,"
    " principal_balance, interest_from) VALUES "
    + ", ".join(["(" + ", ".join(["%s"] * 9) + ")"] * 12)
)


def _floor_payment(
    connection: psycopg.Connection,
    shop: Counter,
    note: int,
    customer: int,
    methods: Sequence[Part] = (),
) -> None:
    seller, today = shop.seller, shop.today
    parts: list[Decimal | None] = [part for _, part in methods]
    cash, pix = parts or [None, None]
    method = "several" if methods else "cash"
    after = {
        "paid_on": today.isoformat(),
        "amount": str(AMOUNT),
        "method": method,
        "backdate_reason": None,
        "items": [[note, str(AMOUNT)]],
    }
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments (operation_id, customer_id, paid_on, amount, method, cash, pix,"
            " received_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (uuid.uuid4(), customer, today, AMOUNT, method, cash, pix, seller.id),
        )
        payment = _id(cursor)
        cursor.execute(
            "INSERT INTO payment_items (payment_id, note_id, paid_on, amount, interest, fine,"
            " principal, principal_after, interest_after, fine_after, fine_charged_after,"
            " interest_from_after) VALUES (%s, %s, %s, %s, 0, 0, %s, 0, 0, 0, false, %s)",
            (payment, note, today, AMOUNT, AMOUNT, shop.due),
        )
        cursor.execute(
            "UPDATE notes SET principal_balance = 0, last_paid_on = %s, settled_on = %s"
            " WHERE id = %s",
            (today, today, note),
        )
        cursor.execute(_AUDIT, (seller.id, seller.name, "payment", payment, Jsonb(after)))


def _id(cursor: psycopg.Cursor) -> int:
    row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def _address(engine: Engine) -> str:
    """The engine's server as psycopg takes it, schema included."""
    with engine.connect() as connection:
        schema = connection.scalar(text("SELECT current_schema()"))
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.conninfo.make_conninfo(url, options=connection_options(schema))


@contextmanager
def _connection(engine: Engine) -> Iterator[psycopg.Connection]:
    with psycopg.connect(_address(engine)) as connection:
        yield connection
