"""One backup, one verification, one restore of a shop at a time, over all its processes; and one
schema that is being filled beside it, which the last two share.

The lock belongs to a connection of its own: it ends with the process, however that ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine

#: Any constants will do; they only have to be ours. The second half of the key is the shop.
_KEYS = {
    "backup": 720_311_455,
    "verify": 720_311_456,
    "restore": 720_311_457,
    "incoming": 720_311_458,
}

_UNLOCK = text("SELECT pg_advisory_unlock(:key, hashtext(current_schema()))")


@contextmanager
def alone(kind: str) -> Iterator[bool]:
    """Hold a lock of _KEYS for the block; gives False where another holds it."""
    with get_engine().connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": _KEYS[kind]}
        got = connection.scalar(
            text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))"), key
        )
        try:
            yield bool(got)
        finally:
            if got:  # here, since the end of a connection reaches the server a moment later
                with suppress(DBAPIError):
                    connection.execute(_UNLOCK, key)
            # Back to the pool it would take the lock along.
            connection.invalidate()


def held(session: Session) -> frozenset[str]:
    """The locks of this shop that somebody holds now."""
    found = session.scalars(
        text(
            "SELECT classid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND objid::bigint = hashtext(current_schema())::bigint & 4294967295"
        )
    ).all()
    return frozenset(kind for kind, key in _KEYS.items() if key in found)
