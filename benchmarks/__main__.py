"""Load the shops, time everything, write the results; the exit code tells whether all holds."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from benchmarks import (
    api_pages,
    api_writes,
    clicks,
    counter,
    crowd,
    files,
    imports,
    papers,
    queries,
    reruns,
    searches,
    strangers,
)
from benchmarks.business import TODAY
from benchmarks.results import write
from benchmarks.shops import FOLDER, connect, copy_of, shop

SALES = (5_000, 50_000, 100_000)


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
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="Where the loaded shops are kept.",
)
@click.option("--fresh", is_flag=True, help="Load the shops again.")
def main(sales: tuple[int, ...], folder: Path, fresh: bool) -> None:
    """Measure all figures and write benchmarks/results.json and the table in its README."""
    shops = {}
    for size in sorted(sales):
        click.echo(f"{queries.notes(size)} notes …", err=True)
        shops[size] = shop(size, folder=folder, fresh=fresh)
    largest = shops[max(shops)]
    click.echo("pages and charts …", err=True)
    figures = queries.measure(shops)
    click.echo("reruns …", err=True)
    figures += reruns.measure(largest)
    click.echo("clicks …", err=True)
    figures += clicks.measure(largest)
    click.echo("counter …", err=True)
    with copy_of(largest) as url:  # the counter writes: what is kept stays as it was loaded
        engine = connect(url, pool_size=counter.CLIENTS)
        figures += counter.measure(engine, today=TODAY)
        engine.dispose()
    click.echo("searches …", err=True)
    with copy_of(largest) as url:
        engine = connect(url)
        figures += searches.measure(engine)
        engine.dispose()
    click.echo("API …", err=True)
    with copy_of(largest) as url:
        figures += api_writes.measure(url)
    with copy_of(largest) as url:
        figures += api_pages.measure(url)
    click.echo("exports, backup and restore …", err=True)
    with copy_of(largest) as url:
        figures += files.measure(url)
    click.echo("a shop's past moving in …", err=True)
    figures += imports.measure(largest)
    click.echo("documents …", err=True)
    with copy_of(shops[min(shops)]) as url:
        figures += papers.measure(url)
    click.echo("strangers …", err=True)
    with copy_of(shops[min(shops)]) as url:
        figures += strangers.measure(url)
    click.echo("a crowd …", err=True)
    with copy_of(shops[min(shops)]) as url:
        figures += crowd.measure(url)
    click.echo(write(figures))
    sys.exit(not all(figure.holds for figure in figures))


if __name__ == "__main__":
    main()
