"""What the API's clients cost who works at a page."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import Manager
from threading import Event, Thread
from typing import Any

from sqlalchemy import URL, text

from benchmarks import server
from benchmarks.api_clients import Client, a_login
from benchmarks.figure import Figure
from benchmarks.files import PAGE, VISITS, WARM_UP, p95
from benchmarks.server import Page
from benchmarks.shops import connect
from credigestor.rules.permissions import Role

CLIENTS = 8
#: Seconds between a client's calls: a program that serves people waits for them.
PAUSE = 0.1


def measure(url: URL) -> list[Figure]:
    """Measure on a shop's database, to which logins are added."""
    engine = connect(url)
    login = a_login(engine, Role.MANAGER)
    with engine.connect() as connection:
        notes = connection.scalars(text("SELECT id FROM notes ORDER BY id LIMIT 500")).all()
    engine.dispose()
    with server.running(url) as app:
        page = app.first_page()
        idle, meanwhile = _runs(page, WARM_UP + VISITS)[WARM_UP:], []
        # In a process of their own, as other programs are; in turns with idle times.
        for _ in range(3):
            with _clients(app.port, login, notes):
                meanwhile += _runs(page, VISITS // 3)
            idle += _runs(page, VISITS // 3)
        page.close()
    return [Figure("page_p95_under_eight_api_clients_vs_idle", p95(meanwhile), p95(idle), PAGE)]


def _runs(page: Page, count: int) -> list[float]:
    return [page.draw() for _ in range(count)]


@contextmanager
def _clients(port: int, login: str, notes: Any) -> Iterator[None]:
    with Manager() as manager, ProcessPoolExecutor(1) as pool:
        begun, over = manager.Event(), manager.Event()
        running: Future[None] = pool.submit(_call_until, begun, over, port, login, list(notes))
        begun.wait(60)
        try:
            yield
        finally:
            over.set()
            running.result()


def _call_until(begun: Event, over: Event, port: int, login: str, notes: list[int]) -> None:
    clients = [Client(port, login) for _ in range(CLIENTS)]
    ended = Event()

    def work(number: int) -> None:
        for note in islice(notes, number, None, CLIENTS):
            for path in (f"/notes/{note}", "/notes?limit=50", "/customers?q=silva", "/summary"):
                clients[number].call("GET", path)
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
