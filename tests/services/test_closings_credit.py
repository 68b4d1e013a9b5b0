"""R37, R31: what moved customers' credit in closed days is listed as a later change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import NotAllowed
from credigestor.reports import closings as report
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.store_credit import owed_to_customers
from credigestor.rules.closed_days import change_name
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import store_credit
from tests.portfolio import TODAY, add_customer
from tests.services.closing import close
from tests.services.crediting import by_credit, pay_back, payback, sold
from tests.services.paying import pay, reverse

pytestmark = pytest.mark.usefixtures("db")

DAY, YESTERDAY = TODAY - timedelta(days=3), TODAY - timedelta(days=1)


def moved() -> list[tuple[str, date, str | None, str]]:
    """The movements of credit among the changes, oldest first."""
    with snapshot() as session:
        rows = report.page(session, ChangeFilters(), offset=0, limit=50)
    return [
        (change_name(row["kind"], row["act"]), row["dated_on"], row["reason"], str(row["credit"]))
        for row in reversed(rows)
        if row["kind"] == "credit"
    ]


def test_r37_credit_paid_back_in_closed_days_is_undone_by_a_manager_alone(manager: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
    [note] = sold(customer, "100.00")
    pay(manager, DAY, (note, "10.00"), kept=D("40.00"))
    back = pay_back(manager, payback(customer, "15.00", paid_on=DAY))
    close(manager, YESTERDAY)
    program = Actor(manager.id, manager.name, Role.MANAGER, frozenset({Permission.RETURN}))

    def undo(actor: Actor) -> None:
        with transaction() as session:
            store_credit.undo_payback(
                session, actor, movement_id=back, why="voltou atrás", today=TODAY
            )

    with pytest.raises(NotAllowed, match="estão fechados"):
        undo(program)
    undo(manager)


def test_r37_credit_that_was_kept_spent_paid_back_and_undone_is_listed(manager: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
    first, second = sold(customer, "100.00", "50.00")
    pay(manager, DAY, (first, "10.00"), kept=D("40.00"))
    close(manager, YESTERDAY)
    assert moved() == [], "it was there when the day was closed"
    why = "recibo achado na gaveta"
    paid = pay(manager, DAY, (first, "20.00"), kept=D("30.00"), backdate_reason=why)
    by_credit(manager, second, "25.00", DAY)
    back = pay_back(manager, payback(customer, "15.00", paid_on=DAY))
    with transaction() as session:
        store_credit.undo_payback(
            session, manager, movement_id=back, why="voltou atrás", today=TODAY
        )
    reverse(manager, paid)
    assert moved() == [
        ("Crédito: guardado de um pagamento", DAY, why, "30.00"),
        ("Crédito: usado num pagamento", DAY, why, "-25.00"),
        ("Crédito: devolvido ao cliente", DAY, "pediu de volta", "-15.00"),
        ("Crédito: movimento desfeito", DAY, "voltou atrás", "15.00"),
        ("Crédito: movimento desfeito", DAY, "valor errado", "-30.00"),
    ]
    with snapshot() as session:
        totals = report.totals(session, ChangeFilters())
        assert totals.credit == owed_to_customers(session, DAY) - D("40.00")
