"""What the managers' pages ask of the database: how it grows with the notes, beside a floor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import URL, Engine

from benchmarks import floor
from benchmarks.figure import Figure
from benchmarks.shops import connect, snapshot
from benchmarks.timing import FEW_ROUNDS, Seconds, in_turns
from benchmarks.visits import ANALYTICS, DASHBOARD, DELINQUENCY, Call, calls_of, inside

GROWTH = 1.5
CHART_SECONDS, CHART_GROWTH = 1.0, 2.0
#: Where the reports of charts live; what else a page reads is for its frame.
_CHARTS = "credigestor.reports.portfolio."

#: Parameters of the address under which the portfolio's pages are opened, beside none at all.
VIEWS = {
    "": {},
    "at_a_past_date": {"as_of": "2025-08-15"},
    "of_a_seller_and_value_range": {"seller": "1", "value": "250-500"},
}


class Work(NamedTuple):
    """What is timed on each shop: a page in a view, all of it or one report function of it."""

    page: str
    view: str = ""
    report: str | None = None


Taken = Mapping[tuple[int, Work], Seconds]


def measure(shops: Mapping[int, URL]) -> list[Figure]:
    """Time the pages' reads on shops by their number of sales, each against the smallest.

    Nothing is cached by the application; the server's own buffers are warm.
    """
    sizes = sorted(shops)
    engines = {size: connect(shops[size]) for size in sizes}
    works: dict[tuple[int, Work], tuple[Callable[[], object], Engine]] = {}
    for size in sizes:
        with inside(shops[size]):
            parts = _works()
        for work, calls in parts.items():
            if size == sizes[-1] or not work.view:
                works[size, work] = (partial(_replay, engines[size], calls), engines[size])
    largest = engines[sizes[-1]]
    with floor.scans(largest) as scans:
        by_scan = {(0, Work(f"scan {n}")): (scan, largest) for n, scan in enumerate(scans)}
        as_opened = {key: work for key, work in works.items() if not key[1].view}
        otherwise = {key: work for key, work in works.items() if key[1].view}
        taken = in_turns(as_opened | by_scan) | in_turns(otherwise, FEW_ROUNDS)
    for engine in engines.values():
        engine.dispose()
    return [
        *_pages(taken, sizes),
        _dashboard_and_scan(taken, sizes[-1], min(taken[key].database for key in by_scan)),
        *_charts(taken, sizes),
        *_other_views(taken, sizes[-1]),
    ]


def _works() -> dict[Work, list[Call]]:
    """All that each page reads; for the portfolio's, what each report function reads there."""
    works: dict[Work, list[Call]] = defaultdict(list)
    for page in ANALYTICS:
        if page in (DASHBOARD, DELINQUENCY):
            works[Work(page)] = calls_of(page)
            continue
        for view, query in VIEWS.items():
            for call in calls_of(page, query):
                if call.report.__module__.startswith(_CHARTS):
                    works[Work(page, view, call.name)].append(call)
    return works


def _replay(engine: Engine, calls: Sequence[Call]) -> None:
    for call in calls:
        with snapshot(engine) as session:
            call(session)


def _pages(taken: Taken, sizes: Sequence[int]) -> Iterator[Figure]:
    smallest = sizes[0]
    for page in (DASHBOARD, DELINQUENCY):
        small = taken[smallest, Work(page)]
        for size in sizes[1:]:
            ours, versus = taken[size, Work(page)], f"{notes(size)}_vs_{notes(smallest)}"
            queries, reports = (
                f"{name_of(page)}_{what}_{versus}" for what in ("queries", "reports")
            )
            yield Figure(queries, ours.database, small.database, GROWTH)
            yield Figure(reports, ours.wall, small.wall, GROWTH)


def _dashboard_and_scan(taken: Taken, size: int, scan: float) -> Figure:
    ours = taken[size, Work(DASHBOARD)].database
    return Figure(f"{name_of(DASHBOARD)}_queries_{notes(size)}_vs_covering_scan", ours, scan, 1.0)


def _charts(taken: Taken, sizes: Sequence[int]) -> Iterator[Figure]:
    smallest, largest = sizes[0], sizes[-1]
    for size, work in taken:
        if size != largest or work.report is None or work.view:
            continue
        name, ours = f"{name_of(work.page)}_{work.report}", taken[size, work].database
        yield Figure(f"{name}_{notes(size)}_in_a_second", ours, CHART_SECONDS, 1.0)
        small = taken[smallest, work].database
        yield Figure(f"{name}_{notes(size)}_vs_{notes(smallest)}", ours, small, CHART_GROWTH)


def _other_views(taken: Taken, size: int) -> Iterator[Figure]:
    """The slowest chart of each page, as it is seen otherwise than when it opens."""
    slowest: dict[Work, float] = defaultdict(float)
    for (of_size, work), seconds in taken.items():
        if of_size == size and work.view:
            key = work._replace(report=None)
            slowest[key] = max(slowest[key], seconds.database)
    for work, ours in slowest.items():
        name = f"{name_of(work.page)}_slowest_chart_{work.view}_{notes(size)}_in_a_second"
        yield Figure(name, ours, CHART_SECONDS, 1.0)


def notes(sales: int) -> str:
    """About how many notes so many sales have, as in the names of figures: 50k, 1m.

    >>> notes(5_000), notes(50_000), notes(100_000)
    ('50k', '500k', '1m')
    """
    count = sales * 10
    return f"{count // 1_000_000}m" if count % 1_000_000 == 0 else f"{count // 1000}k"


def name_of(page: str) -> str:
    """A page's name in those of its figures."""
    return page.removeprefix("analytics/").removesuffix(".py")
