"""A shop from before the summaries gets them with the next migration (0001 → 0002)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.migrate import alembic_config, current_revision, head_revision
from credigestor.reports.check import check
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import Charges, Stock
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import payments, summaries
from tests.db import older
from tests.portfolio import TODAY, random_portfolio

pytestmark = pytest.mark.usefixtures("db")

DATES = [TODAY, date(2026, 8, 31), date(2026, 2, 10), TODAY + timedelta(days=40)]


@pytest.fixture
def old_shop(database: str) -> Iterator[Connection]:
    """A connection to a schema of its own at revision 0001, with no rows yet."""
    engine = create_engine(
        database.replace("postgresql://", "postgresql+psycopg://"),
        connect_args={"options": "-csearch_path=old_shop -ctimezone=UTC"},
    )
    with engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA old_shop"))
        upgrade(connection, "0001")
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("DROP SCHEMA old_shop CASCADE"))
            connection.commit()
    engine.dispose()


def upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    connection.commit()


def figures(session: Session) -> tuple[list[Stock], list[Charges], list[Flow]]:
    year = Period(date(2026, 1, 1), TODAY)
    return (
        stock.stocks(session, DATES),
        [stock.charges(session, day, today=TODAY) for day in DATES],
        [flows.flow(session, year, as_of=day) for day in DATES],
    )


def move_in(connection: Connection) -> None:
    """Copy the ledger of the shop under test to the old one, and migrate it."""
    older.move_in(connection, next_id=1000)
    connection.commit()
    upgrade(connection, "head")
    assert current_revision(connection) == head_revision()


def test_the_ledger_of_an_older_shop_is_folded_in_by_the_first_reader(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 31, sold=20)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 20
    with Session(old_shop) as session:
        assert list(check(session)) == []
        assert figures(session) == expected
    assert expected[0][0].receivable > 0


def test_what_happens_after_the_migration_leaves_its_marks(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 32, sold=12)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
    with Session(old_shop) as session, session.begin():
        live = "SELECT max(payment_id) FROM payment_items WHERE NOT reversed"
        payment_id = session.scalar(text(live))
        assert payment_id
        payments.reverse(session, admin, payment_id=payment_id, why="engano", today=TODAY)
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 1
    with Session(old_shop) as session:
        assert list(check(session)) == []
