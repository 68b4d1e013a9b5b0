"""Whatever a test leaves in whichever table, the next one finds nothing and counts from 1."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.rules.permissions import Actor
from tests.conftest import empty
from tests.db.restoring import shop
from tests.factories import add_user

pytestmark = pytest.mark.usefixtures("db")

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
_COUNTED_ON = (
    "SELECT count(*) FROM pg_sequences WHERE schemaname = current_schema() "
    "AND last_value IS NOT NULL"
)


@pytest.fixture
def leftover() -> Iterator[None]:
    """A table that no model knows, so full that it is worth giving its room back."""
    with transaction() as session:
        session.execute(text("CREATE TABLE leftover (customer_id int REFERENCES customers)"))
        session.execute(text("INSERT INTO leftover SELECT NULL FROM generate_series(1, 50000)"))
    yield
    with transaction() as session:
        session.execute(text("DROP TABLE leftover"))


def counts() -> dict[str, int]:
    """The rows of each table, Alembic's apart."""
    with snapshot() as session:
        names = [name for name in session.scalars(text(_TABLES)) if name != "alembic_version"]
        return {name: session.scalars(text(f"SELECT count(*) FROM {name}")).one() for name in names}


def test_nothing_is_left_of_a_shop_its_ledger_and_its_summaries(
    admin: Actor, leftover: None
) -> None:
    shop(admin)
    before = counts()
    assert len([name for name, rows in before.items() if rows]) >= 20, before
    empty()
    assert set(counts()) == set(before)
    assert not any(counts().values()), counts()
    with snapshot() as session:
        assert session.scalars(text(_COUNTED_ON)).one() == 0
    assert add_user().id == 1
