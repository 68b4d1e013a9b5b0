"""What strangers cost who works: sixty first visits at once beside one who is logged in.

A stranger asks for the page, opens its WebSocket and has the login drawn, in another process, as
a browser does. Who works draws the first page over and over meanwhile; the floor is the same when
nothing else goes on, and one second. Memory is held against itself after many more visits.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from statistics import median

from sqlalchemy import URL

from benchmarks import server
from benchmarks.figure import Figure
from benchmarks.server import Page, Request, Server
from credigestor.web import cookies

STRANGERS = 60
#: Where they come from, a process with threads for each: from one not all would be let in.
SOURCES = ("127.0.0.2", "127.0.0.3")
VISITS, WARM_UP = 30, 10
#: Times its idle time that the slowest run of the page may take.
RATIO = 15.0
#: Visits after which memory must stand where it stood, and megabytes that it may have risen.
MANY, MEMORY = 300, 24.0


def measure(url: URL) -> list[Figure]:
    """Time it on a shop's database, to which a login is added."""
    with server.running(url) as app:
        page = app.first_page()
        idle = [page.draw() for _ in range(WARM_UP + VISITS)][WARM_UP:]
        _visit(app.port)
        meanwhile: list[float] = []
        with ProcessPoolExecutor(len(SOURCES)) as pool:
            visits = [
                pool.submit(_visit_at_once, app.port, STRANGERS // len(SOURCES), source)
                for source in SOURCES
            ]
            while not all(one.done() for one in visits):
                meanwhile.append(page.draw())
            for one in visits:
                one.result()
        slowest = max(meanwhile)
        rise = _rise(app, page)
        page.close()
    return [
        Figure("page_slowest_during_60_strangers_in_a_second", slowest, 1.0, 1),
        Figure("page_slowest_during_60_strangers_vs_idle", slowest, median(idle), RATIO),
        Figure(f"memory_of_{MANY}_more_visits_mb", rise, MEMORY, 1),
    ]


def _visit_at_once(port: int, count: int, source: str) -> None:
    """So many first visits at the same time."""
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(lambda _: _visit(port, source), range(count)))


def _visit(port: int, source: str = SOURCES[0]) -> None:
    """A first visit: the page, its WebSocket, and the login drawn."""
    headers = {"Cookie": f"{cookies.cookie_name()}={cookies.new_token()}"}
    Request(port, "/", headers).seconds()
    page = Page(port, headers, "", source)
    page.draw()
    page.close()


def _rise(app: Server, page: Page) -> float:
    """Megabytes more after many visits of both kinds than after some."""

    def visits(count: int) -> None:
        for _ in range(count):
            page.draw()
            _visit(app.port)

    visits(100)
    before = app.process.memory_info().rss
    visits(MANY // 2)
    return max(float(app.process.memory_info().rss - before), 1.0) / 2**20
