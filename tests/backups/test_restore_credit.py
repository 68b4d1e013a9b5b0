"""What came back of sales and customers' credit, in a backup and out of it (R30, R31)."""

from __future__ import annotations

from decimal import Decimal as D
from pathlib import Path

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Sale
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import store_credit
from tests.backups.restoring import backed_up, hashes, restored
from tests.portfolio import TODAY, refresh
from tests.services.crediting import by_credit, pay_back, payback
from tests.services.down_paying import cancel, paid_down
from tests.services.paying import pay, sell
from tests.services.returning import give_back, new_return, undo_return, without_interest
from tests.services.selling import register

pytestmark = pytest.mark.usefixtures("db")


def test_a_restore_brings_returns_and_each_movement_of_credit_back(
    manager: Actor, tmp_path: Path
) -> None:
    sale = without_interest(manager)
    undo_return(manager, give_back(manager, new_return(sale, "650.00", back_by="credit")))
    give_back(manager, new_return(sale, "400.00"))
    with snapshot() as session:
        customer = session.scalars(select(Sale.customer_id)).one()
    note = sell(("100.00", TODAY), customer=customer).notes[0]
    pay(manager, TODAY, (note, "50.00"), kept=D("30.00"))
    by_credit(manager, note, "10.00")
    undone = pay_back(manager, payback(customer, "5.00"))
    with transaction() as session:
        store_credit.undo_payback(session, manager, movement_id=undone, why="engano", today=TODAY)
    down = {"down_payment": D("7.00"), "down_payment_methods": (), "down_payment_by_credit": True}
    register(manager, paid_down(customer, override_reason="antiga", **down), TODAY)
    again = register(manager, paid_down(customer, override_reason="antiga", **down), TODAY)
    cancel(manager, again, TODAY)
    refresh()
    before, path = hashes(), backed_up(tmp_path / "loja.zip")
    pay_back(manager, payback(customer, "13.00"))
    restored(path)
    after = hashes()
    tables = ("returns", "credit_movements", "sale_money", "acts", "act_items", "payments")
    for table in (*tables, "act_flows"):
        assert after[table] == before[table], table
    with snapshot() as session:
        assert check(session) == []
    pay_back(manager, payback(customer, "13.00"))  # its numbers go on from there
