"""What the API's clients cost who works at a page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing import Manager
from threading import Event, Thread

from sqlalchemy import URL, text

from benchmarks import server
from benchmarks.api_clients import Client, a_login
from benchmarks.figure import Figure
from benchmarks.files import PAGE, VISITS, WARM_UP, p95
from benchmarks.server import Page
from benchmarks.shops import connect
from credigestor.rules.permissions import Role

CLIENTS = 8
#: So many of them sell and pay; the others ask.
TILLS = 3
#: Seconds between a client's calls: a program that serves people waits for them.
PAUSE = 0.1
_CUSTOMERS = "SELECT id FROM customers WHERE active AND tax_id IS NOT NULL ORDER BY id LIMIT 500"


def measure(url: URL) -> list[Figure]:
    """Measure on a shop's database, to which logins are added."""
    engine = connect(url)
    login = a_login(engine, Role.MANAGER)
    with engine.connect() as connection:
        notes = connection.scalars(text("SELECT id FROM notes ORDER BY id LIMIT 500")).all()
        customers = connection.scalars(text(_CUSTOMERS)).all()
    engine.dispose()
    with server.running(url) as app:
        page = app.first_page()
        idle, meanwhile = _runs(page, WARM_UP + VISITS)[WARM_UP:], []
        # In a process of their own, as other programs are; in turns with idle times.
        for _ in range(3):
            with _clients(app.port, login, list(notes), list(customers)):
                meanwhile += _runs(page, VISITS // 3)
            idle += _runs(page, VISITS // 3)
        page.close()
    return [Figure("page_p95_under_eight_api_clients_vs_idle", p95(meanwhile), p95(idle), PAGE)]


def _runs(page: Page, count: int) -> list[float]:
    return [page.draw() for _ in range(count)]


@contextmanager
def _clients(port: int, login: str, notes: list[int], customers: list[int]) -> Iterator[None]:
    with Manager() as manager, ProcessPoolExecutor(1) as pool:
        begun, over = manager.Event(), manager.Event()
        running: Future[None] = pool.submit(_call_until, begun, over, port, login, notes, customers)
        begun.wait(60)
        try:
            yield
        finally:
            over.set()
            running.result()


def _call_until(
    begun: Event, over: Event, port: int, login: str, notes: list[int], customers: list[int]
) -> None:
    clients = [Client(port, login) for _ in range(CLIENTS)]
    ended = Event()

    def work(number: int) -> None:
        if number < TILLS:
            calls = _sells_and_pays(clients[number], customers[number::TILLS])
        else:
            calls = _asks(clients[number], notes[number::CLIENTS])
        for _ in calls:
            if ended.wait(PAUSE):
                return

    threads = [Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for each in threads:
        each.start()
    begun.set()
    over.wait()
    ended.set()
    for each in threads:
        each.join()


def _asks(client: Client, notes: list[int]) -> Iterator[None]:
    """Ask for a note, lists and figures, call by call."""
    for note in notes:
        for path in (f"/notes/{note}", "/notes?limit=50", "/customers?q=silva", "/summary"):
            client.call("GET", path)
            yield


def _sells_and_pays(client: Client, customers: list[int]) -> Iterator[None]:
    """Sell in twelve and receive a part of the first note, call by call."""
    due = date.fromisoformat(client.call("GET", "/auth/me")["today"]) + timedelta(days=30)
    for customer in customers:
        sale = client.write(
            "/sales",
            {
                "customer_id": customer,
                "description": "Geladeira",
                "total": "1200.00",
                "installments": 12,
                "first_due_date": due.isoformat(),
                "override_reason": "Benchmark",
            },
        )
        yield
        items = [{"note_id": sale["notes"][0]["id"], "amount": "10.00"}]
        paid = {"customer_id": customer, "method": "cash", "items": items}
        client.write("/payments", paid)
        yield
