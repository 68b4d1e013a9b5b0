"""One engine a process, and the ways to use it: `transaction()` and `snapshot()` above all.

And a connection that is not of its pool, for who must be answered when that is exhausted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from credigestor.config import get_config
from credigestor.db import lent, outages, place, waiting
from credigestor.db.violations import as_business_error
from credigestor.errors import InvalidInput
from credigestor.postgres import launcher

if TYPE_CHECKING:
    from credigestor.config import Config


def database_url(config: Config) -> str:
    """URL of the configured server; starts the embedded one where none is configured."""
    return config.database_url or launcher.start(config.data_dir.absolute())


@lru_cache
def get_engine() -> Engine:
    """The process's engine; its schema is found through `search_path`, never by name."""
    config = get_config()
    if config.database_pooler == "transaction":
        return _lent(database_url(config), **waiting.pool(config.connections))
    return _watched(database_url(config), **waiting.pool(config.connections))


def get_direct_engine() -> Engine:
    """The same past a pooler, where there is one: for what outlives a transaction.

    Locks that a connection holds, migrations, a schema beside the shop's.
    """
    direct = get_config().database_direct_url
    return get_engine() if get_config().database_pooler == "none" or not direct else _direct(direct)


@lru_cache(maxsize=1)
def _direct(url: str) -> Engine:
    return _watched(url, **waiting.pool(waiting.DIRECT))


def get_read_engine() -> Engine | None:
    """The engine of the standby that `db.replica` may read, where one is configured."""
    url = get_config().database_read_url
    return _of_replica(url) if url else None


@lru_cache(maxsize=1)
def _of_replica(url: str) -> Engine:
    return _watched(url, **waiting.pool(waiting.REPLICA))


def pool() -> tuple[int, int]:
    """How many connections of the process are in use, and how many may be."""
    found = get_engine().pool
    assert isinstance(found, QueuePool)
    return found.checkedout(), get_config().connections


@contextmanager
def spare_connection() -> Iterator[Connection]:
    """A connection that the pool's other users cannot take away; one at a time."""
    with _worded(), _spare(get_engine()).connect() as connection:
        yield connection


@lru_cache(maxsize=1)
def _spare(engine: Engine) -> Engine:
    one = waiting.pool(1)
    if get_config().database_pooler == "transaction":
        return _lent(engine.url, **one)
    return _watched(engine.url, **one)


def _watched(url: URL | str, **pool: Any) -> Engine:
    schema = get_config().schema_name
    engine = _engine(url, pool, {"options": connection_options(schema)})
    place.watch(engine, schema)  # in the place of pool_pre_ping
    waiting.limit(engine)
    return engine


def _lent(url: URL | str, **pool: Any) -> Engine:
    """An engine behind a pooler, whose connections are another server's at each transaction."""
    engine = _engine(url, pool | {"pool_pre_ping": True}, lent.CONNECTING)
    lent.watch(engine, get_config().schema_name, {**SETTINGS, **waiting.LIMITS})
    return engine


def _engine(url: URL | str, pool: dict[str, Any], connecting: dict[str, Any]) -> Engine:
    engine = create_engine(
        url,
        **pool,
        hide_parameters=True,  # a failed statement is logged: not with people's data in it
        connect_args={"application_name": "credigestor", **connecting, **waiting.NETWORK},
    )
    event.listen(engine, "do_connect", outages.connect)
    event.listen(engine, "handle_error", outages.leave_a_standby)
    return engine


#: With the four megabytes of work_mem that are PostgreSQL's own, a report with two filters sorts
#: on disk.
SETTINGS = {"timezone": "UTC", "work_mem": "32MB"}


def connection_options(schema: str) -> str:
    """What every connection of the application starts with."""
    settings = {"search_path": schema, **SETTINGS}
    return " ".join(f"-c{name}={value}" for name, value in settings.items())


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed at the end, or rolled back whole on any error.

    What the database refuses is raised in words: see `_worded`.
    """
    with (
        _worded() as state,
        Session(get_engine(), expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session
        session.flush()
        state.committing = True


@contextmanager
def dropped() -> Iterator[Session]:
    """A session that may write, and whose work is rolled back at its end; worded as well."""
    with _worded(), Session(get_engine(), expire_on_commit=False) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """A `transaction` of what people write, by page or API; first it waits for its turn."""
    with waiting.turn(), transaction() as session:
        yield session


@contextmanager
def single_statements() -> Iterator[Session]:
    """A session each of whose statements is a transaction of its own; worded as well.

    It saves BEGIN and COMMIT, which take as long as a small statement: at every call of the API.
    """
    if get_config().database_pooler == "transaction":  # there BEGIN brings the settings along
        with transaction() as session:
            yield session
        return
    with _worded(), Session(_alone(get_engine()), expire_on_commit=False) as session:
        yield session  # connected by the first of them, if there is one


@lru_cache(maxsize=1)  # to make one and begin to listen takes as long as two small statements
def _alone(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def snapshot(*, direct: bool = False) -> Iterator[Session]:
    """A read-only session that sees one moment of the database throughout; worded as well.

    A `direct` one, long by nature, goes past a pooler.
    """
    engine = get_direct_engine() if direct else get_engine()
    with snapshot_on(engine.connect) as session:
        yield session


@contextmanager
def snapshot_on(connect: Callable[[], Connection]) -> Iterator[Session]:
    """A `snapshot` on the connection that `connect` gives, which is closed at the end."""
    with _worded(), connect() as connection:
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with Session(connection, expire_on_commit=False) as session:
            yield session


@dataclass
class _State:
    committing: bool = False


@contextmanager
def _worded() -> Iterator[_State]:
    """A violated constraint is raised as the BusinessError that words it; a value that no column
    can hold (an id or an amount too large) as InvalidInput; what was waited for in vain as Busy;
    a database that cannot work now as the Unavailable that names it (db.outages).
    """
    state = _State()
    try:
        yield state
    except IntegrityError as error:
        raise as_business_error(error) from error
    except DataError as error:
        raise InvalidInput(
            "Há um valor maior do que o sistema consegue guardar e nada foi gravado."
        ) from error
    except PoolTimeout as error:
        raise waiting.as_busy(error) or error from error
    except (DBAPIError, psycopg.Error) as error:
        named = waiting.as_busy(error) or outages.named(error, committing=state.committing)
        if named is error:
            raise
        raise named from error
