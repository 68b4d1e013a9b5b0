"""Load the shops, time everything, write the results; the exit code tells whether all holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click
from sqlalchemy import URL

from benchmarks import (
    api_pages,
    api_writes,
    clicks,
    counter,
    crowd,
    files,
    imports,
    papers,
    processes,
    queries,
    reruns,
    results,
    searches,
    strangers,
)
from benchmarks.business import TODAY
from benchmarks.figure import Figure
from benchmarks.shops import FOLDER, connect, copy_of, shop

SALES = (5_000, 50_000, 100_000)
#: Shops by their number of sales, the smallest first.
Shops = Mapping[int, URL]
_Part = Callable[[Shops], list[Figure]]


def _of(chosen: Callable[[Shops], URL], measure: Callable[[URL], list[Figure]]) -> _Part:
    """A part that writes in one shop: in a copy, so that what is kept stays as it was loaded."""

    def part(shops: Shops) -> list[Figure]:
        with copy_of(chosen(shops)) as url:
            return measure(url)

    return part


def _largest(shops: Shops) -> URL:
    return shops[max(shops)]


def _smallest(shops: Shops) -> URL:
    return shops[min(shops)]


def _counter(url: URL) -> list[Figure]:
    engine = connect(url, pool_size=counter.CLIENTS)
    try:
        return counter.measure(engine, today=TODAY)
    finally:
        engine.dispose()


def _searches(url: URL) -> list[Figure]:
    engine = connect(url)
    try:
        return searches.measure(engine)
    finally:
        engine.dispose()


#: What is measured one after the other, by the name that `--only` takes.
PARTS: dict[str, _Part] = {
    "queries": queries.measure,
    "reruns": _of(_largest, reruns.measure),
    "clicks": _of(_largest, clicks.measure),
    "counter": _of(_largest, _counter),
    "searches": _of(_largest, _searches),
    "api": _of(_largest, api_writes.measure),
    "api-pages": _of(_largest, api_pages.measure),
    "files": _of(_largest, files.measure),
    "imports": lambda shops: imports.measure(_largest(shops)),
    "papers": _of(_smallest, papers.measure),
    "strangers": _of(_smallest, strangers.measure),
    "crowd": _of(_smallest, crowd.measure),
    "processes": _of(_smallest, processes.measure),
}


@click.command()
@click.option(
    "--sales",
    type=int,
    multiple=True,
    default=SALES,
    show_default=True,
    help="Sales of a shop, ten notes each; give it once for each shop, at least twice.",
)
@click.option(
    "--only",
    type=click.Choice(list(PARTS)),
    multiple=True,
    help="Measure this part, the others keep what was measured of them before; may be repeated.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where the loaded shops are kept.",
)
@click.option("--fresh", is_flag=True, help="Load the shops again.")
def main(sales: tuple[int, ...], only: tuple[str, ...], folder: Path, fresh: bool) -> None:
    """Measure all figures; each part is in results.json and in the README when it is measured."""
    shops = {}
    for size in sorted(sales):
        click.echo(f"{queries.notes(size)} notes …", err=True)
        shops[size] = shop(size, folder=folder, fresh=fresh)
    figures: list[Figure] = []
    for name in only or PARTS:
        click.echo(f"{name} …", err=True)
        measured = PARTS[name](shops)
        figures += measured
        results.write(measured, notes=queries.notes(max(shops)))
    if not only:
        results.forget_all_but(figures)
    click.echo(results.table(figure.as_dict() for figure in figures))
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
