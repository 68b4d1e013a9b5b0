"""What one process of a shop does at a time: every advisory lock, its key and how it is taken.

Each carries the shop, which is the schema: two shops in one database never wait for each other.
Backup, verification, restore, the schema beside that the last two share, the delivery of webhooks
and the folding of many sales are held by a connection of their own (`alone`): that lock ends with
the process, however it ends. The others end with the transaction that holds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.db.engine import get_direct_engine

#: Any constants will do; they only have to be ours. The second half of the key is the shop.
_KEYS = {
    "backup": 720_311_455,
    "verify": 720_311_456,
    "restore": 720_311_457,
    "incoming": 720_311_458,
    "summaries": 720_311_459,
    "import": 720_311_460,
    "migrate": 720_311_461,
    "login": 720_311_462,
    "address": 720_311_463,
    "printing": 720_311_464,
    "webhooks": 720_311_465,
    "closing": 720_311_466,
    "watch": 720_311_467,
    "folding": 720_311_468,
}

_UNLOCK = text("SELECT pg_advisory_unlock(:key, hashtext(current_schema()))")
# A lock on NULL would be none, and say nothing.
_OF_SHOP = (
    ":key, hashtext(concat_ws('/', coalesce(CAST(:shop AS text), current_schema()),"
    " CAST(:name AS text)))"
)
_HOLD = text(f"SELECT pg_advisory_xact_lock({_OF_SHOP})")
_SHARE = text(f"SELECT pg_advisory_xact_lock_shared({_OF_SHOP})")
_TRY_TO_HOLD = text(f"SELECT pg_try_advisory_xact_lock({_OF_SHOP})")


def hold(
    session: Session | Connection, kind: str, name: str | None = None, *, shop: str | None = None
) -> None:
    """Wait for a lock of _KEYS, of the shop or of a name in it; hold it to the transaction's end.

    `shop` is the schema's name, needed only where the schema may not exist yet.
    """
    session.execute(_HOLD, {"key": _KEYS[kind], "shop": shop, "name": name})


def share(session: Session, kind: str) -> None:
    """As `hold`, together with others who share it: who holds it waits for all of them."""
    session.execute(_SHARE, {"key": _KEYS[kind], "shop": None, "name": None})


def sharing(kind: str) -> ColumnElement[Any]:
    """What `share` does, as an expression in a statement that is run anyhow."""
    return func.pg_advisory_xact_lock_shared(_KEYS[kind], func.hashtext(func.current_schema()))


def try_to_hold(session: Session, kind: str) -> bool:
    """As `hold`, without waiting: False where another holds it."""
    return bool(session.scalar(_TRY_TO_HOLD, {"key": _KEYS[kind], "shop": None, "name": None}))


@contextmanager
def alone(kind: str) -> Iterator[bool]:
    """Hold a lock of _KEYS for the block; gives False where another holds it."""
    with holding(kind) as connection:
        yield connection is not None


@contextmanager
def holding(kind: str) -> Iterator[Connection | None]:
    """As `alone`; gives the connection that holds it: while that answers, the lock is ours."""
    with get_direct_engine().connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        key = {"key": _KEYS[kind]}
        got = connection.scalar(
            text("SELECT pg_try_advisory_lock(:key, hashtext(current_schema()))"), key
        )
        try:
            yield connection if got else None
        finally:
            # Here, since the end of a connection reaches the server a moment later.
            if got and not connection.invalidated:
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
