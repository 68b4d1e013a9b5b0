"""What goes through all of a shop: how much longer it takes in one that is larger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click
from sqlalchemy import URL, Engine, text
from sqlalchemy.orm import Session

from benchmarks.figure import Figure
from benchmarks.files import command
from benchmarks.queries import notes
from benchmarks.shops import connect, empty, snapshot
from credigestor.reports.check.report import check_in_slices

LIMIT = 1.5
_MB = 2**20


@dataclass(frozen=True)
class Grown:
    """A shop that is so many times another, and its application's engine."""

    copies: int
    notes: str
    engine: Engine

    @classmethod
    def of(cls, url: URL, sales: int, copies: int) -> Grown:
        """The shop in a database, made from one of so many sales."""
        return cls(copies, notes(sales * copies), connect(url))

    @property
    def url(self) -> URL:
        """Of its database."""
        return self.engine.url

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction as the app opens it."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


#: The smaller one and the larger one.
Pair = tuple[Grown, Grown]


def size(shops: Pair) -> list[Figure]:
    """Megabytes of the databases."""
    return [_beside("database", shops, _megabytes, "_mb")]


def _megabytes(shop: Grown) -> float:
    with shop.engine.connect() as connection:
        found = connection.scalar(text("SELECT pg_database_size(current_database())"))
    return (found or 0) / _MB


def check(shops: Pair) -> list[Figure]:
    """All that `check` looks at, in slices; there must be nothing wrong."""
    return [_beside("check", shops, _check)]


def _check(shop: Grown) -> float:
    start = perf_counter()
    problems = check_in_slices(partial(snapshot, shop.engine), partial(_tell, shop.notes))
    assert not problems, problems[:3]
    return perf_counter() - start


def _tell(of: str, done: int, parts: int) -> None:
    click.echo(f"\r{of}: {done}/{parts}", nl=done == parts, err=True)


def backup_and_restore(shops: Pair) -> list[Figure]:
    """The whole shop to a file, by the command, and from there into an empty database."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        return [
            _beside("backup", shops, partial(_back_up, folder)),
            _beside("backup_file", shops, partial(_megabytes_of_the_file, folder), "_mb"),
            _beside("restore", shops, partial(_restore, folder)),
        ]


def _back_up(folder: Path, shop: Grown) -> float:
    return command(shop.url, "backup", "--to", folder / shop.notes)


def _file(folder: Path, shop: Grown) -> Path:
    [made] = (folder / shop.notes).glob("*.zip")
    return made


def _megabytes_of_the_file(folder: Path, shop: Grown) -> float:
    return _file(folder, shop).stat().st_size / _MB


def _restore(folder: Path, shop: Grown) -> float:
    with empty(shop.url, "restored") as target:
        command(target, "migrate")
        return command(target, "restore", _file(folder, shop), "--yes")


def _beside(name: str, shops: Pair, measure: Callable[[Grown], float], unit: str = "") -> Figure:
    """The larger one beside as many times the smaller one as it is larger."""
    small, large = shops
    times = large.copies / small.copies
    floor, ours = measure(small), measure(large)
    click.echo(f"{name}: {floor:.1f} with {small.notes}, {ours:.1f} with {large.notes}", err=True)
    versus = f"{large.notes}_vs_{times:g}_times_{small.notes}"
    return Figure(f"{name}_{versus}{unit}", ours, times * floor, LIMIT)
