"""The sales that SQL calls broken are exactly those of which the replay finds a problem."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Boolean, Date, Integer, Numeric, Table, select, text, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, transaction
from credigestor.db.models import Base
from credigestor.reports.check.invariants import broken_sales
from credigestor.reports.check.replay import replay
from credigestor.rules.permissions import Actor
from tests.acting import random_acts
from tests.portfolio import TODAY, add_customer, add_sale, pay, random_portfolio
from tests.services.scheduling import add_schedules

pytestmark = pytest.mark.usefixtures("db")

_LEDGER = ("sales", "notes", "payment_items", "act_items")
#: What no rule speaks of.
_FREE = {
    "id",
    "ref",
    "operation_id",
    "created_by",
    "seller_id",
    "override_by",
    "cancelled_by",
}
_TAMPERINGS = 150


@pytest.mark.parametrize("seed", [33, 34])
def test_sql_and_the_replay_in_python_find_the_same_sales(admin: Actor, seed: int) -> None:
    random = Random(seed)
    with transaction() as session:
        random_portfolio(session, admin, seed)
        add_schedules(session, admin)
        random_acts(session, admin, seed)
        every_sale = list(session.scalars(text("SELECT id FROM sales ORDER BY id")))
    seen: set[str] = set()
    for _ in range(_TAMPERINGS):
        with Session(get_engine()) as session:  # never committed
            session.execute(text("SET LOCAL session_replication_role = replica"))
            try:
                change = " ".join(_tamper(session, random) for _ in range(random.choice([1, 1, 3])))
            except (IntegrityError, DataError):
                continue
            slow = list(replay(session, every_sale))
            unsound = broken_sales(session)
            assert list(replay(session, unsound)) == slow, change
            assert all(any(replay(session, [sale])) for sale in unsound), change
            seen |= {problem.what for problem in slow}
    assert len(seen) >= 10, seen  # of the twelve kinds there are


def test_r7_sql_rounds_the_interest_of_a_huge_note_once_as_the_rule_does(admin: Actor) -> None:
    """9.999.984.828,03 at 0,0333 % for 1015 days: …829,06499…, and not …829,07."""
    due = TODAY - timedelta(days=1015)
    with transaction() as session:
        customer = add_customer(session)
        sale = add_sale(session, customer, due, [("9999984828.03", due)], late_rate="0.0333")
        pay(session, admin, sale.notes[0], "100.00", TODAY)
        assert broken_sales(session) == []


def _tamper(session: Session, random: Random) -> str:
    """Change one value of one row, by a little, or delete a row; tells what."""
    table = Base.metadata.tables[random.choice(_LEDGER)]
    row_id = random.choice(list(session.scalars(select(table.c.id).order_by(table.c.id))))
    if random.random() < 0.05:
        session.execute(table.delete().where(table.c.id == row_id))
        return f"{table.name} {row_id} deleted;"
    values = _values(session, table, row_id, random)
    session.execute(update(table).where(table.c.id == row_id).values(**values))
    return f"{table.name} {row_id} {values};"


def _values(session: Session, table: Table, row_id: int, random: Random) -> dict[str, object]:
    row = session.execute(select(table).where(table.c.id == row_id)).one()._mapping
    column = random.choice(
        [
            c
            for c in table.c
            if c.key not in _FREE and isinstance(c.type, Boolean | Date | Integer | Numeric)
        ]
    )
    old = row[column.key]
    other = random.choice([c for c in table.c if repr(c.type) == repr(column.type)])
    if random.random() < 0.3:
        return {column.key: row[other.key]}
    if isinstance(column.type, Boolean):
        return {column.key: not old}
    if old is None and isinstance(column.type, Date):
        return {column.key: row.get("due_date") or row.get("sold_on")}
    if old is None:  # of a sale: what was carried, or the day that is kept
        return {column.key: random.choice([29, 30, 31])}
    step = random.choice([-1, 1]) * random.choice([1, 1, 31, 400])
    if isinstance(column.type, Date):
        return {column.key: old + timedelta(days=step)}
    if isinstance(column.type, Integer):
        return {column.key: old + random.choice([-1, 1])}
    change = random.choice(["0.01", "-0.01", "1", "-1", "100", "-100"])
    return {column.key: column + text(change)}
