"""An older shop is migrated with its ledger: to its summaries (0002), to paper (0004), to the
function of late interest (0005), to the true rates of its sales (0014), and to schedules (0015).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.migrate import alembic_config, current_revision, head_revision
from credigestor.db.models import Customer, Guarantor, Payment, PaymentItem, Sale
from credigestor.reports import guarantors
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import flows, stock
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import Charges, Stock
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from tests.db import older
from tests.portfolio import TODAY, random_portfolio
from tests.services.selling import new_sale
from tests.services.test_guarantors import ANA, given

pytestmark = pytest.mark.usefixtures("db")

DATES = [TODAY, date(2026, 8, 31), date(2026, 2, 10), TODAY + timedelta(days=40)]


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


@pytest.fixture(autouse=True)
def sold_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    older.sell_as_before(monkeypatch)


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


@pytest.mark.parametrize("revision", ["0001", "0004"])
def test_the_ledger_of_an_older_shop_is_folded_in_by_the_first_reader(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 31, sold=20, discounts=False)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session, session.begin():
        assert summaries.refresh(session, today=TODAY) == 20
    with Session(old_shop) as session:
        assert list(check(session)) == []
        assert figures(session) == expected
        sold = select(Sale.contract_rate > 0, Sale.daily_rate > 0, Sale.carried, Sale.due_day)
        schedules = session.execute(select(Sale.schedule, Sale.schedule_step).distinct()).all()
        with_interest = session.execute(sold.distinct().where(Sale.installments > 0)).all()
    assert schedules == [("monthly", None)]
    assert sorted(with_interest) == [(False, False, None, None), (True, True, None, None)]
    assert expected[0][0].receivable > 0


def test_what_happens_after_the_migration_leaves_its_marks(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 32, sold=12, discounts=False)
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


@pytest.mark.parametrize("revision", ["0003"])
def test_a_shop_from_before_paper_sells_with_guarantors_and_keeps_its_discounts(
    admin: Actor, old_shop: Connection
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 33, sold=12, discounts=False)
        summaries.refresh(session, today=TODAY)
        expected = figures(session)
    move_in(old_shop)
    with Session(old_shop) as session:
        assert session.scalars(select(Guarantor)).all() == []
        assert set(session.scalars(select(Payment.discount_reason))) == {None}
    with Session(old_shop) as session, session.begin():
        summaries.refresh(session, today=TODAY)
        assert list(check(session)) == []
        assert figures(session) == expected
    with Session(old_shop) as session, session.begin():
        customer = session.scalars(select(Customer.id)).first()
        assert customer
        sale = new_sale(customer, guarantors=given(ANA), override_reason="teste")
        sale_id = sales.register(session, admin, sale, today=TODAY)
        assert [each.name for each in guarantors.of_sale(session, sale_id)] == [ANA[0]]
    with Session(old_shop) as session, session.begin():
        changed = update(PaymentItem).values(discount=PaymentItem.discount + 1)
        with pytest.raises(DatabaseError, match="payment_items"):
            session.execute(changed)
