"""What was recorded for a namesake goes to the right customer, with its dates and numbers."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, CreditMovement, Customer, CustomerMove, Note, Payment, Sale
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports import store_credit as owed_by_shop
from credigestor.reports.check.report import check
from credigestor.reports.customer_movements import Kind, Movement
from credigestor.reports.customer_statement import statement
from credigestor.reports.summary import summary
from credigestor.rules.permissions import Actor
from credigestor.services import customer_moves, guarantors, payments, store_credit
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inputs import parse
from tests.acting import give_back
from tests.portfolio import TODAY, add_customer
from tests.services import renegotiating
from tests.services.crediting import by_credit, pay_back, payback
from tests.services.moving import merge
from tests.services.paying import JANUARY_25, new_payment, note_row, receive, sell
from tests.services.selling import count, new_customer, new_sale, notes_of, register
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")


def move(
    actor: Actor, sale: int, to: int, why: str = "homônimo", operation: uuid.UUID | None = None
) -> None:
    with transaction() as session:
        customer_moves.move_sale(
            session,
            actor,
            operation_id=operation or uuid.uuid4(),
            sale_id=sale,
            customer_id=to,
            why=why,
            today=TODAY,
        )


def refused(act: Callable[[], object]) -> BusinessError:
    with pytest.raises(BusinessError) as error:
        act()
    return error.value


def told(customer: int) -> list[Movement]:
    with snapshot() as session:
        found = statement(session, customer, since=date(2025, 1, 1), until=TODAY, today=TODAY)
        return list(found.movements)


def owners(session: Session) -> set[int]:
    return {
        owner
        for table in (Sale, Note, Payment, Act)
        for owner in session.scalars(select(table.customer_id))
    }


def test_a_sale_goes_to_the_right_customer_with_its_notes_payments_and_acts(
    manager: Actor,
) -> None:
    wrong, right = new_customer(name="José Silva"), new_customer(name="José Silva")
    sale = register(manager, new_sale(wrong))
    note = notes_of(sale)[0].id
    paid = receive(manager, new_payment(date(2026, 2, 10), (note, "100.00")))
    undone = receive(manager, new_payment(date(2026, 2, 11), (note, "50.00")))
    with transaction() as session:
        payments.reverse(session, manager, payment_id=undone, why="engano", today=TODAY)
        give_back(session, manager, sale, date(2026, 2, 12), D("10.00"))
        before = summary(session, TODAY, today=TODAY)
    operation = uuid.uuid4()
    move(manager, sale, right, operation=operation)
    move(manager, sale, right, operation=operation)
    with snapshot() as session:
        assert owners(session) == {right}
        assert summary(session, TODAY, today=TODAY) == before
        payment = session.get_one(Payment, paid)
        assert (payment.paid_on, payment.amount) == (date(2026, 2, 10), D("100.00"))
        [row] = session.scalars(select(CustomerMove))
        assert (row.from_id, row.to_id, row.moved_by) == (wrong, right, manager.id)
    [gone] = told(wrong)
    assert (gone.kind, gone.went_to, gone.detail) == (Kind.MOVED, right, "homônimo")
    assert [each.kind for each in told(right)] == [
        *(Kind.SALE, Kind.PAYMENT, Kind.REVERSED, Kind.ACT, Kind.MOVED),
    ]
    assert told(right)[-1].came_from == wrong
    sound()
    receive(manager, new_payment(TODAY, (note, "10.00")))
    with transaction() as session:
        payments.reverse(session, manager, payment_id=paid, why="engano", today=TODAY)
    move(manager, sale, wrong, "era ele mesmo")
    sound()


def test_it_takes_a_manager_a_reason_and_another_customer(seller: Actor, manager: Actor) -> None:
    wrong, right = new_customer(), new_customer()
    sale = register(manager, new_sale(wrong))
    with pytest.raises(NotAllowed):
        move(seller, sale, right)
    assert refused(lambda: move(manager, sale, right, " ")).field == "reason"
    assert refused(lambda: move(manager, sale, wrong)).field == "customer_id"
    assert refused(lambda: move(manager, sale, 999)).message == "Cliente não encontrado."
    assert refused(lambda: move(manager, 999, right)).message == "Venda não encontrada."
    assert count(CustomerMove) == 0


def test_a_receipt_of_two_sales_is_refused_and_moves_with_both(manager: Actor) -> None:
    wrong, right = new_customer(), new_customer()
    [one] = sell(customer=wrong).notes
    [two] = sell(customer=wrong).notes
    paid = receive(manager, new_payment(JANUARY_25, (one, "10.00"), (two, "10.00")))
    sale = note_row(one).sale_id
    error = refused(lambda: move(manager, sale, right))
    assert isinstance(error, Conflict)
    assert f"O recibo {paid:06} também é de outra venda" in error.message
    operation = uuid.uuid4()
    assert merge(manager, wrong, right, operation) == 2
    assert merge(manager, wrong, right, operation) == 2
    with snapshot() as session:
        assert owners(session) == {right}
        assert not session.get_one(Customer, wrong).active
    sound()


def test_a_guarantor_does_not_become_the_buyer(manager: Actor) -> None:
    wrong = new_customer()
    with transaction() as session:
        right = add_customer(session, "Gil Garante")
        tax_id = session.get_one(Customer, right).tax_id
    sale = register(manager, new_sale(wrong))
    with transaction() as session:
        signing = parse(GuarantorInput, {"name": "Gil Garante", "tax_id": tax_id})
        guarantors.replace(session, manager, sale_id=sale, guarantors=[signing])
    assert "Gil Garante é avalista" in refused(lambda: move(manager, sale, right)).message


def test_a_double_register_is_not_its_own_and_one_without_sales_is_deactivated(
    manager: Actor,
) -> None:
    double, right = new_customer(), new_customer()
    with pytest.raises(InvalidInput):
        merge(manager, double, double)
    assert merge(manager, double, right) == 0
    with snapshot() as session:
        assert not session.get_one(Customer, double).active


@pytest.mark.parametrize(
    "change",
    ["customer_id = 2", "customer_id = 2, amount = 1", "amount = 1", "paid_on = '2026-01-02'"],
)
def test_nobody_else_changes_whose_a_payment_is(manager: Actor, change: str) -> None:
    [note] = sell().notes
    receive(manager, new_payment(JANUARY_25, (note, "10.00")))
    new_customer()
    with transaction() as session:
        if "amount" in change:  # nor anything else on that way
            session.execute(text("SELECT set_config('credigestor.moving', '1>2', true)"))
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(f"UPDATE payments SET {change}"))
        session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sales SET customer_id = 1",
        "UPDATE customer_moves SET to_id = 1, from_id = 2",
        "UPDATE customer_moves SET reason = 'outra coisa'",
        "DELETE FROM customer_moves",
        "DELETE FROM audit_log WHERE action = 'move'",
    ],
)
def test_check_names_moves_that_are_not_as_they_were(manager: Actor, change: str) -> None:
    wrong, right = new_customer(), new_customer()
    sale = register(manager, new_sale(wrong))
    move(manager, sale, right)
    with transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(change))
        assert [p for p in check(session, summaries=False) if p.what != "seal"], change
        session.rollback()


def test_r15_one_side_of_a_deal_stays_with_the_other(manager: Actor) -> None:
    old = renegotiating.three_late()
    made = renegotiating.make(manager, renegotiating.deal(old.notes))
    other = new_customer(name="Ana Luz Segunda")
    for sale in (old.id, made.sale_id):
        error = refused(lambda sale=sale: move(manager, sale, other))  # type: ignore[misc]
        assert "Desfaça a renegociação" in error.message
    first = note_row(old.notes[0]).customer_id
    assert merge(manager, first, other) == 2
    assert {note_row(note).customer_id for note in old.notes} == {other}
    sound()


def test_r31_one_of_several_sales_does_not_move_credit_with_it(manager: Actor) -> None:
    sale = sell()
    sell(customer=note_row(sale.notes[0]).customer_id)
    receive(manager, new_payment(JANUARY_25, (sale.notes[0], "100.00"), kept=D("5.00")))
    error = refused(lambda: move(manager, sale.id, new_customer(name="Ana Luz Segunda")))
    assert "crédito" in error.message
    sound()


@pytest.mark.parametrize("back", ["5.00", "2.00"])
def test_r31_a_double_register_brings_its_credit_along(manager: Actor, back: str) -> None:
    """Also where it moved and nothing is left: kept, spent on another sale, paid back, undone."""
    first = sell()
    double = note_row(first.notes[0]).customer_id
    second = sell(customer=double)
    receive(manager, new_payment(JANUARY_25, (first.notes[0], "100.00"), kept=D("25.00")))
    by_credit(manager, second.notes[0], "20.00")
    paid_back = pay_back(manager, payback(double, "5.00"))
    with transaction() as session:
        store_credit.undo_payback(
            session, manager, movement_id=paid_back, why="voltou atrás", today=TODAY
        )
    pay_back(manager, payback(double, back))
    right = new_customer(name="Ana Luz Segunda")
    assert merge(manager, double, right) == 2
    with snapshot() as session:
        left = [owed_by_shop.balance(session, each, on=TODAY) for each in (double, right)]
        moved = {row.customer_id for row in session.scalars(select(CreditMovement))}
    assert (left, moved) == ([0, D("5.00") - D(back)], {right})
    sound()


def test_r31_the_only_sale_of_a_customer_brings_the_credit_along(manager: Actor) -> None:
    sale = sell()
    receive(manager, new_payment(JANUARY_25, (sale.notes[0], "100.00"), kept=D("5.00")))
    right = new_customer(name="Ana Luz Segunda")
    move(manager, sale.id, right)
    with snapshot() as session:
        assert owed_by_shop.balance(session, right, on=TODAY) == D("5.00")
    sound()


def test_r31_nobody_else_changes_whose_credit_is(manager: Actor) -> None:
    sale = sell()
    receive(manager, new_payment(JANUARY_25, (sale.notes[0], "100.00"), kept=D("5.00")))
    right = new_customer(name="Ana Luz Segunda")
    with pytest.raises(Conflict, match="não são coerentes"), transaction() as session:
        session.execute(text("UPDATE credit_movements SET customer_id = :id"), {"id": right})
