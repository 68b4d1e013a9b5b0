"""Filling the empty tables of a schema fast, as COPY gave their rows, and leaving it as it was.

Keys and indexes are taken off first and built afterwards from the full tables, two tables at a
time; CHECKs stay and judge each row. Triggers are off meanwhile. Everything that is put back
comes from the server's own catalogue. Small tables share a connection: to make one costs the
server more than to fill them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event

from sqlalchemy import Connection, Engine, text

from credigestor.db import place
from credigestor.db.loading import copying
from credigestor.db.models import ACT_NUMBERS

#: The header must name the columns, in the order given.
_CSV = "FORMAT csv, HEADER MATCH, FREEZE"
_HANDS = 2
_LOOK_AGAIN = 0.2
#: Rows of a table that has a connection of its own, at least.
_MANY = 5_000

_CONSTRAINTS = text(
    """
    SELECT t.relname AS of, quote_ident(c.conname) AS name,
        pg_get_constraintdef(c.oid) AS definition, c.contype = 'f' AS foreign
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(:tables)
        AND c.contype IN ('p', 'u', 'x', 'f')
    ORDER BY c.contype = 'f' DESC, c.conname
    """
)
_INDEXES = text(
    """
    SELECT t.relname AS of, i.indexrelid::regclass::text AS name,
        pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(:tables)
        AND NOT EXISTS (
            SELECT FROM pg_constraint c
            WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
        )
    ORDER BY name
    """
)
_SEQUENCE = text(
    """
    SELECT pg_get_serial_sequence(:of, a.attname) AS name, quote_ident(a.attname) AS column
    FROM pg_attribute a
    WHERE a.attrelid = CAST(:of AS regclass) AND a.attnum > 0 AND NOT a.attisdropped
        AND pg_get_serial_sequence(:of, a.attname) IS NOT NULL
    """
)
_COUNT_ACTS = text(
    f"""
    SELECT setval('{ACT_NUMBERS}', greatest(
        (SELECT max(id) FROM acts), (SELECT last_value FROM {ACT_NUMBERS})
    )) FROM (SELECT FROM acts LIMIT 1) AS any_act
    """  # noqa: S608 - of constants alone
)
_COLUMNS = text(
    """
    SELECT t.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r'
        AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY t.relname
    """
)


@dataclass(frozen=True)
class Filling:
    """What goes into a table: the columns in the rows' order, how many rows and bytes."""

    table: str
    columns: Sequence[str]
    rows: int
    size: int


class WrongCount(Exception):
    """A table holds another number of rows than was said; `table`, `rows` and `expected`."""

    def __init__(self, table: str, rows: int, expected: int) -> None:
        super().__init__(f"{table}: {rows} rows, {expected} expected")
        self.table, self.rows, self.expected = table, rows, expected


def columns(connection: Connection) -> dict[str, list[str]]:
    """The tables of the connected schema with their columns in order."""
    return {row.name: row.columns for row in connection.execute(_COLUMNS)}


def fill(
    engine: Engine,
    schema: str,
    fillings: Sequence[Filling],
    blocks: Callable[[str], Iterator[bytes]],
    sequences: Mapping[str, int],
    progress: Callable[[float], None],
) -> None:
    """Fill a schema's tables from blocks of CSV with a header, and set what numbers the next rows.

    `blocks` is called from several threads, `progress` (a share of 1) from this one alone.
    Raises Misplaced where a connection of the engine is in another schema, psycopg's and
    SQLAlchemy's errors, WrongCount, and what `blocks` raises.
    """
    with _beginning(engine, schema) as connection:
        taken = _take_off(connection, [filling.table for filling in fillings])
        for filling in fillings:
            connection.execute(text(f"ALTER TABLE {_q(filling.table)} DISABLE TRIGGER USER"))
    crew = _Crew(
        engine, schema, blocks, progress, total=2 * sum(filling.size for filling in fillings)
    )
    shares = _shares(fillings)
    crew.do([partial(crew.fill, share, taken.keys) for share in shares])
    with _beginning(engine, schema) as connection:
        for statement in taken.references:
            connection.execute(text(statement))
    crew.do([partial(crew.run, _of(share, taken.validations)) for share in shares])
    with _beginning(engine, schema) as connection:
        for filling in fillings:
            connection.execute(text(f"ALTER TABLE {_q(filling.table)} ENABLE TRIGGER USER"))
            _count_on(connection, _q(filling.table), sequences.get(filling.table, 0))


def _shares(fillings: Sequence[Filling]) -> list[list[Filling]]:
    """What is filled on one connection each: large tables, largest first, then all small ones."""
    by_size = sorted(fillings, key=lambda filling: -filling.size)
    large = [[filling] for filling in by_size if filling.rows >= _MANY]
    small = [filling for filling in by_size if filling.rows < _MANY]
    return [*large, small] if small else large


