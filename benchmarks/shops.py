"""The loaded shops: one embedded server, one database a size, kept from run to run.

python -m benchmarks.shops --sales 5000            # prints the database's URL
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path

import click
from sqlalchemy import URL, Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from benchmarks.loader import load
from benchmarks.multiply import multiply
from credigestor.config import get_config
from credigestor.db.engine import connection_options
from credigestor.db.migrate import migrate
from credigestor.postgres import launcher
from credigestor.postgres.roles import NAME, SUPERUSER

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".bench"
_DECISIVE = (
    "benchmarks/after_sale.py",
    "benchmarks/business.py",
    "benchmarks/loader.py",
    "credigestor/db/migrations/versions/*.py",
    "credigestor/db/summaries/*.py",
    "credigestor/services/summaries.py",
)
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{}'"


def shop(sales: int, *, folder: Path = FOLDER, fresh: bool = False) -> URL:
    """The database of a shop with so many sales; loaded now unless it is there as it should be.

    What was loaded by other code, or into another schema, is loaded again; so is all if `fresh`.
    """
    url = make_url(launcher.start(folder)).set(database=f"sales_{sales}")
    return kept(url, lambda engine: load(engine, sales), fresh=fresh)


def grown(url: URL, copies: int, *, fresh: bool = False) -> URL:
    """The database of a shop so many times as large as a loaded one; made as `shop` is."""
    source = connect(url)
    try:
        return kept(
            url.set(database=f"{url.database}_by_{copies}"),
            lambda engine: multiply(source, engine, copies, schema=get_config().schema_name),
            fresh=fresh,
            also=("benchmarks/multiply.py",),
        )
    finally:
        source.dispose()


def kept(
    url: URL, make: Callable[[Engine], None], *, fresh: bool = False, also: tuple[str, ...] = ()
) -> URL:
    """The database that `make` fills, once migrated; as it is if the same code has filled it.

    `also` are files that decide what it holds beside those that decide what any loaded one does.
    """
    name, mark = url.database, fingerprint(also)
    with _maintenance(url) as there:
        if not fresh and there(_COMMENT.format(name)) == mark:
            return url
    drop(url)
    with _maintenance(url) as there:
        there(f"CREATE DATABASE {name} OWNER {NAME}")
    engine = connect(url)
    migrate(engine)
    make(engine)
    engine.dispose()
    with _maintenance(url) as there:
        there(f"COMMENT ON DATABASE {name} IS '{mark}'")  # only what is whole has one
    return url


def drop(url: URL) -> None:
    """Let a kept database go, whoever is connected."""
    with _maintenance(url) as there:
        there(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)")


def fingerprint(also: tuple[str, ...] = ()) -> str:
    """Of the code that decides what a loaded database holds."""
    digest = sha256()
    for path in sorted(path for pattern in (*_DECISIVE, *also) for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def copy_of(url: URL) -> AbstractContextManager[URL]:
    """A copy of a shop's database to write in, dropped afterwards; nobody may be connected."""
    template = f" TEMPLATE {url.database} STRATEGY FILE_COPY"
    return _passing(url.set(database=f"{url.database}_copy"), template)


def empty(url: URL, name: str) -> AbstractContextManager[URL]:
    """An empty database on the shop's server, dropped afterwards."""
    return _passing(url.set(database=name))


@contextmanager
def _passing(made: URL, how: str = "") -> Iterator[URL]:
    with _maintenance(made) as there:
        there(f"DROP DATABASE IF EXISTS {made.database} WITH (FORCE)")
        there(f"CREATE DATABASE {made.database} OWNER {NAME}{how}")
        try:
            yield made
        finally:
            there(f"DROP DATABASE {made.database} WITH (FORCE)")


def connect(url: URL, **options: int) -> Engine:
    """An engine as the application's own, on a shop's database."""
    return create_engine(
        url,
        **options,
        connect_args={
            "options": connection_options(get_config().schema_name),
            "application_name": "credigestor-benchmarks",
        },
    )


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """A session as the application's readers get it (`credigestor.db.engine.snapshot`)."""
    with engine.connect() as connection:
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with Session(connection, expire_on_commit=False) as session:
            yield session


@contextmanager
def _maintenance(server: URL) -> Iterator[Callable[[str], object]]:
    superusers = server.set(username=SUPERUSER, database=NAME)
    engine = create_engine(superusers, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:

        def run(statement: str) -> object:
            result = connection.execute(text(statement))
            return result.scalar() if result.returns_rows else None

        yield run
    engine.dispose()


@click.command()
@click.option("--sales", type=int, required=True, help="How many sales; ten notes each.")
@click.option("--folder", type=click.Path(path_type=Path), default=FOLDER, show_default=True)
@click.option("--fresh", is_flag=True, help="Load again what is there.")
def main(sales: int, folder: Path, fresh: bool) -> None:
    """Load a shop and print the URL of its database."""
    started = time.perf_counter()
    url = shop(sales, folder=folder, fresh=fresh)
    click.echo(url.render_as_string(hide_password=False))
    click.echo(f"{time.perf_counter() - started:.1f} s", err=True)


if __name__ == "__main__":
    main()
