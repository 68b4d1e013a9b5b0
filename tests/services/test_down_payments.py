"""R35: down payments are money, with methods and a receipt, handed back when it is cancelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Sale, SaleMoney
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from credigestor.reports import day, sale_money
from credigestor.reports.check.report import check
from credigestor.reports.receipt import Money
from credigestor.reports.sale_money import MoneyFilters
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.reports.planting import named
from tests.services.down_paying import TOMORROW, cancel, paid_down, sold
from tests.services.paying import pay
from tests.services.selling import (
    at_once,
    count,
    new_customer,
    notes_of,
    register,
)
from tests.services.test_counter_statements import statements

pytestmark = pytest.mark.usefixtures("db")

BOTH = (("cash", D("120.00")), ("pix", D("80.00")))


def money(sale_id: int) -> list[tuple[str, date, D, str]]:
    with snapshot() as session:
        rows = session.scalars(
            select(SaleMoney).where(SaleMoney.sale_id == sale_id).order_by(SaleMoney.id)
        )
        return [(row.kind, row.moved_on, row.amount, row.way) for row in rows]


def test_r35_a_days_takings_have_the_down_payment_beside_the_notes(seller: Actor) -> None:
    """200,00 down in cash and 60,00 Pix for a note on one day: cash 200,00, Pix 60,00."""
    sale_id = sold(seller)
    pay(seller, TODAY, (notes_of(sale_id)[0].id, "60.00"), method="pix")
    with snapshot() as session:
        mine = day.seller_day(session, seller.id, day=TODAY)
        assert check(session) == []
    assert mine.down_by_method == {"cash": (1, D("200.00"))}
    assert mine.by_method == {"pix": (1, D("60.00"))}
    assert mine.received == D("60.00")  # of notes: never mixed
    assert mine.refunded_by_method == {}
    assert mine.takings == {"cash": D("200.00"), "pix": D("60.00")}


def test_r35_cancelling_hands_it_back_by_method_on_the_day_of_the_cancellation(
    seller: Actor, manager: Actor
) -> None:
    sale_id = sold(seller, down_payment_methods=BOTH)
    cancel(manager, sale_id, refund_methods=(("pix", D("200.00")),))
    way = "cash 120.00 + pix 80.00"
    assert money(sale_id) == [
        ("down", TODAY, D("200.00"), way),
        ("refund", TOMORROW, D("200.00"), "pix"),
    ]
    with snapshot() as session:
        first = day.seller_day(session, seller.id, day=TODAY)
        second = day.seller_day(session, manager.id, day=TOMORROW)
        found = sale_money.totals(session, MoneyFilters())
        listed = sale_money.list_money(session, MoneyFilters(method="cash"), offset=0, limit=9)
        down_id, refund_id = (each.id for each in sale_money.of_sale(session, sale_id, TOMORROW))
        receipts = [sale_money.receipt(session, each) for each in (down_id, refund_id)]
        assert [each.kind for each in sale_money.of_sale(session, sale_id, TODAY)] == ["down"]
        assert check(session) == []
    # The money came in and went out: each day keeps what moved in it.
    assert first.down_by_method == {"cash": (1, D("120.00")), "pix": (1, D("80.00"))}
    assert first.down_payments == 0  # of the sales that still stand
    assert second.refunded_by_method == {"pix": (1, D("200.00"))}
    assert second.takings == {"pix": D("-200.00")}
    assert (found.received, found.refunded) == (D("200.00"), D("200.00"))
    assert list(listed["number"]) == [f"E{down_id:06d}"]
    assert [(each.number, each.kind, each.amount) for each in receipts] == [
        (f"E{down_id:06d}", Money.DOWN, D("200.00")),
        (f"D{refund_id:06d}", Money.REFUND, D("200.00")),
    ]
    assert receipts[0].undone is not None
    assert receipts[0].undone.on == TOMORROW


def test_parts_without_cents_are_told_as_they_are_kept(seller: Actor) -> None:
    sold(seller, down_payment_methods=(("cash", D(120)), ("pix", D(80))))
    with snapshot() as session:
        assert check(session) == []


def test_nobody_said_how(seller: Actor, manager: Actor) -> None:
    """Programs of before, and imports: not told stays not told."""
    sale_id = sold(seller, down_payment_methods=())
    cancel(manager, sale_id)
    assert [row[3] for row in money(sale_id)] == ["unknown", "unknown"]
    with snapshot() as session:
        assert sale_money.totals(session, MoneyFilters(method="unknown")).downs == 1
        assert check(session) == []


def test_a_sale_without_a_down_payment_moves_no_money(seller: Actor, manager: Actor) -> None:
    sale_id = sold(seller, down_payment=D(0), down_payment_methods=())
    cancel(manager, sale_id)
    assert money(sale_id) == []


@pytest.mark.parametrize(
    "methods", [(("cash", D("199.99")),), (("cash", D("200.00")), ("cash", D("0.01")))]
)
def test_parts_that_are_not_the_down_payment_are_refused_and_nothing_is_written(
    seller: Actor, manager: Actor, methods: object
) -> None:
    sale_id = sold(seller)
    customer = new_customer()
    with pytest.raises(InvalidInput) as caught:
        register(seller, paid_down(customer, down_payment_methods=methods), today=TODAY)
    assert caught.value.field == "down_payment_methods"
    with pytest.raises(InvalidInput) as caught:
        cancel(manager, sale_id, refund_methods=methods)
    assert caught.value.field == "refund_methods"
    with pytest.raises(NotAllowed):
        cancel(seller, sale_id)
    assert (count(Sale), [row[0] for row in money(sale_id)]) == (1, ["down"])


def test_a_down_payment_that_is_not_there_has_no_methods(seller: Actor) -> None:
    with pytest.raises(InvalidInput, match="sobram"):
        sold(seller, down_payment=D(0))


def test_a_sale_of_12_notes_paid_down_in_two_methods_takes_at_most_5_statements(
    seller: Actor,
) -> None:
    sale = paid_down(
        new_customer(credit_limit=D("5000.00")), installments=12, down_payment_methods=BOTH
    )
    with statements() as seen:
        sale_id = register(seller, sale, today=TODAY)
    assert len(notes_of(sale_id)) == 12
    assert len(seen) <= 5, seen


def test_a_sale_paid_all_down_has_its_record_too(seller: Actor) -> None:
    sale_id = sold(
        seller,
        down_payment=D("1000.00"),
        down_payment_methods=(("card", D("1000.00")),),
        installments=0,
        first_due_date=None,
    )
    assert money(sale_id) == [("down", TODAY, D("1000.00"), "card")]


def test_the_same_click_again_is_one_sale_and_one_down_payment(
    seller: Actor, manager: Actor
) -> None:
    sale = paid_down()
    assert len({*at_once([partial(register, seller, sale, TODAY)] * 6)}) == 1
    assert (count(Sale), count(SaleMoney)) == (1, 1)
    with pytest.raises(BusinessError, match="outra venda"):
        register(seller, sale.model_copy(update={"down_payment_methods": BOTH}), today=TODAY)
    [sale_id] = {*at_once([partial(register, seller, sale, TODAY)])}
    done = at_once([partial(cancel, manager, sale_id)] * 4)
    assert [isinstance(each, Conflict) for each in done].count(False) == 1
    assert count(SaleMoney) == 2


def test_what_is_on_record_stays_and_check_names_what_does_not_agree(seller: Actor) -> None:
    sale_id = sold(seller, down_payment_methods=BOTH)
    for statement in (delete(SaleMoney), update(SaleMoney).values(amount=1)):
        with pytest.raises(Conflict, match="nada foi gravado"), transaction() as session:
            session.execute(statement)
    for change in (
        "DELETE FROM sale_money",
        "UPDATE sale_money SET amount = 199, cash = 119",
        "UPDATE sale_money SET moved_on = moved_on + 1",
        "UPDATE sale_money SET kind = 'refund'",
        f"UPDATE sales SET down_payment = 201 WHERE id = {sale_id}",
    ):
        assert ("down_payment", "sales", sale_id) in {
            (each.what, each.entity, each.id) for each in named(change)
        }, change
    for change, column in (
        ("UPDATE sale_money SET cash = 80, pix = 120", "method"),
        ("UPDATE sale_money SET done_by = NULL", "done_by"),
        ("UPDATE sale_money SET created_at = created_at + interval '2 hours'", "created_at"),
    ):
        [found] = named(change)
        assert (found.what, found.entity) == ("trail_differs", "sale_money")
        assert column in found.detail
