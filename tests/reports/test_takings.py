"""A day of the whole shop: takings by person and method, sales, and what falls due (R22, R35)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.reports import day, takings
from credigestor.reports.takings import Came, ShopDay
from credigestor.rules.permissions import Actor
from tests.factories import actor_of
from tests.portfolio import TODAY, late
from tests.services.down_paying import cancel
from tests.services.paying import pay, reverse, sell
from tests.services.selling import new_customer, new_sale, register

pytestmark = pytest.mark.usefixtures("db")

SOON = TODAY + timedelta(days=30)


def today() -> ShopDay:
    with snapshot() as session:
        return takings.shop_day(session, day=TODAY)


def test_r35_what_came_in_is_told_by_person_method_and_what_it_was_for(
    manager: Actor, seller: Actor
) -> None:
    customer = new_customer()
    [note] = sell(("900.00", late(50)), customer=customer).notes
    parts = (("cash", D("40.00")), ("pix", D("60.00")))
    pay(seller, TODAY, (note, "100.00"), method=None, methods=parts)
    pay(manager, TODAY, (note, "30.00"))
    pay(manager, late(1), (note, "7.00"))
    reverse(manager, pay(seller, TODAY, (note, "500.00")))
    terms: dict[str, Any] = {"sold_on": TODAY, "first_due_date": SOON, "down_payment": D("200.00")}
    terms["down_payment_methods"] = (("cash", D("200.00")),)
    for _ in range(2):
        last = register(manager, new_sale(customer, override_reason="antiga", **terms), TODAY)
    cancel(manager, last, TODAY, refund_methods=(("cash", D("200.00")),))
    found = today()
    assert Counter({(t.person, t.method, t.came): t.amount for t in found.takings}) == {
        ("Vera Vendedora", "cash", Came.NOTES): D("40.00"),
        ("Vera Vendedora", "pix", Came.NOTES): D("60.00"),
        ("Guta Gerente", "cash", Came.NOTES): D("30.00"),
        ("Guta Gerente", "cash", Came.DOWN): D("400.00"),
        ("Guta Gerente", "cash", Came.REFUND): D("-200.00"),
    }
    assert (found.sum(Came.NOTES), found.sum(), found.by_credit) == (D("130.00"), D("330.00"), 0)
    [by] = found.sold
    assert (by.person, by.sales, by.sold) == ("Guta Gerente", 1, D("1000.00"))
    with snapshot() as session:  # each seller's own day adds up to it
        days = [day.seller_day(session, who.id, day=TODAY) for who in (manager, seller)]
    assert sum(sum(each.takings.values()) for each in days) == found.sum()


def test_the_takings_of_two_people_of_one_name_are_not_one(
    manager: Actor, make_user: Callable[..., Any]
) -> None:
    one, two = (make_user(login=login, name="Ana") for login in ("ana", "ana2"))
    [note] = sell(("900.00", late(50)), customer=new_customer()).notes
    pay(actor_of(one), TODAY, (note, "40.00"))
    pay(actor_of(two), TODAY, (note, "2.00"))
    pay(manager, TODAY, (note, "1.00"))
    assert {each.person: each.amount for each in today().takings} == {
        f"Ana ({one.id})": D("40.00"),
        f"Ana ({two.id})": D("2.00"),
        "Guta Gerente": D("1.00"),
    }


def test_a_day_without_work_is_nothing() -> None:
    found = today()
    assert (found.takings, found.sold, found.sum()) == ([], [], 0)


def test_what_falls_due_is_told_by_day_without_what_is_paid() -> None:
    week = TODAY + timedelta(days=6)
    sell(("10.00", TODAY), ("20.00", week), ("40.00", week + timedelta(days=1)))
    [_, paid] = sell(("5.00", week), ("80.00", TODAY)).notes
    with transaction() as session:
        note = session.get_one(Note, paid)
        note.principal_balance, note.settled_on = D(0), TODAY
    with snapshot() as session:
        assert takings.due_by_day(session, TODAY, week) == [
            (TODAY, 1, D("10.00")),
            (week, 2, D("25.00")),
        ]
