"""R31: a down payment by the customer's credit is no money, and not received twice."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, CreditMovement, Sale, SaleMoney
from credigestor.documents import receipt_words
from credigestor.errors import BusinessError, Conflict, InvalidInput
from credigestor.reports import closings, sale_money
from credigestor.reports import store_credit as report
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.day import seller_day
from credigestor.reports.portfolio.flows import flow
from credigestor.reports.sale_money import MoneyFilters
from credigestor.reports.scope import Scope
from credigestor.reports.takings import shop_day
from credigestor.rules.closed_days import change_name
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import customer_moves, proposals, sales
from credigestor.services.sale_input import NewSale
from tests.portfolio import TODAY
from tests.reports.planting import named
from tests.services.closing import close
from tests.services.crediting import by_credit, kept, pay_back, payback
from tests.services.crediting import sold as notes_sold
from tests.services.down_paying import CASH, TOMORROW, cancel, paid_down
from tests.services.moving import merge
from tests.services.offering import offer
from tests.services.paying import pay, reverse
from tests.services.selling import at_once, count, new_customer, register
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def customer(seller: Actor) -> int:
    """Who is owed 300,00 since today: 309,58 came for a note of 9,58."""
    of = new_customer()
    kept(seller, notes_sold(of, "9.58")[0], "9.58", "300.00")
    return of


def down(customer: int, **changes: Any) -> NewSale:
    """200,00 of 1.000,00 paid down by credit."""
    values = {"down_payment_methods": (), "down_payment_by_credit": True}
    return paid_down(customer, **(values | changes))


def balance(customer: int, on: date = TODAY) -> str:
    with snapshot() as session:
        return str(report.balance(session, customer, on=on))


def refused(act: Any) -> BusinessError:
    tables = (Sale, SaleMoney, CreditMovement, AuditEntry)
    before = [count(table) for table in tables]
    with pytest.raises(BusinessError) as caught:
        act()
    assert [count(table) for table in tables] == before
    return caught.value


def test_r31_a_down_payment_by_credit_is_spent_and_no_money_comes(
    seller: Actor, customer: int
) -> None:
    sale_id = register(seller, down(customer), TODAY)
    assert balance(customer) == "100.00"
    sound()
    with snapshot() as session:
        [money] = sale_money.of_sale(session, sale_id, TODAY)
        assert (money.kind, money.way, money.amount) == ("down", "credit", D("200.00"))
        [_, spent] = report.movements(session, customer, as_of=TODAY)
        assert (spent.kind, spent.amount, spent.source) == ("paid_down", D(-200), f"{sale_id:06d}")
        mine = seller_day(session, seller.id, day=TODAY)
        assert mine.takings == {"cash": D("309.58")}
        assert (mine.down_by_method, mine.by_credit) == ({}, D("200.00"))
        assert (mine.received, mine.payments, mine.down_payments) == (D("9.58"), 1, D("200.00"))
        shop = shop_day(session, day=TODAY)
        assert (shop.sum(), shop.by_credit) == (D("309.58"), D("200.00"))
        found = sale_money.totals(session, MoneyFilters())
        assert (found.downs, found.received, found.by_method) == (1, 0, {})
        assert found.by_credit == D("200.00")
        listed = sale_money.totals(session, MoneyFilters(method="credit"))
        assert (listed.downs, listed.by_credit) == (1, D("200.00"))
        moved = flow(session, NOVEMBER, as_of=TODAY)
        assert (moved.down_payments, moved.received) == (D("200.00"), D("9.58"))
        assert report.paid_down(session, NOVEMBER, as_of=TODAY) == D("200.00")
        for scope, told in ((Scope(seller=seller.id), D(200)), (Scope(seller="none"), D(0))):
            assert report.paid_down(session, NOVEMBER, as_of=TODAY, scope=scope) == told
        assert report.paid_down(session, NOVEMBER, as_of=TODAY - timedelta(days=1)) == 0
        told = session.scalars(
            select(AuditEntry.after["down_payment_method"].astext).where(
                AuditEntry.entity == "sale", AuditEntry.entity_id == sale_id
            )
        ).one()
        assert told == "credit"


def test_r31_a_cancelled_sale_gives_the_credit_back_and_no_money_goes(
    seller: Actor, manager: Actor, customer: int
) -> None:
    sale_id = register(seller, down(customer), TODAY)
    assert refused(partial(cancel, manager, sale_id, refund_methods=CASH)).field == "refund_methods"
    cancel(manager, sale_id)
    assert (balance(customer), balance(customer, TOMORROW)) == ("300.00", "300.00")
    sound()
    with snapshot() as session:
        ways = [(m.kind, m.way, m.on) for m in sale_money.of_sale(session, sale_id, TOMORROW)]
        assert ways == [("down", "credit", TODAY), ("refund", "credit", TOMORROW)]
        back = seller_day(session, manager.id, day=TOMORROW)
        assert (back.takings, back.refunded_by_method, back.by_credit) == ({}, {}, 0)
        assert seller_day(session, seller.id, day=TODAY).by_credit == 0, "undone, as a reversal"
        found = sale_money.totals(session, MoneyFilters())
        assert (found.refunds, found.refunded, found.refunded_as_credit) == (1, 0, D("200.00"))
        assert report.paid_down(session, NOVEMBER, as_of=TODAY) == D("200.00"), "cancelled later"
        assert report.paid_down(session, NOVEMBER, as_of=TOMORROW) == 0
        money_id = sale_money.of_sale(session, sale_id, TOMORROW)[1].id
        paper = sale_money.receipt(session, money_id)
    assert receipt_words.method(paper) == "Crédito do cliente"
    [said] = receipt_words.remarks(paper)
    assert "voltou a ser crédito" in said
    assert register(seller, down(customer, down_payment=D("300.00")), TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"down_payment": D("300.01")}, "down_payment", "300,00 de crédito em 23/11/2026"),
        ({"down_payment_methods": CASH}, "down_payment_methods", "usado sozinho"),
        ({"down_payment": D(0)}, "down_payment", "Diga o valor da entrada"),
        ({"sold_on": TODAY - timedelta(days=1)}, "down_payment", "0,00 de crédito em 22/11/2026"),
    ],
)
def test_r31_no_more_than_there_is_alone_and_for_a_down_payment(
    seller: Actor, customer: int, changes: dict[str, Any], field: str, told: str
) -> None:
    sale = down(customer, **changes)
    for act in (sales.register, sales.preview):
        with transaction() as session:
            error = refused(partial(act, session, seller, sale, today=TODAY))
        assert (type(error), error.field) == (InvalidInput, field)
        assert told in error.message.replace("\xa0", " ")


def test_r31_what_made_it_is_not_reversed_while_a_sale_is_paid_down_by_it(
    seller: Actor, manager: Actor
) -> None:
    customer = new_customer()
    made = kept(seller, notes_sold(customer, "9.58")[0], "9.58", "300.00")
    sale_id = register(seller, down(customer), TODAY)
    assert "já foi usado" in refused(partial(reverse, manager, made)).message
    assert refused(partial(pay_back, manager, payback(customer, "100.01"))).field == "amount"
    cancel(manager, sale_id)
    reverse(manager, made)
    assert balance(customer) == "0.00"
    sound()


def test_the_same_click_again_is_one_sale_and_another_way_is_refused(
    seller: Actor, customer: int
) -> None:
    sale = down(customer)
    assert len({*at_once([partial(register, seller, sale, TODAY)] * 4)}) == 1
    assert balance(customer) == "100.00"
    in_cash = {"down_payment_by_credit": False, "down_payment_methods": CASH}
    error = refused(partial(register, seller, sale.model_copy(update=in_cash), TODAY))
    assert (type(error), error.field) == (Conflict, "operation")
    sound()


def test_two_sales_at_once_do_not_both_get_the_same_credit(seller: Actor, customer: int) -> None:
    results = at_once([partial(register, seller, down(customer), TODAY) for _ in range(3)])
    assert sorted(isinstance(each, InvalidInput) for each in results) == [False, True, True]
    assert balance(customer) == "100.00"
    [note] = notes_sold(customer, "150.00")
    results = at_once(
        [
            partial(by_credit, seller, note, "100.00"),
            partial(register, seller, down(customer, down_payment=D("100.00")), TODAY),
        ]
    )
    assert sum(isinstance(each, InvalidInput) for each in results) == 1
    assert balance(customer) == "0.00"
    sound()


def test_a_sale_paid_all_down_by_credit_has_no_notes(seller: Actor, customer: int) -> None:
    whole = {"total": D("300.00"), "down_payment": D("300.00"), "first_due_date": None}
    register(seller, down(customer, **whole), TODAY)
    assert balance(customer) == "0.00"
    sound()


def test_a_proposal_says_nothing_of_it_and_its_sale_is_paid_down_by_it(
    seller: Actor, customer: int
) -> None:
    made = offer(seller, down(customer, first_due_date=TODAY + timedelta(days=40)))
    assert balance(customer) == "300.00"
    with transaction() as session:
        proposals.close(
            session,
            seller,
            proposal_id=made,
            operation_id=down(customer).operation_id,
            down_payment_by_credit=True,
            today=TODAY,
        )
    assert balance(customer) == "100.00"
    sound()


def test_a_sale_paid_down_by_credit_goes_to_another_with_that_credit_alone(
    seller: Actor, manager: Actor, customer: int
) -> None:
    sale_id = register(seller, down(customer), TODAY)
    other = new_customer()
    with transaction() as session:
        moved = partial(
            customer_moves.move_sale,
            *(session, manager),
            operation_id=uuid.uuid4(),
            sale_id=sale_id,
            customer_id=other,
            why="homônimo",
            today=TODAY,
        )
        assert "foi paga com ele" in refused(moved).message
    merge(manager, customer, other)
    assert (balance(customer), balance(other)) == ("0.00", "100.00")
    sound()


def test_r37_in_closed_days_it_is_listed_as_credit_and_not_as_received(
    manager: Actor,
) -> None:
    customer, day = new_customer(), TODAY - timedelta(days=3)
    [note] = notes_sold(customer, "50.00")
    pay(manager, day, (note, "10.00"), kept=D("300.00"))
    close(manager, TODAY - timedelta(days=1))
    why = "venda anotada no papel"
    register(manager, down(customer, sold_on=day, backdate_reason=why), TODAY)
    with snapshot() as session:
        rows = closings.page(session, ChangeFilters(), offset=0, limit=9)
        totals = closings.totals(session, ChangeFilters())
    told = {
        change_name(row["kind"], row["act"]): (row["received"], row["credit"], row["reason"])
        for row in rows
    }
    assert told["Entrada"] == (0, 0, why)
    assert told["Crédito: usado na entrada de uma venda"] == (0, D("-200.00"), why)
    assert (totals.paid_down, totals.received, totals.credit) == (0, 0, D("-200.00"))


def test_a_movement_that_was_tampered_with_is_found(
    seller: Actor, manager: Actor, customer: int
) -> None:
    sale_id = register(seller, down(customer, down_payment=D("120.00")), TODAY)
    cancelled = register(seller, down(customer, down_payment=D("30.00")), TODAY)
    cancel(manager, cancelled)
    spent = f"sale_id = {sale_id}"
    undoing = f"undoes_id = (SELECT id FROM credit_movements WHERE sale_id = {cancelled})"
    for change, what in (
        (f"UPDATE credit_movements SET amount = amount - 1 WHERE {spent}", "credit"),
        (f"UPDATE credit_movements SET moved_on = moved_on + 1 WHERE {spent}", "credit"),
        (f"UPDATE sale_money SET method = 'cash' WHERE {spent}", "credit"),
        (f"UPDATE sale_money SET method = 'cash' WHERE {spent}", "trail_differs"),
        (f"DELETE FROM credit_movements WHERE {spent}", "credit_missing"),
        (f"DELETE FROM credit_movements WHERE {undoing}", "credit"),
        ("UPDATE sale_money SET method = 'pix' WHERE kind = 'refund'", "down_payment"),
        (
            "INSERT INTO credit_movements (customer_id, kind, moved_on, amount, undoes_id, reason)"
            " SELECT customer_id, 'undone', moved_on, -amount, id, 'plantado' FROM credit_movements"
            f" WHERE {spent}",
            "credit",
        ),
    ):
        assert what in {each.what for each in named(change)}, change
    for statement in (delete(CreditMovement), delete(SaleMoney)):
        with pytest.raises(Conflict, match="nada foi gravado"), transaction() as session:
            session.execute(statement)
