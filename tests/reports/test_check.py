"""The replay over the invariants finds nothing in a sound ledger, and every tampered row."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales, summaries
from tests import tables
from tests.portfolio import TODAY, add_customer, add_sale, pay, random_portfolio
from tests.services.selling import new_customer, new_sale

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ledger(admin: Actor) -> None:
    """Sale 1: notes 1 (late part paid twice), 2 (settled), 3. Sale 2: note 4, payment reversed.

    Sale 3: note 5, untouched. Customers 1 (sales 1 and 2) and 2 (sale 3).
    """

    def make(session: Session) -> None:
        ana = add_customer(session, "Ana")
        bia = add_customer(session, "Bia")
        dues = [date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)]
        add_sale(session, ana, date(2026, 1, 2), [("300.00", due) for due in dues])
        add_sale(session, ana, date(2026, 1, 2), [("80.00", dues[0])])
        add_sale(session, bia, date(2026, 1, 2), [("50.00", dues[0])])
        pay(session, admin, 1, "100.00", date(2026, 1, 25))
        pay(session, admin, 1, "50.00", date(2026, 2, 25))
        pay(session, admin, 2, "300.00", date(2026, 2, 10))
        wrong = pay(session, admin, 4, "80.00", date(2026, 1, 10))
        payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)

    tables.once("ledger", make)


def tamper(*statements: str) -> None:
    """Change rows behind the constraints' and triggers' back, as a broken restore would."""
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            assert session.connection().execute(text(statement)).rowcount == 1


def found() -> set[tuple[str, str, int]]:
    with snapshot() as session:
        problems = check(session)
    assert all(problem.detail.endswith(".") for problem in problems)
    return {(problem.what, problem.entity, problem.id) for problem in problems}


@pytest.mark.usefixtures("ledger")
def test_a_sound_ledger_has_no_problem() -> None:
    assert found() == set()


@pytest.mark.parametrize("seed", [21, 22])
def test_whatever_the_services_do_leaves_the_ledger_sound(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    assert found() == set()


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE notes SET principal_balance = principal_balance - 1 WHERE id = 1",
            {("note_fold", "notes", 1)},
        ),
        ("UPDATE notes SET interest_carried = 1 WHERE id = 3", {("note_fold", "notes", 3)}),
        ("UPDATE notes SET fine_carried = 1 WHERE id = 3", {("note_fold", "notes", 3)}),
        ("UPDATE notes SET fine_charged = true WHERE id = 3", {("note_fold", "notes", 3)}),
        ("UPDATE notes SET interest_from = '2026-03-11' WHERE id = 3", {("note_fold", "notes", 3)}),
        ("UPDATE notes SET last_paid_on = '2026-01-25' WHERE id = 1", {("note_fold", "notes", 1)}),
        ("UPDATE notes SET settled_on = '2026-02-11' WHERE id = 2", {("note_fold", "notes", 2)}),
        (
            "UPDATE payment_items SET fine = fine - 1, principal = principal + 1 WHERE id = 1",
            {("item_fold", "payment_items", 1)},
        ),
        (
            "UPDATE payment_items SET principal_after = principal_after + 1 WHERE id = 1",
            {("item_fold", "payment_items", 1)},
        ),
        (
            "UPDATE payment_items SET interest_from_after = '2026-01-26' WHERE id = 1",
            {("item_fold", "payment_items", 1)},
        ),
        (
            "UPDATE payments SET amount = 101 WHERE id = 1",
            {("payment_amount", "payments", 1), ("trail_differs", "payments", 1)},
        ),
        (
            "UPDATE payments SET paid_on = '2026-01-24' WHERE id = 1",
            {("item_date", "payment_items", 1), ("trail_differs", "payments", 1)},
        ),
        (
            "UPDATE payments SET customer_id = 2 WHERE id = 1",
            {("item_customer", "payment_items", 1), ("trail_differs", "payments", 1)},
        ),
        (
            "UPDATE payment_items SET reversed = true WHERE id = 2",
            {("item_reversed", "payment_items", 2), ("note_fold", "notes", 1)},
        ),
        (
            "UPDATE payment_items SET reversed = false WHERE payment_id = 4",
            {("item_reversed", "payment_items", 4), ("note_fold", "notes", 4)},
        ),
        (
            "DELETE FROM reversals WHERE payment_id = 4",
            {("item_reversed", "payment_items", 4), ("trail_without_row", "audit_log", 5)},
        ),
        (
            "DELETE FROM payment_items WHERE id = 2",
            {("payment_amount", "payments", 2), ("note_fold", "notes", 1)},
        ),
        ("UPDATE sales SET total = 901 WHERE id = 1", {("sale_amounts", "sales", 1)}),
        ("UPDATE sales SET contract_rate = 1 WHERE id = 1", {("sale_amounts", "sales", 1)}),
        ("UPDATE sales SET installments = 4 WHERE id = 1", {("sale_notes", "sales", 1)}),
        ("DELETE FROM notes WHERE id = 5", {("sale_notes", "sales", 3)}),
        ("UPDATE notes SET number = 7 WHERE id = 3", {("sale_notes", "sales", 1)}),
        (
            "UPDATE notes SET due_date = '2026-03-09', interest_from = '2026-03-09' WHERE id = 3",
            {("sale_due_dates", "sales", 1)},
        ),
        ("UPDATE notes SET free_until = free_until + 1 WHERE id = 3", {("note_grace", "notes", 3)}),
        (
            "UPDATE notes SET on_time_until = '2030-01-02', free_until = '2030-01-02' WHERE id = 3",
            {("note_on_time", "notes", 3)},
        ),
        ("UPDATE notes SET customer_id = 2 WHERE id = 3", {("note_customer", "notes", 3)}),
        (
            "UPDATE notes SET cancelled_on = '2026-05-01' WHERE id = 5",
            {("note_cancelled", "notes", 5)},
        ),
        (
            "DELETE FROM payments WHERE id = 3",
            {("orphan", "payment_items", 3), ("trail_without_row", "audit_log", 3)},
        ),
        (
            "DELETE FROM customers WHERE id = 2",
            {("orphan", "sales", 3), ("orphan", "notes", 5)},
        ),
    ],
)
def test_a_tampered_row_is_found(statement: str, expected: set[tuple[str, str, int]]) -> None:
    tamper(statement)
    assert found() == expected


@pytest.mark.usefixtures("ledger")
def test_r1_notes_that_sum_up_but_are_not_the_even_split_are_found() -> None:
    tamper(
        "UPDATE sales SET total = total + 1 WHERE id = 1",
        "UPDATE notes SET amount = 301, principal_balance = 301 WHERE id = 3",
    )
    assert found() == {("sale_amounts", "sales", 1)}


@pytest.mark.usefixtures("ledger")
def test_a_payment_on_a_cancelled_sale_is_found() -> None:
    tamper(
        "UPDATE sales SET cancelled_on = '2026-05-01', cancel_reason = 'x' WHERE id = 1",
        "UPDATE notes SET cancelled_on = '2026-05-01' WHERE id = 1",
        "UPDATE notes SET cancelled_on = '2026-05-01' WHERE id = 2",
        "UPDATE notes SET cancelled_on = '2026-05-01' WHERE id = 3",
    )
    assert found() == {
        ("cancelled_paid", "notes", 1),
        ("cancelled_paid", "notes", 2),
        ("trail_missing", "sales", 1),
    }


@pytest.mark.usefixtures("ledger")
def test_a_payment_from_before_the_sale_is_found() -> None:
    tamper(
        "UPDATE payments SET paid_on = '2026-01-01' WHERE id = 3",
        "UPDATE payment_items SET paid_on = '2026-01-01' WHERE id = 3",
        "UPDATE notes SET last_paid_on = '2026-01-01', settled_on = '2026-01-01' WHERE id = 2",
    )
    assert found() == {("paid_before_sale", "notes", 2), ("trail_differs", "payments", 3)}


@pytest.mark.usefixtures("ledger")
def test_more_paid_than_owed_is_found_and_does_not_end_the_walk() -> None:
    tamper(
        "UPDATE payment_items SET amount = 900, principal = 900 WHERE id = 3",
        "UPDATE payments SET amount = 900 WHERE id = 3",
        "UPDATE notes SET principal_balance = 49 WHERE id = 5",
    )
    assert found() == {
        ("note_overpaid", "notes", 2),
        ("note_fold", "notes", 5),
        ("trail_differs", "payments", 3),
    }


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("daily_rate = daily_rate + 0.000000000002", "sale_daily_rate"),
        ("daily_rate = 0", "sale_daily_rate"),
        ("carried = carried + 0.01", "sale_carried"),
        ("carried = NULL", "sale_amounts"),
        ("due_day = 31", "sale_due_day"),
        ("due_day = 29", "sale_due_dates"),
    ],
)
def test_how_the_notes_came_to_be_is_proved(admin: Actor, change: str, what: str) -> None:
    """R2b, R2c and R3, of a sale of 1.000,00 at 5 % in one note, two months and three days on."""
    made = new_sale(new_customer(), contract_rate="5", installments=1, sold_on=date(2026, 9, 27))
    made = made.model_copy(update={"first_due_date": date(2026, 11, 30)})
    with transaction() as session:
        sale = sales.register(session, admin, made, today=TODAY)
        summaries.refresh(session, today=TODAY)
    assert found() == set()
    tamper(f"UPDATE sales SET {change} WHERE id = {sale}")
    assert (what, "sales", sale) in found()


def test_a_contract_rate_asks_for_the_price_table(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 23, sold=12, older=True)
    with snapshot() as session:
        sale, note = session.execute(
            text(
                "SELECT s.id, n.id FROM sales s JOIN notes n ON n.sale_id = s.id "
                "WHERE contract_rate > 0 AND n.last_paid_on IS NULL AND s.cancelled_on IS NULL "
                "ORDER BY n.id"
            )
        ).first() or (0, 0)
    tamper(
        "UPDATE notes SET amount = amount + 1, principal_balance = principal_balance + 1 "
        f"WHERE id = {note}"
    )
    assert found() == {("sale_amounts", "sales", sale), ("sale_daily_rate", "sales", sale)}


def test_the_progress_ends_at_all_steps(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 24, sold=10)
    seen: list[tuple[int, int]] = []
    with snapshot() as session:
        check(session, lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == list(range(1, seen[-1][1] + 1))
