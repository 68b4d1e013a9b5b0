"""All tables of the shop at once: emptied, or filled again as they were before.

What takes long to make is made once a run of the tests, by whichever of its processes comes first.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction

#: Names the folder of what the processes of one run have made for one another.
SHARED = "CREDIGESTOR_TEST_TABLES"
#: TRUNCATE makes new files for each table, which takes eight times as long as deleting the few
#: rows of a test; but it alone gives back their room. Where there is more than a page of it, each
#: connection would go on in a page of its own, and rows lie in another order than they came.
_EMPTY = text("""
DO $$
DECLARE
    found regclass;
BEGIN
    SET LOCAL lock_timeout = '10s';
    SET LOCAL session_replication_role = replica;  -- no triggers
    FOR found IN
        SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
            AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('LOCK TABLE %s', found);  -- waits for whoever still writes
        IF pg_relation_size(found) > current_setting('block_size')::int THEN
            EXECUTE format('TRUNCATE %s CASCADE', found);
        ELSE
            EXECUTE format('DELETE FROM %s', found);
        END IF;
    END LOOP;
    PERFORM setval(seqrelid, seqstart, false)
    FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    WHERE relnamespace = current_schema()::regnamespace;
    SET LOCAL session_replication_role = origin;
END $$
""")
_TABLES = text(
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
    "AND tablename <> 'alembic_version'"
)
_COUNTERS = text(
    "SELECT sequencename, last_value FROM pg_sequences "
    "WHERE schemaname = current_schema() AND last_value IS NOT NULL"
)


def empty(session: Session) -> None:
    """Take every row of every table but Alembic's, and count ids from 1 again."""
    session.execute(_EMPTY)


def cut(session: Session, *names: str) -> None:
    """TRUNCATE these tables and what refers to them, though some of that be append-only."""
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
    session.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))
    session.execute(text("SET LOCAL session_replication_role = origin"))


def filled(session: Session) -> list[str]:
    """The names of the tables that hold any row, Alembic's apart."""
    names = session.scalars(_TABLES).all()
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
    return list(session.scalars(text(" UNION ALL ".join(each))))


@dataclass(frozen=True)
class _Rows:
    """What all tables held: as COPY writes them, and the last id that each has given."""

    tables: dict[str, bytes]
    counters: dict[str, int]


_made: dict[str, _Rows] = {}


def once(key: str, make: Callable[[Session], object]) -> None:
    """Fill the shop as `make` does, by copying what it made if this run has done so before.

    Users who are there already must be those whom it found the first time; nothing else may be.
    """
    with transaction() as session:
        assert set(filled(session)) <= {"users"}, "that would be lost"
        whom = session.execute(text("SELECT id, role FROM users ORDER BY id")).all()
    known = hashlib.sha256(repr((key, *map(tuple, whom))).encode()).hexdigest()
    shared = Path(os.environ[SHARED], known)
    with FileLock(shared.with_suffix(".lock")):
        if known not in _made and shared.exists():
            _made[known] = pickle.loads(shared.read_bytes())
        with transaction() as session:
            if known in _made:
                _fill(session, _made[known])
            else:
                make(session)
                session.flush()
                _made[known] = _read(session)
                shared.write_bytes(pickle.dumps(_made[known]))


def _read(session: Session) -> _Rows:
    tables = {}
    for name in session.scalars(_TABLES):
        with _copy(session, f"COPY {name} TO STDOUT") as out:
            tables[name] = b"".join(out)
    counters = {row.sequencename: row.last_value for row in session.execute(_COUNTERS)}
    return _Rows(tables, counters)


def _fill(session: Session, rows: _Rows) -> None:
    empty(session)
    session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
    for name, content in rows.tables.items():
        if content:
            with _copy(session, f"COPY {name} FROM STDIN") as into:
                into.write(content)
    for name, last in rows.counters.items():
        session.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})


def _copy(session: Session, statement: str) -> Any:
    connection: Any = session.connection().connection
    return connection.cursor().copy(statement)
