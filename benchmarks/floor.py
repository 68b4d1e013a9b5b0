"""The least a dashboard could do without summaries: one scan of the best covering index.

It computes only what is receivable, what of it is overdue, and what came in in 30 days. The
columns are copied as they are into a schema of their own, so that the indexes made here serve
nothing else; of several ways to scan them, the quickest is the floor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from benchmarks.business import TODAY

_DAYS = 30
_MAKE = (
    "DROP SCHEMA IF EXISTS floor CASCADE",
    "CREATE SCHEMA floor",
    "CREATE TABLE floor.notes AS SELECT on_time_until, principal_balance, cancelled_on FROM notes",
    "CREATE TABLE floor.items AS SELECT paid_on, amount, reversed FROM payment_items",
    # Every note in the index, and only those that count.
    "CREATE INDEX ON floor.notes (cancelled_on, on_time_until) INCLUDE (principal_balance)",
    "CREATE INDEX ON floor.notes (on_time_until) INCLUDE (principal_balance)"
    " WHERE principal_balance > 0 AND cancelled_on IS NULL",
    "CREATE INDEX ON floor.items (paid_on) INCLUDE (amount) WHERE NOT reversed",
)
_RECEIVED = """
    (SELECT sum(amount) FROM floor.items
      WHERE NOT reversed AND paid_on > :today - :days AND paid_on <= :today)"""
_SCANS = (
    f"""SELECT sum(principal_balance),
               sum(principal_balance) FILTER (WHERE on_time_until < :today), {_RECEIVED}
          FROM floor.notes WHERE principal_balance > 0 AND cancelled_on IS NULL""",
    f"""SELECT sum(principal_balance),
               sum(principal_balance) FILTER (WHERE on_time_until < :today), {_RECEIVED}
          FROM floor.notes WHERE cancelled_on IS NULL""",
)
_WAYS = (
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL max_parallel_workers_per_gather = 2",
    "SET LOCAL enable_seqscan = off",
)


@contextmanager
def scans(engine: Engine) -> Iterator[list[Callable[[], None]]]:
    """Each way to scan, ready to be timed; the copies are there for as long as the block runs."""
    with engine.begin() as connection:
        for statement in _MAKE:
            connection.execute(text(statement))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) floor.notes, floor.items"))
    try:
        yield [_scan(engine, way, scan) for way in _WAYS for scan in _SCANS]
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA floor CASCADE"))


def _scan(engine: Engine, way: str, scan: str) -> Callable[[], None]:
    def run() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(way)
            connection.execute(text(scan), {"today": TODAY, "days": _DAYS}).all()

    return run
