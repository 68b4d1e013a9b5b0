"""A database that cannot work now: it is away, or its disk is full. Named, and started again.

The embedded server has nobody else who would start it: whoever it refuses a connection has that
done, in a thread of its own, and is told meanwhile that it is coming back.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from credigestor.config import get_config
from credigestor.db import discreet
from credigestor.errors import DatabaseAway, DiskFull, ReadsOnly
from credigestor.postgres import launcher
from credigestor.postgres.launcher import EmbeddedError

log = logging.getLogger("credigestor")

#: Whether the server takes what one wants to record; a standby, or one made read-only, does not.
WRITABLE = text(
    "SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean"
)
#: Seconds between the end of one start and the next; a full disk lets none succeed.
PAUSE = 3.0
#: Shutting down, crashed, starting up, and idle for too long; what begins with 08 as well.
_AWAY = {"57P01", "57P02", "57P03", "57P05"}

_lock = Lock()
_not_before = 0.0


def connect(_: Dialect, __: object, args: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Connect, as SQLAlchemy's event `do_connect`; a refusal starts the embedded server again.

    The refusal is raised all the same: who can wait for the server knows how to tell of it.
    """
    try:
        return discreet.Connection.connect(*args, **params)
    except psycopg.OperationalError as error:
        start_again(error)
        raise


def leave_a_standby(error: ExceptionContext) -> None:
    """As SQLAlchemy's event `handle_error`: a server that takes no writes is left for another.

    Where DATABASE_URL names several, one of them was promoted; connections to the former primary
    would stay in the pool for as long as it answers.
    """
    cause = error.original_exception
    if isinstance(cause, psycopg.errors.ReadOnlySqlTransaction) and _reads_only(error.connection):
        error.is_disconnect = True


def _reads_only(connection: Connection | None) -> bool:
    """Whether that is the server's doing, and not that of who asked for a snapshot."""
    return connection is not None and not connection.get_execution_options().get(
        "postgresql_readonly"
    )


def start_again(why: Exception) -> None:
    """Have the embedded server started, unless that is being done or was done moments ago.

    Returns at once. Nothing happens to a server of somebody else (DATABASE_URL).
    """
    global _not_before
    config = get_config()
    if config.database_url is not None:
        return
    with _lock:
        if monotonic() < _not_before:
            return
        _not_before = math.inf
    log.warning("The embedded database does not answer and is started again: %s", why)
    folder = config.data_dir.absolute()
    Thread(target=_start, args=(folder,), name="database-start", daemon=True).start()


def named(error: DBAPIError | psycopg.Error, *, committing: bool = False) -> Exception:
    """The outage that an error tells of; the error itself where it tells of none.

    While committing, a connection that is lost leaves open what became of the transaction.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = (cause.sqlstate if isinstance(cause, psycopg.Error) else None) or ""
    if state == "53100":
        return DiskFull(
            "O disco do banco de dados está cheio e nada foi gravado. Libere espaço no servidor e "
            "tente de novo."
        )
    if state == "25006":
        return ReadsOnly(
            "O banco de dados só permite leitura neste momento e nada foi gravado. Tente de novo "
            "em instantes."
        )
    if state in _AWAY or state.startswith("08") or _is_cut_off(error, state):
        return DatabaseAway(away(unknown=committing), unknown=committing)
    return error


@contextmanager
def worded() -> Iterator[None]:
    """Raise the outages that happen inside as `named` words them, and all else as it is.

    An embedded server that cannot be started is one too.
    """
    try:
        yield
    except EmbeddedError as error:
        log.error("The embedded database cannot be started: %s", error)
        raise DatabaseAway(away()) from error
    except (DBAPIError, psycopg.Error) as error:
        outage = named(error)
        if outage is error:
            raise
        raise outage from error


def coming_back() -> str:
    """What a person is told while the database is awaited."""
    if _disk_is_full():
        return (
            "O disco está cheio e o banco de dados parou. Ele volta sozinho quando houver espaço "
            "no servidor."
        )
    return "O banco de dados está voltando."


def away(*, unknown: bool = False) -> str:
    """What a person is told whose act the database did not answer."""
    if unknown:
        return (
            f"{coming_back()} Não se sabe se isto foi gravado. Confirme de novo: o que já foi "
            "gravado não é gravado outra vez."
        )
    return f"{coming_back()} Nada foi gravado; tente de novo em instantes."


def _is_cut_off(error: DBAPIError | psycopg.Error, state: str) -> bool:
    """No server answered, or one went away amid a statement: that has no code of its own."""
    if isinstance(error, DBAPIError):
        cut = error.connection_invalidated or error.statement is None
        return cut and isinstance(error.orig, psycopg.OperationalError) and not state
    return isinstance(error, psycopg.OperationalError) and not state


def _disk_is_full() -> bool:
    config = get_config()
    if config.database_url is not None:
        return False
    try:
        return launcher.disk_is_full(config.data_dir.absolute())
    except EmbeddedError:
        return False


def _start(folder: Path) -> None:
    global _not_before
    try:
        launcher.start(folder)
        log.warning("The embedded database is back.")
    except EmbeddedError as error:
        log.error("The embedded database could not be started again: %s", error)
    except Exception:
        log.exception("The embedded database could not be started again.")
    finally:
        _not_before = monotonic() + PAUSE