def _of(share: Sequence[Filling], statements: Mapping[str, list[str]]) -> list[str]:
    return [each for filling in share for each in statements.get(filling.table, [])]


@contextmanager
def _beginning(engine: Engine, schema: str) -> Iterator[Connection]:
    """A transaction that has asked where it is: what follows empties tables."""
    with engine.begin() as connection:
        place.require(connection, schema)
        yield connection


@dataclass(frozen=True)
class _Taken:
    """Statements that put back what was taken off: those between tables, the others by table."""

    keys: Mapping[str, list[str]]
    references: list[str]
    validations: Mapping[str, list[str]]


def _take_off(connection: Connection, tables: list[str]) -> _Taken:
    keys: dict[str, list[str]] = defaultdict(list)
    references: list[str] = []
    validations: dict[str, list[str]] = defaultdict(list)
    indexes = connection.execute(_INDEXES, {"tables": tables}).all()
    for row in connection.execute(_CONSTRAINTS, {"tables": tables}).all():
        alter = f"ALTER TABLE {_q(row.of)}"
        add = f"{alter} ADD CONSTRAINT {row.name} {row.definition}"
        if row.foreign:
            # Two tables can be looked through at once only where the constraint is there already.
            references.append(f"{add} NOT VALID")
            validations[row.of].append(f"{alter} VALIDATE CONSTRAINT {row.name}")
        else:
            keys[row.of].append(add)
        connection.execute(text(f"{alter} DROP CONSTRAINT {row.name}"))
    for row in indexes:
        keys[row.of].append(row.definition)
        connection.execute(text(f"DROP INDEX {row.name}"))
    return _Taken(keys, references, validations)


class _Crew:
    """Two connections that work side by side."""

    def __init__(
        self,
        engine: Engine,
        schema: str,
        blocks: Callable[[str], Iterator[bytes]],
        progress: Callable[[float], None],
        total: int,
    ) -> None:
        self._engine = engine
        self._schema = schema
        self._blocks = blocks
        self._progress = progress
        self._total = total or 1
        self._done: dict[str, int] = {}
        self._stop = Event()

    def do(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Do the jobs, in this order, and raise what the first to fail raised."""
        with ThreadPoolExecutor(_HANDS) as pool:
            running: set[Future[None]] = {pool.submit(job) for job in jobs}
            try:
                while running:
                    ended, running = wait(running, _LOOK_AGAIN, return_when=FIRST_EXCEPTION)
                    for job in ended:
                        job.result()
                    self._progress(sum(self._done.values()) / self._total)
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise

    def fill(self, share: Sequence[Filling], keys: Mapping[str, list[str]]) -> None:
        with _beginning(self._engine, self._schema) as connection:
            for filling in share:
                table = _q(filling.table)
                names = ", ".join(map(_q, filling.columns))
                connection.execute(text(f"TRUNCATE {table}"))  # FREEZE asks for it
                blocks = self._watched(filling.table)
                rows = copying.copy_in(connection, f"{table} ({names})", _CSV, blocks)
                if rows != filling.rows:
                    raise WrongCount(filling.table, rows, filling.rows)
            self._each(connection, _of(share, keys))
            self._each(connection, [f"ANALYZE {_q(filling.table)}" for filling in share])
        self._done |= {filling.table: 2 * filling.size for filling in share}

    def run(self, statements: Sequence[str]) -> None:
        with _beginning(self._engine, self._schema) as connection:
            self._each(connection, statements)

    def _each(self, connection: Connection, statements: Sequence[str]) -> None:
        for statement in statements:
            if self._stop.is_set():
                return
            connection.execute(text(statement))

    def _watched(self, table: str) -> Iterator[bytes]:
        self._done[table] = 0
        for block in self._blocks(table):
            if self._stop.is_set():
                raise InterruptedError
            self._done[table] += len(block)
            yield block


def _count_on(connection: Connection, table: str, last: int) -> None:
    """The next row's number comes after the last that was given, and after every one there."""
    for row in connection.execute(_SEQUENCE, {"of": table}).all():
        found = connection.scalar(text(f"SELECT max({row.column}) FROM {table}"))  # noqa: S608
        if number := max(last, found or 0):
            connection.execute(
                text("SELECT setval(CAST(:name AS regclass), :number)"),
                {"name": row.name, "number": number},
            )
    if table == "acts":  # their numbers are of the payments' series
        connection.execute(_COUNT_ACTS)


def _q(name: str) -> str:
    return f'"{name}"'
