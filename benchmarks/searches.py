"""Customers looked for by name where there are many: as typed rightly, and with slips."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from sqlalchemy import Engine, func, insert, select, text

from benchmarks.business import TODAY
from benchmarks.figure import Figure
from benchmarks.shops import snapshot
from benchmarks.timing import in_turns
from credigestor.db.models import Customer
from credigestor.demo.people import people
from credigestor.reports import customers
from credigestor.rules.identity import fold

CUSTOMERS = 100_000
SECONDS = 0.05
_NAMES = 1_000

#: The slowest of each is the figure: rare words, common ones, one that very many names have.
_QUERIES = {
    "as_typed": ("zelia munoz", "maria silva", "jose"),
    "with_a_slip": ("zellia munoz", "maira sivla", "mraia", "aparecdia cavalcante queirozz"),
}


def measure(engine: Engine) -> list[Figure]:
    """Time searches among 100,000 customers; adds those that are missing."""
    _fill(engine)
    works = {
        (kind, query): (partial(_search, engine, query), engine)
        for kind, queries in _QUERIES.items()
        for query in queries
    }
    taken = in_turns(works)
    return [
        Figure(
            f"customer_search_{kind}_100k",
            max(seconds.wall for (of_kind, _), seconds in taken.items() if of_kind == kind),
            SECONDS,
            1.0,
        )
        for kind in _QUERIES
    ]


def _search(engine: Engine, query: str) -> Iterable[object]:
    with snapshot(engine) as session:
        return customers.search(session, query, today=TODAY)


def _fill(engine: Engine) -> None:
    names = [person.values["name"].split() for person in people(_NAMES)]
    with engine.begin() as connection:
        there = connection.scalar(select(func.count()).select_from(Customer)) or 0
        rows = [_customer(number, names) for number in range(CUSTOMERS - there)]
        connection.execute(insert(Customer), rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) customers"))


def _customer(number: int, names: list[list[str]]) -> dict[str, str]:
    """One with the first name of one person and the others of another."""
    first, others = names[number % _NAMES], names[number // _NAMES * 31 % _NAMES]
    name = " ".join((first[0], *others[1:]))
    return {"name": name, "name_folded": fold(name), "tax_id": f"P{number:013}"}
