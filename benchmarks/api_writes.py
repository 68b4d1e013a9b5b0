"""The counter's writes over HTTP beside the service alone: a sale with 12 notes, a payment.

Ours goes through the running app, from a client's request to its answer; the floor calls the
service in a transaction of its own, in this process. Both take turns, by one client and by eight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from statistics import median
from threading import Barrier
from time import perf_counter

from sqlalchemy import URL, Engine

from benchmarks import server
from benchmarks.api_clients import Client, a_login
from benchmarks.figure import Figure
from benchmarks.shops import connect
from benchmarks.till import AMOUNT, Counter, open_shop, pay, sell
from credigestor.rules.permissions import Role

#: Times the service alone that the same may take over HTTP.
LIMIT = 2.5
CLIENTS = 8
#: Writes of one client that are timed, those of each of eight in a round, and the rounds; some
#: writes, and the first round, warm up.
SINGLE, WARM_UP, EACH, ROUNDS = 200, 30, 25, 8
#: What one client does to a note and its customer: by HTTP, by the service.
Write = Callable[[Client, int, int], None]
Floor = Callable[[Counter, int, int], None]


def measure(url: URL) -> list[Figure]:
    """Time the writes on a shop's database; users, customers, sales and payments are added."""
    engine = connect(url, pool_size=CLIENTS)
    try:
        with server.running(url) as app:
            return _figures(app.port, engine)
    finally:
        engine.dispose()


def _figures(port: int, engine: Engine) -> list[Figure]:
    login = a_login(engine, Role.SELLER)
    clients = [Client(port, login) for _ in range(CLIENTS)]
    today = date.fromisoformat(clients[0].call("GET", "/auth/me")["today"])
    shop = open_shop(engine, today, 2 * 2 * (SINGLE + WARM_UP + ROUNDS * CLIENTS * EACH))

    def http_sells(client: Client, _: int, customer: int) -> None:
        client.write(
            "/sales",
            {
                "customer_id": customer,
                "description": "Geladeira",
                "total": str(12 * AMOUNT),
                "installments": 12,
                "first_due_date": shop.due.isoformat(),
            },
        )

    def http_pays(client: Client, note: int, customer: int) -> None:
        items = [{"note_id": note, "amount": str(AMOUNT)}]
        client.write("/payments", {"customer_id": customer, "method": "cash", "items": items})

    def service_sells(shop: Counter, _: int, customer: int) -> None:
        sell(shop, customer)

    works: dict[str, tuple[Write, Floor]] = {
        "sale_12_notes": (http_sells, service_sells),
        "payment": (http_pays, pay),
    }
    figures = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        for name, (ours, floor) in works.items():
            one = _by_one(clients[0], shop, ours, floor)
            eight = _by_eight(pool, clients, shop, ours, floor)
            figures += [
                Figure(f"api_{name}_one_client_vs_service", *one, LIMIT),
                Figure(f"api_{name}_eight_clients_vs_service", *eight, LIMIT),
            ]
    for client in clients:
        client.close()
    return figures


def _by_one(client: Client, shop: Counter, ours: Write, floor: Floor) -> tuple[float, float]:
    times = [
        (
            _timed(lambda: ours(client, *next(shop.notes))),
            _timed(lambda: floor(shop, *next(shop.notes))),
        )
        for _ in range(SINGLE + WARM_UP)
    ][WARM_UP:]
    return median(t for t, _ in times), median(t for _, t in times)


def _by_eight(
    pool: ThreadPoolExecutor,
    clients: Sequence[Client],
    shop: Counter,
    ours: Write,
    floor: Floor,
) -> tuple[float, float]:
    """Seconds of wall a write when all start at once, medians of rounds that take turns."""

    def by_http(number: int, notes: Sequence[tuple[int, int]]) -> None:
        for note in notes:
            ours(clients[number], *note)

    def by_service(_: int, notes: Sequence[tuple[int, int]]) -> None:
        for note in notes:
            floor(shop, *note)

    times = [
        (_together(pool, shop, by_http), _together(pool, shop, by_service)) for _ in range(ROUNDS)
    ][1:]
    return median(t for t, _ in times), median(t for _, t in times)


def _together(
    pool: ThreadPoolExecutor,
    shop: Counter,
    act: Callable[[int, Sequence[tuple[int, int]]], None],
) -> float:
    shares = [list(islice(shop.notes, EACH)) for _ in range(CLIENTS)]
    barrier = Barrier(CLIENTS + 1)

    def client(number: int) -> None:
        barrier.wait()
        act(number, shares[number])

    running = [pool.submit(client, number) for number in range(CLIENTS)]
    barrier.wait()
    start = perf_counter()
    for one in running:
        one.result()
    return (perf_counter() - start) / (CLIENTS * EACH)


def _timed(act: Callable[[], None]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start
