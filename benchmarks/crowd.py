"""Many people at once: a running app's pages over raw WebSockets, as browsers ask for them.

    python -m benchmarks.crowd --people 22 --people 60 --people 100 --seconds 600

Two thirds are sellers at the counter and one third managers on their pages. Each is a user of their
own, comes within the first half minute, opens a page of their kind, thinks for 5 to 15 seconds and
opens another. What is timed is from the question until the script has finished; what is reported
leaves the half minute of arrivals out. They sit in a process of their own, on the same machine.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles

import click
from sqlalchemy import URL, text

from benchmarks import server
from benchmarks.figure import Figure
from benchmarks.server import Page, Server
from benchmarks.shops import FOLDER, connect, copy_of, shop
from benchmarks.visits import ANALYTICS
from credigestor.services.passwords import DUMMY_HASH
from credigestor.ui.kit.navigation import PAGES
from credigestor.ui.kit.navigation import page as page_spec

COUNTER = (
    "counter/home.py",
    "counter/new_sale.py",
    "counter/receive.py",
    "counter/customers.py",
    "counter/sales.py",
    "counter/notes.py",
    "counter/payments.py",
)
#: Seconds in which all of them come, and between which each of them thinks.
RAMP, THINKING = 30.0, (5.0, 15.0)
#: How many at once, for how long after the last has come, and seconds that 95 of 100 pages take.
PEOPLE, SECONDS = 100, 90.0
AT_COUNTER, ON_ANALYTICS = 1.0, 2.0
#: Megabytes that the app may hold more at the end than when all of them were there.
MEMORY = 24.0


@dataclass
class Crowd:
    """What a crowd saw: seconds of each page by kind, errors in words, megabytes at both ends."""

    counter: list[float] = field(default_factory=list)
    analytics: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    before: float = 0.0
    after: float = 0.0

    def figures(self, people: int) -> list[Figure]:
        """The figures of so many people; RuntimeError where one of them got an error."""
        if self.errors:
            raise RuntimeError(f"{len(self.errors)} of {people} people: {self.errors[0]}")
        return [
            Figure(f"counter_page_p95_of_{people}_people", p95(self.counter), AT_COUNTER, 1),
            Figure(f"analytics_page_p95_of_{people}_people", p95(self.analytics), ON_ANALYTICS, 1),
            Figure(
                f"memory_of_{people}_people_meanwhile_mb",
                max(self.after - self.before, 1.0),
                MEMORY,
                1,
            ),
        ]


def measure(url: URL, people: int = PEOPLE, seconds: float = SECONDS) -> list[Figure]:
    """Time so many people on a shop's database, to which their logins are added."""
    return crowd(url, people, seconds).figures(people)


def crowd(url: URL, people: int, seconds: float) -> Crowd:
    """Let so many people work for so long after the last of them has come."""
    with server.running(url) as app:
        headers = newcomers(app, people)
        _warm_up(headers, app.port)
        found = Crowd()
        with ProcessPoolExecutor(1) as pool:
            work = pool.submit(_work, app.port, headers, seconds)
            time.sleep(RAMP)
            found.before = app.process.memory_info().rss / 2**20
            taken, found.errors = work.result()
        found.after = app.process.memory_info().rss / 2**20
    for kind, one in taken:
        getattr(found, kind).append(one)
    return found


def p95(seconds: Sequence[float]) -> float:
    """What 95 of 100 take no longer than."""
    return quantiles(seconds, n=20)[-1]


def newcomers(app: Server, count: int) -> list[dict[str, str]]:
    """Users of their own, logged in: sellers, and a manager for each third; what they carry."""
    engine = connect(app.url)
    with engine.begin() as connection:
        ids = connection.scalars(
            text(
                "INSERT INTO users (login, name, role, password_hash, password_changed_at)"
                " SELECT 'pessoa' || n, 'Pessoa ' || n,"
                " CASE WHEN n % 3 = 2 THEN 'manager' ELSE 'seller' END, :hash, now()"
                " FROM generate_series(0, :last) n ORDER BY n RETURNING id"
            ),
            {"hash": DUMMY_HASH, "last": count - 1},
        ).all()
    engine.dispose()
    return [server.carrying(app.log_in(user)[0]) for user in sorted(ids)]


def _kind(number: int) -> tuple[str, Sequence[str]]:
    return ("analytics", ANALYTICS) if number % 3 == 2 else ("counter", COUNTER)


def address_of(file: str) -> str:
    return "" if file == PAGES[0].file else page_spec(file).url_path


def _warm_up(headers: Sequence[dict[str, str]], port: int) -> None:
    for number in (0, 2):
        for file in _kind(number)[1]:
            page = Page(port, headers[number], address_of(file))
            page.draw()
            page.close()


def _work(
    port: int, headers: Sequence[dict[str, str]], seconds: float
) -> tuple[list[tuple[str, float]], list[str]]:
    """All people, a thread each: what each page took, by kind, and what went wrong."""
    taken: list[tuple[str, float]] = []
    errors: list[str] = []
    start = time.monotonic()
    counted, end = start + RAMP, start + RAMP + seconds

    def person(number: int) -> None:
        kind, files = _kind(number)
        random = Random(number)
        time.sleep(RAMP * number / len(headers))
        try:
            page = Page(port, headers[number], address_of(random.choice(files)))
            while time.monotonic() < end:
                began, one = time.monotonic(), page.draw()
                if began >= counted:
                    taken.append((kind, one))
                time.sleep(random.uniform(*THINKING))
                page.name = address_of(random.choice(files))
            page.close()
        except Exception as error:  # a person who is lost is a figure too
            errors.append(repr(error))

    threads = [threading.Thread(target=person, args=(one,)) for one in range(len(headers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, errors


@click.command()
@click.option("--people", type=int, multiple=True, default=(PEOPLE,), show_default=True)
@click.option(
    "--seconds",
    type=float,
    default=SECONDS,
    show_default=True,
    help="How long they work once all have come; 600 prove that memory stands.",
)
@click.option("--sales", type=int, default=5_000, show_default=True, help="Sales of the shop.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def main(people: tuple[int, ...], seconds: float, sales: int, folder: Path) -> None:
    """Print what so many people at once see."""
    with copy_of(shop(sales, folder=folder)) as url:
        for count in people:
            saw = crowd(url, count, seconds)
            pages = len(saw.counter) + len(saw.analytics)
            click.echo(
                f"{count} people: {pages / seconds:.1f} pages a second, p95 "
                f"{p95(saw.counter):.2f} s at the counter, {p95(saw.analytics):.2f} s on "
                f"analytics, {len(saw.errors)} errors, {saw.before:.0f} to {saw.after:.0f} MB"
            )
            for error in saw.errors[:3]:
                click.echo(error, err=True)


if __name__ == "__main__":
    main()
