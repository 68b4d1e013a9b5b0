"""How a customer stands when a sale is made is what the balances say of that day."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from credigestor.db.balances import note_balances
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from credigestor.services.credit import STANDING
from tests.portfolio import TODAY, add_customer, add_sale, random_portfolio

pytestmark = pytest.mark.usefixtures("db")


def stands(day: date) -> dict[int, tuple[object, int]]:
    with snapshot() as session:
        found = {}
        for customer_id in session.scalars(select(Customer.id)):
            given = {"customer_id": customer_id, "operation_id": uuid.uuid4(), "today": day}
            row = session.execute(STANDING, given).one()
            assert row.registered is None
            found[customer_id] = (row.owed, row.overdue)
        return found


def balances(day: date) -> dict[int, tuple[object, int]]:
    notes = note_balances(day, today=day).subquery()
    statement = select(
        Customer.id,
        func.coalesce(func.sum(notes.c.principal), 0),
        func.count().filter(notes.c.is_overdue),
    ).outerjoin(notes, notes.c.customer_id == Customer.id)
    with snapshot() as session:
        rows = session.execute(statement.group_by(Customer.id))
        return {customer_id: (owed, overdue) for customer_id, owed, overdue in rows}


def test_the_standing_of_every_customer_is_their_balance(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed=11, sold=8)
        customer = add_customer(session, "Zélia Quixadá")
        late = [("300.00", TODAY - timedelta(days=60)), ("300.00", TODAY + timedelta(days=30))]
        sale = add_sale(session, customer, TODAY - timedelta(days=90), late)
        sales.cancel(session, admin, sale_id=sale.id, why="desistência", today=TODAY)
    owed = []
    for days in (-300, -20, 0, 45):
        day = TODAY + timedelta(days=days)
        assert stands(day) == balances(day)
        owed.append(stands(day)[customer])
    assert owed == [(0, 0), (600, 1), (0, 0), (0, 0)]
