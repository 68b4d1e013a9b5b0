"""R14 through the services: discounts by right, granted ones, and what becomes of them after."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select, text, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, Payment, PaymentItem, Sale
from credigestor.errors import BusinessError, Conflict, InvalidInput
from credigestor.reports import notes
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor
from credigestor.rules.true_rate import daily_rate
from tests.portfolio import TODAY, add_sale
from tests.services.discounting import DAY, DUE, assert_sound, by_right, receipt_of, sell, settle
from tests.services.paying import new_payment, note_row, pay, receive, reverse, splits
from tests.services.selling import count, new_customer

pytestmark = pytest.mark.usefixtures("db")


def refused(actor: Actor, note: int, money: str, off: str, **more: Any) -> BusinessError:
    """The error that refuses a settlement, after which nothing is written."""
    before = count(Payment), count(PaymentItem), count(AuditEntry)
    with pytest.raises(BusinessError) as caught:
        settle(actor, note, money, off, **more)
    assert (count(Payment), count(PaymentItem), count(AuditEntry)) == before
    return caught.value


def discounts_of(note: int) -> list[D]:
    with snapshot() as session:
        return list(
            session.scalars(
                select(PaymentItem.discount)
                .where(PaymentItem.note_id == note, PaymentItem.reversed.is_(False))
                .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
            )
        )


# By right


def test_r14_a_seller_settles_a_note_47_days_early_for_87_48(manager: Actor, seller: Actor) -> None:
    note, *_ = sell(manager)
    payment = receive(seller, by_right(note), today=DAY)
    row = note_row(note)
    assert (row.principal_balance, row.settled_on) == (0, DAY)
    assert splits(note) == [("0.00", "0.00", "87.49")]
    found = receipt_of(payment)
    assert (found.amount, found.discount, found.after) == (D("87.49"), D("1.36"), 0)
    assert found.discount_reason is None
    assert_sound()


def open_note(note: int, on: date = DAY) -> notes.OpenNote:
    """What the counter knows of an open note on a day."""
    with snapshot() as session:
        customer = notes.owner(session, note)
        assert customer is not None
        there = notes.open_notes(session, customer, on=on, today=TODAY)
    return next(each for each in there if each.id == note)


def test_r14_all_notes_settled_on_the_day_of_the_sale_cost_what_was_financed(
    manager: Actor,
) -> None:
    customer, days = new_customer(), (91, 119, 150)
    with transaction() as session:
        due = [("367.21", DAY + timedelta(days=each)) for each in days]
        made = add_sale(session, customer, DAY, due)
        rate = daily_rate(D(1000), [(each, D("367.21")) for each in days])
        sold = update(Sale).where(Sale.id == made.id)
        session.execute(sold.values(contract_rate=5, daily_rate=rate))
    three = made.notes
    with snapshot() as session:
        there = {n.id: n for n in notes.open_notes(session, customer, on=DAY, today=TODAY)}
    assert [str(there[note].settlement) for note in three] == ["341.17", "333.54", "325.29"]
    payment = pay(
        manager,
        DAY,
        *((note, str(there[note].settlement)) for note in three),
        discounts={note: there[note].early_discount for note in three},
        previewed={note: Split(ZERO, ZERO, there[note].settlement) for note in three},
    )
    found = receipt_of(payment)
    assert (found.amount, found.discount) == (D("1000.00"), D("101.63"))
    assert [item.discount for item in found.items] == [D("26.04"), D("33.67"), D("41.92")]


def test_r14_who_asks_for_less_than_the_law_gives_gets_that(seller: Actor, admin: Actor) -> None:
    note, *_ = sell(admin)
    receive(seller, new_payment(DAY, (note, "88.35"), discounts={note: D("0.50")}), today=DAY)
    assert discounts_of(note) == [D("0.50")]


def test_a_note_may_be_paid_whole_before_its_date_without_asking(manager: Actor) -> None:
    note, *_ = sell(manager)
    pay(manager, DAY, (note, "88.85"), discounts={note: ZERO})
    assert discounts_of(note) == [0]
    assert receipt_of(1).discount == 0


def test_r14_the_discount_is_on_what_is_left_of_the_note(manager: Actor) -> None:
    note, *_ = sell(manager)
    pay(manager, DAY - timedelta(days=10), (note, "38.85"))
    at = open_note(note)
    assert (at.early_discount, at.settlement) == (D("0.77"), D("49.23"))
    settle(manager, note, "49.23", "0.77")
    assert note_row(note).settled_on == DAY
    assert_sound()


def test_from_the_due_date_on_and_without_contract_interest_nothing_is_saved(admin: Actor) -> None:
    note, *_ = sell(admin)
    free, *_ = sell(admin, rate="0")
    due, without = open_note(note, DUE), open_note(free)
    assert (due.early_discount, due.settlement) == (0, D("88.85"))
    assert (without.daily_rate, without.early_discount) == (0, 0)


# A manager's


def test_r14_more_than_the_law_gives_needs_a_manager(seller: Actor, admin: Actor) -> None:
    note, *_ = sell(admin)
    data = new_payment(DAY, (note, "87.47"), discounts={note: D("1.38")}, discount_reason="amigo")
    with pytest.raises(InvalidInput, match=r"é de R\$.1,36\. Um maior precisa") as caught:
        receive(seller, data, today=DAY)
    assert caught.value.field == "discount"
    assert count(Payment) == 0


def test_r14_without_contract_interest_any_discount_needs_a_manager(
    seller: Actor, manager: Actor
) -> None:
    note, *_ = sell(manager, rate="0")
    data = new_payment(DAY, (note, "81.95"), discounts={note: D("0.02")}, discount_reason="troco")
    with pytest.raises(InvalidInput, match="não tem juros do contrato a descontar") as caught:
        receive(seller, data, today=DAY)
    assert caught.value.field == "discount"
    receive(manager, data, today=DAY)
    assert discounts_of(note) == [D("0.02")]
    assert receipt_of(1).discount_reason == "troco"
    assert_sound()


@pytest.mark.parametrize("reason", [None, "", " x ", "x" * 501])
def test_r14_a_manager_says_why(manager: Actor, reason: str | None) -> None:
    note, *_ = sell(manager)
    error = refused(manager, note, "80.00", "8.85", discount_reason=reason)
    assert error.field == "discount_reason"


def test_a_reason_beside_a_discountby_right_is_not_kept(manager: Actor) -> None:
    note, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36", discount_reason="porque sim")
    assert receipt_of(1).discount_reason is None


# Refused


def test_r14_a_note_that_is_due_takes_no_discount_even_from_a_manager(manager: Actor) -> None:
    note, *_ = sell(manager)
    for day in (DUE, DUE + timedelta(days=1)):
        error = refused(manager, note, "80.00", "8.85", on=day, discount_reason="amigo")
        assert error.field == "discount"
        assert "vence em 21/11/2026: o desconto é só para quem paga antes" in error.message


def test_r14c_a_partial_payment_takes_the_discount_by_right_and_no_more(
    manager: Actor, seller: Actor
) -> None:
    note, *_ = sell(manager)
    error = refused(manager, note, "50.00", "5.00", discount_reason="amigo")
    assert error.field == "discount"
    assert "faltam R$\xa033,85" in error.message
    with pytest.raises(InvalidInput, match="Um maior precisa de um gerente"):
        receive(seller, new_payment(DAY, (note, "50.00"), discounts={note: D("0.79")}), today=DAY)
    receive(seller, new_payment(DAY, (note, "50.00"), discounts={note: D("0.78")}), today=DAY)
    assert note_row(note).principal_balance == D("38.07")
    assert_sound()


def test_r14c_the_parts_discount_stays_through_backdating_and_reversal(manager: Actor) -> None:
    note, *_ = sell(manager)
    part = settle(manager, note, "50.00", "0.78")
    before = pay(manager, DAY - timedelta(days=3), (note, "10.00"))
    assert note_row(note).principal_balance == D("28.07")
    assert discounts_of(note) == [D("0.00"), D("0.78")]
    assert_sound()
    reverse(manager, before)
    assert note_row(note).principal_balance == D("38.07")
    settle(manager, note, "37.49", "0.58", on=DAY)
    reverse(manager, part)
    assert note_row(note).principal_balance == D("50.78")
    assert_sound()


def test_money_and_discount_beyond_what_is_owed_are_refused_with_the_exact_amount(
    manager: Actor,
) -> None:
    note, *_ = sell(manager)
    error = refused(manager, note, "88.85", "1.36")
    assert error.field == "amount"
    assert "deve R$\xa088,85 em 05/10/2026" in error.message
    assert "R$\xa088,85 com desconto de R$\xa01,36" in error.message


@pytest.mark.parametrize("discounts", [{999: D("1.00")}, {1: D("-1.00")}, {1: D("1.005")}])
def test_a_discount_that_makes_no_sense_is_refused(manager: Actor, discounts: dict[int, D]) -> None:
    note, *_ = sell(manager)
    assert note == 1
    with pytest.raises(InvalidInput) as caught:
        pay(manager, DAY, (note, "80.00"), discounts=discounts)
    assert caught.value.field == "discount"
    assert count(Payment) == 0


def test_a_discount_of_the_whole_note_is_no_payment(manager: Actor) -> None:
    note, *_ = sell(manager)
    error = refused(manager, note, "0.00", "88.85", discount_reason="presente")
    assert error.field == "amount"


# Afterwards


def test_the_same_operation_again_is_the_same_payment_and_another_discount_another(
    manager: Actor,
) -> None:
    note, *_ = sell(manager)
    data = by_right(note)
    assert receive(manager, data) == receive(manager, data)
    other = data.model_copy(update={"discounts": {note: D("1.35")}})
    with pytest.raises(Conflict):
        receive(manager, other)
    assert discounts_of(note) == [D("1.36")]


def test_r12_a_reversed_payment_before_the_settlement_is_owed_again_and_the_discount_stays(
    manager: Actor,
) -> None:
    note, *_ = sell(manager)
    before = pay(manager, DAY - timedelta(days=10), (note, "38.85"))
    settle(manager, note, "49.23", "0.77")
    reverse(manager, before)
    row = note_row(note)
    assert (row.principal_balance, row.settled_on) == (D("38.85"), None)
    assert discounts_of(note) == [D("0.77")]
    assert_sound()
    settle(manager, note, "38.27", "0.58", on=DAY + timedelta(days=1))
    assert note_row(note).principal_balance == 0
    assert_sound()


def test_r12_a_reversed_settlement_gives_its_discount_up(manager: Actor) -> None:
    note, *_ = sell(manager)
    payment = settle(manager, note, "87.49", "1.36")
    reverse(manager, payment)
    assert note_row(note).principal_balance == D("88.85")
    assert receipt_of(payment).discount == D("1.36")
    assert_sound()


def test_r11_a_backdated_payment_before_a_settlement_is_refused(manager: Actor) -> None:
    note, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    with pytest.raises(Conflict, match="Estorne aquele primeiro"):
        pay(manager, DAY - timedelta(days=1), (note, "0.01"))


def test_a_stored_discount_cannot_be_changed(manager: Actor) -> None:
    note, *_ = sell(manager)
    settle(manager, note, "87.49", "1.36")
    with pytest.raises(BusinessError), transaction() as session:
        session.execute(text("UPDATE payment_items SET discount = 1"))
