"""A shop at an older revision, in a schema of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from tests.db.older import upgrade


@pytest.fixture
def revision() -> str:
    """At which the older shop stands."""
    return "0001"


@pytest.fixture
def old_shop(database: str, revision: str) -> Iterator[Connection]:
    """A connection to a schema of its own at an older revision, with no rows yet."""
    engine = create_engine(
        database.replace("postgresql://", "postgresql+psycopg://"),
        connect_args={"options": "-csearch_path=old_shop -ctimezone=UTC"},
    )
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA old_shop"))
        upgrade(connection, revision)
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("DROP SCHEMA old_shop CASCADE"))
            connection.commit()
    engine.dispose()
