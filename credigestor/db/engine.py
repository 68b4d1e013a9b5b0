"""One engine a process, and the two ways to use it: `transaction()` and `snapshot()`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from credigestor.config import get_config
from credigestor.db import outages, place
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
    engine = create_engine(
        database_url(config),
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,  # a failed statement is logged: not with people's data in it
        connect_args={
            "options": connection_options(config.schema_name),
            "application_name": "credigestor",
        },
    )
    event.listen(engine, "do_connect", outages.connect)
    place.watch(engine, config.schema_name)  # in the place of pool_pre_ping
    return engine


def connection_options(schema: str) -> str:
    """What every connection of the application starts with."""
    # With the four megabytes of work_mem that are PostgreSQL's own, a report with two filters
    # sorts on disk.
    return f"-csearch_path={schema} -ctimezone=UTC -cwork_mem=32MB"


@contextmanager
def transaction() -> Iterator[Session]:
    """A session whose work is committed at the end, or rolled back whole on any error.

    A violated constraint is raised as the BusinessError that words it; a value that no column
    can hold (an id or an amount too large) as InvalidInput; a database that cannot work now as the
    Unavailable that names it (db.outages).
    """
    committing = False
    with Session(get_engine(), expire_on_commit=False) as session:
        try:
            with session.begin():
                yield session
                session.flush()
                committing = True
        except IntegrityError as error:
            raise as_business_error(error) from error
        except DataError as error:
            raise InvalidInput(
                "Há um valor maior do que o sistema consegue guardar e nada foi gravado."
            ) from error
        except (DBAPIError, psycopg.Error) as error:
            outage = outages.named(error, committing=committing)
            if outage is error:
                raise
            raise outage from error


@contextmanager
def snapshot() -> Iterator[Session]:
    """A read-only session that sees one moment of the database throughout.

    A database that cannot work now is raised as the Unavailable that names it (db.outages).
    """
    with outages.worded(), get_engine().connect() as connection:
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with Session(connection, expire_on_commit=False) as session:
            yield session
