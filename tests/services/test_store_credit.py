"""A customer's credit: kept, given for goods, spent, paid back, never below nothing (R31)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, CreditMovement, Payment
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports import store_credit as report
from credigestor.reports.day import seller_day
from credigestor.reports.portfolio.act_totals import act_totals
from credigestor.reports.portfolio.flows import flow
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import privacy, store_credit
from tests.portfolio import TODAY
from tests.reports.planting import named
from tests.services.crediting import by_credit, kept, pay_back, payback, sold
from tests.services.paying import new_payment, note_row, receive, reverse
from tests.services.returning import give_back, new_return, undo_return, without_interest
from tests.services.selling import at_once, count, new_customer
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def customer() -> int:
    return new_customer()


def balance(customer: int, on: date = TODAY) -> str:
    with snapshot() as session:
        return str(report.balance(session, customer, on=on))


def refused(act: Any, *args: Any) -> BusinessError:
    tables = (CreditMovement, Payment, AuditEntry)
    before = [count(table) for table in tables]
    with pytest.raises(BusinessError) as caught:
        act(*args)
    assert [count(table) for table in tables] == before
    return caught.value


def test_r31_what_is_too_much_is_kept_and_spent_and_is_received_once(
    seller: Actor, customer: int
) -> None:
    first, second = sold(customer, "209.58", "209.58")
    kept(seller, first, "209.58", "40.42")
    assert balance(customer) == "40.42"
    by_credit(seller, second, "40.00")
    assert (balance(customer), str(note_row(second).principal_balance)) == ("0.42", "169.58")
    sound()
    with snapshot() as session:
        day = seller_day(session, seller.id, day=TODAY)
        assert {way: str(sum_) for way, sum_ in day.takings.items()} == {"cash": "250.00"}
        assert (day.payments, str(day.received), str(day.by_credit)) == (1, "209.58", "40.00")
        assert str(flow(session, NOVEMBER, as_of=TODAY).received) == "209.58"
        assert str(act_totals(session, NOVEMBER, as_of=TODAY)["credit"].principal) == "40.00"
        assert str(report.owed_to_customers(session, TODAY)) == "0.42"
        assert report.owed_to_customers(session, TODAY - timedelta(days=1)) == 0


def test_no_more_is_spent_than_there_is_on_the_day_and_on_any_later_one(
    seller: Actor, customer: int
) -> None:
    first, second = sold(customer, "100.00", "100.00")
    kept(seller, first, "50.00", "30.00")
    error = refused(by_credit, seller, second, "30.01")
    assert (type(error), error.field) == (InvalidInput, "methods")
    assert "30,00 de crédito" in error.message.replace("\xa0", " ")
    assert "0,00 de crédito" in refused(
        by_credit, seller, second, "10.00", TODAY - timedelta(days=1)
    ).message.replace("\xa0", " ")
    by_credit(seller, second, "30.00")
    refused(by_credit, seller, second, "0.01")
    sound()


def test_two_who_spend_it_at_once_do_not_both_get_it(seller: Actor, customer: int) -> None:
    first, second, third = sold(customer, "100.00", "100.00", "100.00")
    kept(seller, first, "50.00", "30.00")
    results = at_once([partial(by_credit, seller, note, "20.00") for note in (second, third)])
    assert sorted(isinstance(each, InvalidInput) for each in results) == [False, True]
    assert balance(customer) == "10.00"
    sound()


def test_reversing_what_made_it_and_spending_it_at_once_do_not_both_happen(
    seller: Actor, manager: Actor, customer: int
) -> None:
    first, second = sold(customer, "100.00", "100.00")
    made = kept(seller, first, "50.00", "30.00")
    results = at_once(
        [partial(reverse, manager, made), partial(by_credit, seller, second, "30.00")]
    )
    assert sum(isinstance(each, BusinessError) for each in results) == 1
    assert balance(customer) == "0.00"
    sound()


def test_what_made_it_is_not_reversed_while_it_is_spent(
    seller: Actor, manager: Actor, customer: int
) -> None:
    first, second = sold(customer, "100.00", "100.00")
    made = kept(seller, first, "50.00", "30.00")
    spent = by_credit(seller, second, "20.00")
    error = refused(reverse, manager, made)
    assert isinstance(error, Conflict)
    assert "já foi usado" in error.message
    reverse(manager, spent)
    assert balance(customer) == "30.00"
    sound()
    reverse(manager, made)
    assert balance(customer) == "0.00"
    sound()


def test_the_same_payment_again_keeps_it_once_and_another_credit_is_another_payment(
    seller: Actor, customer: int
) -> None:
    [note] = sold(customer, "100.00")
    data = new_payment(TODAY, (note, "50.00"), kept=D("30.00"))
    assert receive(seller, data) == receive(seller, data)
    assert balance(customer) == "30.00"
    with pytest.raises(Conflict):
        receive(seller, data.model_copy(update={"kept": D("20.00")}))
    for wrong in ({"kept": D(-1)}, {"kept": D("0.001")}):
        assert refused(receive, seller, new_payment(TODAY, (note, "1.00"), **wrong)).field == "kept"
    both = new_payment(TODAY, (note, "1.00")).model_copy(update={"by_credit": True})
    assert refused(receive, seller, both).field == "methods"


def test_r30_goods_come_back_as_credit_and_are_undone_unless_it_is_spent(
    manager: Actor,
) -> None:
    sale = without_interest(manager)
    act = give_back(manager, new_return(sale, "650.00", back_by="credit"))
    with snapshot() as session:
        buyer = session.scalars(select(CreditMovement.customer_id)).one()
    assert balance(buyer) == "150.00"
    sound()
    [note] = sold(buyer, "100.00")
    spent = by_credit(manager, note, "100.00")
    sound()
    with pytest.raises(Conflict, match="já foi usado"):
        undo_return(manager, act)
    reverse(manager, spent)
    undo_return(manager, act)
    assert balance(buyer) == "0.00"
    sound()


def test_r31_it_is_paid_back_with_who_and_why_and_that_is_undone(
    seller: Actor, manager: Actor, customer: int
) -> None:
    [note] = sold(customer, "100.00")
    kept(seller, note, "50.00", "30.00")
    with pytest.raises(NotAllowed):
        pay_back(seller, payback(customer, "30.00"))
    assert refused(pay_back, manager, payback(customer, "30.01")).field == "amount"
    assert refused(pay_back, manager, payback(customer, "30.00", reason="")).field == "reason"
    data = payback(customer, "30.00")
    made = pay_back(manager, data)
    assert pay_back(manager, data) == made
    with pytest.raises(Conflict):
        pay_back(manager, data.model_copy(update={"amount": D("20.00")}))
    assert balance(customer) == "0.00"
    with snapshot() as session:
        day = seller_day(session, manager.id, day=TODAY)
        assert {way: str(sum_) for way, sum_ in day.takings.items()} == {"pix": "-30.00"}
    sound()
    with transaction() as session:
        store_credit.undo_payback(session, manager, movement_id=made, why="engano", today=TODAY)
    assert balance(customer) == "30.00"
    with transaction() as session, pytest.raises(Conflict, match="já foi desfeita"):
        store_credit.undo_payback(session, manager, movement_id=made, why="engano", today=TODAY)
    sound()


def test_a_movement_that_was_tampered_with_is_found(
    seller: Actor, manager: Actor, customer: int
) -> None:
    first, second = sold(customer, "100.00", "100.00")
    kept(seller, first, "50.00", "30.00")
    by_credit(seller, second, "20.00")
    pay_back(manager, payback(customer, "5.00"))
    new_customer()
    for change in (
        "UPDATE credit_movements SET amount = amount + 1 WHERE kind = 'kept'",
        "UPDATE credit_movements SET amount = amount - 1 WHERE kind = 'spent'",
        "UPDATE credit_movements SET amount = amount + 1 WHERE kind = 'paid_back'",
        "UPDATE credit_movements SET moved_on = moved_on - 1 WHERE kind = 'paid_back'",
        "UPDATE credit_movements SET method = 'cash' WHERE kind = 'paid_back'",
        "UPDATE credit_movements SET customer_id = 2 WHERE kind = 'kept'",
        "UPDATE payments SET method = 'cash' WHERE method = 'credit'",
        "DELETE FROM credit_movements WHERE kind = 'spent'",
        "DELETE FROM credit_movements WHERE kind = 'paid_back'",
        "DELETE FROM credit_movements WHERE kind = 'kept'",
    ):
        assert named(change), change


def test_who_is_owed_credit_is_not_anonymised(seller: Actor, manager: Actor, customer: int) -> None:
    [note] = sold(customer, "100.00")
    kept(seller, note, "100.00", "30.00")

    def told() -> list[str]:
        with snapshot() as session:
            found = privacy.conditions(session, customer, today=TODAY)
        return [each.sentence.replace("\xa0", " ") for each in found if "crédito" in each.sentence]

    assert told() == ["A loja ainda lhe deve R$ 30,00 de crédito."]
    pay_back(manager, payback(customer, "30.00"))
    assert told() == ["A loja não lhe deve crédito."]
