"""A seller's day, and the notes that fall due."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.day import SellerDay, due_on, seller_day
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales
from credigestor.services.payments import NewPayment
from tests.portfolio import TODAY, add_customer, add_sale, pay

pytestmark = pytest.mark.usefixtures("db")

YESTERDAY = TODAY - timedelta(days=1)


def day_of(actor: Actor, day: date = TODAY) -> SellerDay:
    with snapshot() as session:
        return seller_day(session, actor.id, day=day)


def test_a_day_without_work_is_zero(seller: Actor) -> None:
    day = day_of(seller)
    assert (day.sales, day.sold, day.down_payments) == (0, 0, 0)
    assert (day.payments, day.received, day.by_method) == (0, 0, {})


def test_a_day_counts_only_the_own_live_sales_of_that_day(seller: Actor, admin: Actor) -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana")
        due = [("100.00", TODAY + timedelta(days=30))]
        add_sale(session, ana, TODAY, due, seller_id=seller.id)
        add_sale(session, ana, YESTERDAY, due, seller_id=seller.id)
        add_sale(session, ana, TODAY, due, seller_id=admin.id)
        cancelled = add_sale(session, ana, TODAY, due, seller_id=seller.id)
        sales.cancel(session, admin, sale_id=cancelled.id, why="desistiu", today=TODAY)
        sales.register(
            session,
            seller,
            sales.NewSale(
                operation_id=uuid.uuid4(),
                customer_id=ana,
                sold_on=TODAY,
                total=Decimal("40.50"),
                down_payment=Decimal("40.50"),
            ),
            today=TODAY,
        )
    day = day_of(seller)
    assert (day.sales, day.sold, day.down_payments) == (2, Decimal("140.50"), Decimal("40.50"))


def test_a_day_sums_the_own_live_payments_by_method(seller: Actor, admin: Actor) -> None:
    """R22: by payment date, reversals excluded."""
    with transaction() as session:
        ana = add_customer(session, "Ana")
        notes = [("100.00", TODAY)] * 4
        sale = add_sale(session, ana, TODAY - timedelta(days=30), notes)
        pay(session, seller, sale.notes[0], "30.00", TODAY)
        pay(session, seller, sale.notes[0], "20.00", TODAY)
        pay(session, seller, sale.notes[0], "7.00", YESTERDAY)
        pay(session, admin, sale.notes[1], "9.00", TODAY)
        wrong = pay(session, seller, sale.notes[1], "5.00", TODAY)
        payments.reverse(session, admin, payment_id=wrong, why="engano", today=TODAY)
        both = NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=ana,
            paid_on=TODAY,
            method=Method.PIX,
            items=((sale.notes[2], Decimal("100.00")), (sale.notes[3], Decimal("1.50"))),
        )
        payments.receive(session, seller, both, today=TODAY)
    day = day_of(seller)
    assert day.by_method == {"pix": (1, Decimal("101.50")), "cash": (2, Decimal("50.00"))}
    assert (day.payments, day.received) == (3, Decimal("151.50"))


def test_notes_that_fall_due_are_listed_by_customer_without_the_paid_ones(admin: Actor) -> None:
    with transaction() as session:
        made = {
            name: add_sale(
                session,
                add_customer(session, name, phone="+5585988724443"),
                TODAY - timedelta(days=30),
                [("100.00", TODAY), ("100.00", TODAY + timedelta(days=30))],
            )
            for name in ("Rui", "Ana", "Zoe")
        }
        pay(session, admin, made["Zoe"].notes[0], "100.00", TODAY)
        pay(session, admin, made["Ana"].notes[0], "40.00", TODAY)
    with snapshot() as session:
        frame = due_on(session, TODAY, today=TODAY)
        first = due_on(session, TODAY, today=TODAY, limit=1)
    assert list(frame["customer"]) == ["Ana", "Rui"]
    assert list(frame["owed"]) == [Decimal("60.00"), Decimal("100.00")]
    assert list(frame["id"]) == [made["Ana"].notes[0], made["Rui"].notes[0]]
    assert list(first["customer"]) == ["Ana"]
