"""How long a connection waits, and what a person is told when that was in vain.

A transaction left open elsewhere (a frozen process, a forgotten psql) must stop the click that
needs its rows, and neither hold a connection for ever nor the whole pool. Work that is long by
nature says so (`unhurried`) and then lives by the server's own limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from credigestor import metrics
from credigestor.config import get_config
from credigestor.errors import Busy

#: Milliseconds: for a lock, over a statement, and with nothing to do amid a transaction.
LIMITS = {
    "lock_timeout": 2_000,
    "statement_timeout": 30_000,
    "idle_in_transaction_session_timeout": 30_000,
}
#: Connections of a process that stay when nobody needs them; seconds that one is waited for.
_KEPT, _SECONDS_FOR_ONE = 10, 2.0
#: Connections past a pooler: for locks, a migration, a restore.
DIRECT = 10
#: Connections to a replica, for exports, checks and analytics.
REPLICA = 10
#: Percent of the connections that people's writes may take, which may wait for locks: the others
#: are for reading.
_WRITING = 60
_SECONDS_FOR_A_TURN = 1.0
#: A server that is gone without a word is noticed in a minute (seconds; milliseconds for the last).
#: A Unix socket needs and heeds none of them but the first.
NETWORK = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

#: One by one: psycopg prepares what it is given often, and several statements cannot be.
_UNLIMITED = [text(f"SET LOCAL {name} TO DEFAULT") for name in LIMITS]
_AGAIN = "Nada foi gravado; tente de novo em instantes."
_IN_USE = {
    "notes": "Esta nota está sendo usada em outra tela.",
    "sales": "Esta venda está sendo usada em outra tela.",
    "customers": "Este cliente está sendo usado em outra tela.",
    "users": "Este usuário está sendo usado em outra tela.",
}
_TABLE = re.compile(
    r'relation "(\w+)"|FOR UPDATE OF (\w+)|FROM (\w+)\s.*\sFOR (?:UPDATE|SHARE)|^UPDATE (\w+)',
    re.DOTALL | re.MULTILINE,
)
_OTHERS = "Outra pessoa ou outro programa está usando agora os mesmos dados."
_FULL = f"O CrediGestor está atendendo gente demais neste momento. {_AGAIN}"
#: The server gives no code to whom it does not let in.
_NO_ROOM = ("too many clients", "connection slots", "too many connections")

#: Memory, connections, and what the server's configuration limits; a full disk is an outage.
_NO_RESOURCES = {"53000", "53200", "53300", "53400"}


def pool(most: int) -> dict[str, Any]:
    """How an engine keeps at most so many connections."""
    kept = min(_KEPT, most)
    return {"pool_size": kept, "max_overflow": most - kept, "pool_timeout": _SECONDS_FOR_ONE}


def writers(most: int) -> int:
    """How many people's writes at a time a process with so many connections takes on."""
    return max(1, most * _WRITING // 100)


@lru_cache
def _turns() -> BoundedSemaphore:
    return BoundedSemaphore(writers(get_config().connections))


def limit(engine: Engine) -> None:
    """Give every connection of an engine the limits, whether its options arrive or not."""

    def opened(driver: Any, _: Any) -> None:
        asked = ", ".join(f"set_config('{name}', '{LIMITS[name]}', false)" for name in LIMITS)
        driver.autocommit = True
        driver.execute(f"SELECT {asked}")
        driver.autocommit = False

    event.listen(engine, "connect", opened)


def unhurried(session: Session | Connection) -> None:
    """Lift the limits to the transaction's end: a migration, an import, a fold, a COPY."""
    for setting in _UNLIMITED:
        session.execute(setting)


@contextmanager
def turn() -> Iterator[None]:
    """One of the `writers` for the block; raises Busy when none is free for a moment."""
    if not _turns().acquire(timeout=_SECONDS_FOR_A_TURN):
        metrics.refused("turn")
        raise Busy(_FULL)
    try:
        yield
    finally:
        _turns().release()


def as_busy(error: Exception) -> Busy | None:
    """The Busy that words what was waited for in vain, counted; None for any other error."""
    if isinstance(error, PoolTimeout):
        metrics.refused("connection")
        return Busy(_FULL)
    cause = getattr(error, "orig", error)
    in_the_way = errors.LockNotAvailable | errors.DeadlockDetected | errors.SerializationFailure
    if isinstance(cause, in_the_way):
        metrics.refused("lock")
        return Busy(f"{_in_use(error, cause)} {_AGAIN}")
    if isinstance(cause, errors.QueryCanceled):
        metrics.refused("statement")
        return Busy(f"Isto demorou demais e foi interrompido. {_AGAIN}")
    if isinstance(cause, errors.IdleInTransactionSessionTimeout):
        metrics.refused("idle")
        return Busy(f"Isto ficou parado no meio por tempo demais e foi desfeito. {_AGAIN}")
    if isinstance(cause, psycopg.OperationalError) and (
        cause.sqlstate in _NO_RESOURCES or any(w in str(cause) for w in _NO_ROOM)
    ):
        metrics.refused("connection")
        return Busy(_FULL)
    return None


def _in_use(error: Exception, cause: psycopg.Error) -> str:
    # The server names the table to who waits for a row, and not to who waits behind another one.
    told = f"{cause.diag.context or ''}\n{getattr(error, 'statement', None) or ''}"
    found = _TABLE.search(told)
    table = next(filter(None, found.groups()), "") if found else ""
    return _IN_USE.get(table, _OTHERS)
