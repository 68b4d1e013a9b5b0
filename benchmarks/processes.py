"""Pages a second of one process of the app and of several, flat out, on one shop.

    python -m benchmarks.processes

Sixteen people draw page after page, a third of them on analytics, spread over the processes as a
proxy spreads them: each stays with one. The processes are all there from the beginning, and the
turns with one and with more of them follow each other. Who asks sits in a process beside them, so
on two cores a second process shares them with PostgreSQL and with those who ask.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import click
from sqlalchemy import URL

from benchmarks import server
from benchmarks.crowd import COUNTER, address_of, newcomers
from benchmarks.figure import Figure
from benchmarks.results import table
from benchmarks.server import Page
from benchmarks.shops import FOLDER, copy_of, shop
from benchmarks.visits import ANALYTICS

PEOPLE, ROUNDS, SECONDS = 16, 3, 10.0
#: Several processes must not be slower than one; on a machine with more cores four are tried too.
LIMIT = 1.0


def measure(url: URL, seconds: float = SECONDS) -> list[Figure]:
    """Time a page's share of the whole with one process and with more, on a shop's database."""
    counts = [2] + ([4] if (os.cpu_count() or 1) >= 4 else [])
    with ExitStack() as running:
        apps = [running.enter_context(server.running(url)) for _ in range(max(counts))]
        headers = newcomers(apps[0], PEOPLE)
        ports = [app.port for app in apps]
        pool = running.enter_context(ProcessPoolExecutor(1))
        taken: dict[int, list[float]] = {count: [] for count in (1, *counts)}
        for count in taken:  # pages are read and compiled by whichever process draws them first
            pool.submit(pages_drawn, ports[:count], headers, seconds).result()
        for _ in range(ROUNDS):
            for count, found in taken.items():
                drawn = pool.submit(pages_drawn, ports[:count], headers, seconds).result()
                found.append(seconds / drawn)
    one = median(taken[1])
    for count, found in taken.items():
        click.echo(f"  {count}: {1 / median(found):.1f} pages a second", err=True)
    return [
        Figure(f"seconds_a_page_of_{count}_processes_vs_one", median(taken[count]), one, LIMIT)
        for count in counts
    ]


def pages_drawn(ports: Sequence[int], headers: Sequence[dict[str, str]], seconds: float) -> int:
    """How many pages people draw who think for no moment; RuntimeError if one of them fails."""
    drawn = [0] * len(headers)
    errors: list[Exception] = []
    end = time.monotonic() + seconds

    def person(number: int) -> None:
        files = ANALYTICS if number % 3 == 2 else COUNTER
        try:
            page = Page(ports[number % len(ports)], headers[number], address_of(files[0]))
            while time.monotonic() < end:
                page.name = address_of(files[drawn[number] % len(files)])
                page.draw()
                drawn[number] += 1
            page.close()
        except Exception as error:  # told by who asked for the work
            errors.append(error)

    threads = [threading.Thread(target=person, args=(one,)) for one in range(len(headers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(repr(errors[0]))
    return sum(drawn)


@click.command()
@click.option("--sales", type=int, default=5_000, show_default=True, help="Sales of the shop.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
def main(sales: int, folder: Path) -> None:
    """Measure this alone."""
    with copy_of(shop(sales, folder=folder)) as url:
        click.echo(table(figure.as_dict() for figure in measure(url)))


if __name__ == "__main__":
    main()
