"""Two shops in one database: neither waits for what the other one does alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, NullPool, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from credigestor.db import locks
from credigestor.db.engine import connection_options, get_engine, transaction
from credigestor.db.locks import _KEYS
from credigestor.db.migrate import current_revision, head_revision, migrate
from credigestor.imports import importer
from credigestor.rules.permissions import Actor
from credigestor.services import lockout, summaries
from tests.imports.files import shop, source
from tests.imports.importing import CLI
from tests.portfolio import TODAY
from tests.services.logging_in import HOME, NOW

pytestmark = pytest.mark.usefixtures("db")

OTHER = "loja_vizinha"
WAITED = "lock timeout"


def engine_of(schema: str) -> Engine:
    """Connections of a shop that would rather fail than wait."""
    options = f"{connection_options(schema)} -clock_timeout=500"
    return create_engine(get_engine().url, connect_args={"options": options}, poolclass=NullPool)


@pytest.fixture
def same(database: str) -> Engine:
    """Another process of the shop."""
    return engine_of("credigestor")


@pytest.fixture
def neighbour(database: str, configured: Callable[..., None]) -> Iterator[Engine]:
    """A shop in a schema that does not exist yet, to which this process's configuration leads."""
    configured(CREDIGESTOR_SCHEMA=OTHER)
    engine = engine_of(OTHER)
    try:
        yield engine
    finally:
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {OTHER} CASCADE"))


def test_a_shop_starts_while_another_one_is_migrated(neighbour: Engine) -> None:
    with transaction() as migrating:
        locks.hold(migrating, "migrate")
        migrate(neighbour)
    with neighbour.connect() as connection:
        assert current_revision(connection) == head_revision()


def test_a_second_process_of_the_same_shop_waits_for_the_migration(same: Engine) -> None:
    with transaction() as migrating:
        locks.hold(migrating, "migrate")
        with pytest.raises(OperationalError, match=WAITED):
            migrate(same)


def test_two_processes_that_make_the_same_schema_wait_for_each_other(neighbour: Engine) -> None:
    with neighbour.begin() as first:
        locks.hold(first, "migrate", shop=OTHER)
        with pytest.raises(OperationalError, match=WAITED):
            migrate(neighbour)


def test_a_shop_imports_and_reads_its_summaries_while_another_one_does(
    neighbour: Engine, admin: Actor
) -> None:
    migrate(neighbour)
    with transaction() as session:
        importer.run(session, CLI, source(shop()), today=TODAY)
        with Session(neighbour) as other, other.begin():
            assert importer.run(other, CLI, source(shop()), today=TODAY).new.sales == 2
            other.execute(text("INSERT INTO stale_sales SELECT id FROM sales"))
            assert summaries.try_refresh(other, today=TODAY, patience=0)
            assert summaries.rebuild(other, today=TODAY) == 2


@pytest.mark.parametrize("kind", _KEYS)
def test_each_lock_is_of_one_shop_and_keeps_the_others_of_that_shop_away(
    kind: str, neighbour: Engine, same: Engine
) -> None:
    migrate(neighbour)
    with transaction() as session:
        locks.hold(session, kind)
        with Session(neighbour) as other, other.begin():
            locks.hold(other, kind)
            assert locks.held(other) == {kind}
        with Session(same) as second, second.begin():
            assert not locks.try_to_hold(second, kind)
            with pytest.raises(OperationalError, match=WAITED):
                locks.hold(second, kind)


def test_a_lock_on_a_name_is_of_that_name_in_that_shop(neighbour: Engine, same: Engine) -> None:
    migrate(neighbour)
    with transaction() as session:
        locks.hold(session, "login", "bia")
        with Session(neighbour) as other, other.begin():
            locks.hold(other, "login", "bia")
        with Session(same) as second, second.begin():
            locks.hold(second, "login", "ana")
            locks.hold(second, "address", "bia")
            locks.hold(second, "login")
            with pytest.raises(OperationalError, match=WAITED):
                locks.hold(second, "login", "bia")


def test_nobody_waits_at_the_login_for_a_try_in_another_shop(neighbour: Engine) -> None:
    migrate(neighbour)
    with transaction() as session:
        assert lockout.refusal(session, login="bia", address=HOME, now=NOW) is None
        with Session(neighbour) as other, other.begin():
            assert lockout.refusal(other, login="bia", address=HOME, now=NOW) is None
