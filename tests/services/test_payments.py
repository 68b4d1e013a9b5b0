"""R6–R12 through the services: receiving, replaying and reversing payments."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Payment, PaymentItem, Reversal
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports.note import detail
from credigestor.rules.charges import Split
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.paying import (
    FEBRUARY,
    FEBRUARY_24,
    JANUARY,
    JANUARY_15,
    JANUARY_25,
    MARCH,
    new_payment,
    note_row,
    pay,
    receive,
    refused,
    reverse,
    sell,
    splits,
)
from tests.services.selling import count

pytestmark = pytest.mark.usefixtures("db")


def owed(note_id: int, on: date) -> D:
    with snapshot() as session:
        return detail(session, note_id, as_of=on, today=TODAY).owed.total


# The worked examples


def test_r9_a_late_part_and_the_settlement_a_month_later(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "100.00"))
    assert splits(note) == [("1.50", "6.00", "92.50")]
    assert owed(note, JANUARY_25) == D("207.50")
    assert owed(note, FEBRUARY_24) == D("209.58")
    pay(manager, FEBRUARY_24, (note, "209.58"))
    assert splits(note)[1] == ("2.08", "0.00", "207.50")
    row = note_row(note)
    assert (row.principal_balance, row.settled_on) == (0, FEBRUARY_24)
    assert owed(note, TODAY) == 0


def test_r9_a_tiny_payment_carries_the_rest_of_the_fine(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "5.00"))
    assert splits(note) == [("1.50", "3.50", "0.00")]
    assert owed(note, JANUARY_25) == D("302.50")
    assert owed(note, FEBRUARY_24) == D("305.50")


@pytest.mark.parametrize(
    ("amount", "days", "interest", "fine"),
    [
        ("200.00", 15, "1.00", "4.00"),
        ("123.45", 17, "0.70", "2.47"),
        ("1500.00", 20, "10.00", "30.00"),
    ],
)
def test_r6_and_r7_interest_and_fine_of_a_late_note(
    manager: Actor, amount: str, days: int, interest: str, fine: str
) -> None:
    [note] = sell((amount, date(2026, 3, 2))).notes
    total = D(amount) + D(interest) + D(fine)
    pay(manager, date(2026, 3, 2) + timedelta(days=days), (note, str(total)))
    assert splits(note) == [(interest, fine, amount)]
    assert note_row(note).settled_on is not None


def test_r4_a_note_due_on_a_holiday_is_on_time_on_the_next_business_day(seller: Actor) -> None:
    holiday = date(2026, 11, 20)
    [note] = sell(("300.00", holiday)).notes
    pay(seller, TODAY, (note, "300.00"))
    assert splits(note) == [("0.00", "0.00", "300.00")]
    assert note_row(note).settled_on == TODAY


def test_r8_within_the_grace_nothing_is_charged_and_after_it_all_days_count(
    manager: Actor,
) -> None:
    [note] = sell(("300.00", date(2026, 3, 2)), grace_days=5).notes
    assert owed(note, date(2026, 3, 7)) == D("300.00")
    pay(manager, date(2026, 3, 8), (note, "306.60"))
    assert splits(note) == [("0.60", "6.00", "300.00")]


def test_r11_a_backdated_payment_replays_the_note(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "100.00"))
    pay(manager, JANUARY_15, (note, "50.00"))
    assert splits(note) == [("0.50", "6.00", "43.50"), ("0.86", "0.00", "99.14")]
    assert owed(note, JANUARY_15) == D("256.50")
    assert note_row(note).principal_balance == D("157.36")
    assert note_row(note).last_paid_on == JANUARY_25


def test_r11_a_backdated_payment_that_a_later_one_no_longer_fits_is_refused(
    manager: Actor,
) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "307.50"))
    error = refused(manager, JANUARY_15, (note, "50.00"))
    assert isinstance(error, Conflict)
    assert "Estorne aquele primeiro" in error.message
    assert splits(note) == [("1.50", "6.00", "300.00")]


def test_r12_a_reversal_restores_the_note_and_replays_what_follows(
    seller: Actor, manager: Actor
) -> None:
    [note] = sell().notes
    before = note_row(note)
    first = pay(manager, JANUARY_15, (note, "50.00"))
    second = pay(manager, JANUARY_25, (note, "100.00"))
    reverse(manager, first)
    assert splits(note) == [("1.50", "6.00", "92.50")]
    assert owed(note, FEBRUARY_24) == D("209.58")
    reverse(manager, second)
    after = note_row(note)
    columns = [column.key for column in after.__table__.columns]
    assert [getattr(after, key) for key in columns] == [getattr(before, key) for key in columns]
    assert count(Payment) == count(Reversal) == 2


def test_r10_one_payment_settles_several_notes_with_the_charges_of_each(manager: Actor) -> None:
    jan, feb, mar = sell(("300.00", JANUARY), ("100.00", FEBRUARY), ("100.00", MARCH)).notes
    payment = pay(manager, FEBRUARY_24, (mar, "40.00"), (jan, "310.50"), (feb, "102.47"))
    assert splits(jan) == [("4.50", "6.00", "300.00")]
    assert splits(feb) == [("0.47", "2.00", "100.00")]
    assert splits(mar) == [("0.00", "0.00", "40.00")]
    with snapshot() as session:
        assert session.get_one(Payment, payment).amount == D("452.97")


# Once


def test_the_same_operation_again_gives_the_same_payment(manager: Actor) -> None:
    [note] = sell().notes
    data = new_payment(JANUARY_25, (note, "100.00"))
    assert receive(manager, data) == receive(manager, data)
    assert count(Payment) == count(PaymentItem) == 1
    assert note_row(note).principal_balance == D("207.50")


def test_the_same_operation_that_settled_a_note_is_no_error_when_it_comes_again(
    manager: Actor,
) -> None:
    [note] = sell().notes
    shown = {note: Split(D("1.50"), D("6.00"), D("300.00"))}
    data = new_payment(JANUARY_25, (note, "307.50"), previewed=shown)
    assert receive(manager, data) == receive(manager, data)


def test_an_operation_that_recorded_another_payment_is_refused(
    manager: Actor, seller: Actor
) -> None:
    first, second = sell(("300.00", JANUARY), ("300.00", FEBRUARY)).notes
    operation = uuid.uuid4()
    pay(manager, JANUARY, (first, "100.00"), operation_id=operation)
    for actor, on, item in (
        (manager, JANUARY, (first, "99.99")),
        (seller, TODAY, (first, "100.00")),
        (manager, JANUARY, (second, "100.00")),
    ):
        error = refused(actor, on, item, operation_id=operation)
        assert isinstance(error, Conflict)
        assert "outro pagamento, o recibo 000001" in error.message
    assert note_row(first).principal_balance == D("200.00")


def test_two_payments_of_equal_value_are_two_payments(manager: Actor) -> None:
    [note] = sell().notes
    for _ in range(2):
        pay(manager, JANUARY_25, (note, "100.00"), operation_id=uuid.uuid4())
    assert count(Payment) == 2
    assert note_row(note).principal_balance == D("107.50")


def test_a_payment_is_reversed_only_once(manager: Actor) -> None:
    [note] = sell().notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    reverse(manager, payment)
    with pytest.raises(Conflict, match="já foi estornado"):
        reverse(manager, payment)
    assert count(Reversal) == 1


def test_a_seller_may_not_reverse(seller: Actor) -> None:
    [note] = sell().notes
    payment = pay(seller, TODAY, (note, "100.00"))
    with pytest.raises(NotAllowed):
        reverse(seller, payment)
    assert splits(note) != []


def test_a_reversal_needs_a_reason_and_a_payment(manager: Actor) -> None:
    [note] = sell().notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    with pytest.raises(InvalidInput, match="motivo"):
        reverse(manager, payment, why="  ")
    with pytest.raises(BusinessError, match="não encontrado"):
        reverse(manager, 999)
    assert count(Reversal) == 0


def test_who_received_and_who_reversed_is_in_the_audit_log(manager: Actor, seller: Actor) -> None:
    [note] = sell().notes
    payment = pay(seller, TODAY, (note, "100.00"))
    reverse(manager, payment, why="troco errado")
    with snapshot() as session:
        rows = session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [(row.action, row.entity_id, row.actor_name) for row in rows] == [
        ("create", payment, seller.name),
        ("reverse", payment, manager.name),
    ]
    assert rows[0].after is not None
    assert rows[0].after["items"] == [[note, "100.00"]]
    assert rows[1].after == {"reason": "troco errado", "on": TODAY.isoformat()}


# Append-only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments SET amount = 1",
        "DELETE FROM payments",
        "UPDATE payment_items SET amount = 1",
        "UPDATE payment_items SET reversed = false",
        "DELETE FROM payment_items",
        "UPDATE reversals SET reason = 'outro'",
        "DELETE FROM reversals",
        "UPDATE audit_log SET actor_name = 'ninguém'",
        "DELETE FROM audit_log",
    ],
)
def test_r12_the_database_refuses_to_edit_or_delete_what_was_paid(
    manager: Actor, statement: str
) -> None:
    [note] = sell().notes
    reverse(manager, pay(manager, JANUARY_25, (note, "100.00")))
    with pytest.raises(BusinessError), transaction() as session:
        session.execute(text(statement))
