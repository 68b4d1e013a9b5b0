"""A story: Ana buys by the fortnight, pays down in cash and Pix, and has it all back next day."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.documents import catalogue
from credigestor.documents.receipt_words import purpose
from credigestor.reports import day, sale, sale_money, summary
from credigestor.reports.booklet import booklet
from credigestor.reports.check.report import check
from credigestor.reports.portfolio import collections
from credigestor.reports.sale_money import MoneyFilters, MoneyTotals
from credigestor.rules.aging import Status
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import sales, summaries
from credigestor.services.sales import NewSale
from tests.portfolio import add_customer
from tests.services.scheduling import FORTNIGHTLY
from tests.services.selling import notes_of

pytestmark = pytest.mark.usefixtures("db")

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def takings(since: date, until: date) -> MoneyTotals:
    """The down payments of some days."""
    with snapshot() as session:
        return sale_money.totals(session, MoneyFilters(since, until))


def to_come(day: date) -> dict[date, D]:
    """What is open, by the month in which it falls due (R21)."""
    with transaction() as session:
        summaries.refresh(session, today=day)
    with snapshot() as session:
        found = collections.open_by_due_month(session, day)
    return {each.due_month: each.principal for each in found}


def test_a_down_payment_of_a_fortnightly_sale_is_handed_back_the_day_after(
    seller: Actor, manager: Actor
) -> None:
    # Monday: Vera sells Ana 900,00. Ana hands over 200,00 in cash and 100,00 by Pix; the rest is
    # four notes of 150,00, one a fortnight from 10 December (R33).
    with transaction() as session:
        ana = add_customer(session)
        sale_id = sales.register(
            session,
            seller,
            NewSale(
                operation_id=uuid.uuid4(),
                customer_id=ana,
                sold_on=MONDAY,
                total=D("900.00"),
                down_payment=D("300.00"),
                down_payment_methods=((Method.CASH, D("200.00")), (Method.PIX, D("100.00"))),
                installments=4,
                first_due_date=date(2026, 12, 10),
                schedule=FORTNIGHTLY,
            ),
            today=MONDAY,
        )
    in_the_till = {"cash": (1, D("200.00")), "pix": (1, D("100.00"))}
    with snapshot() as session:
        vera = day.seller_day(session, seller.id, day=MONDAY)
        there = summary.summary(session, MONDAY, today=MONDAY)
        found = sale.detail(session, sale_id, as_of=MONDAY, today=MONDAY)
        [received] = found.money
        paper = sale_money.receipt(session, received.id)
    assert (vera.sold, vera.down_payments, vera.received) == (D("900.00"), D("300.00"), 0)
    assert vera.down_by_method == in_the_till
    # The notes are what is owed; the down payment is no payment of theirs.
    assert (there.receivable_principal, there.payments, there.received_principal) == (
        *(D("600.00"), 0),
        0,
    )
    assert (paper.amount, paper.method, paper.undone) == (
        *(D("300.00"), "cash 200.00 + pix 100.00"),
        None,
    )
    assert purpose(paper) == f"de entrada da venda {sale_id:06d}"
    # The second is due at Christmas, the third and fourth on a weekend: on time a little longer.
    assert [(note.amount, note.due_date, note.on_time_until) for note in notes_of(sale_id)] == [
        (D("150.00"), date(2026, 12, 10), date(2026, 12, 10)),
        (D("150.00"), date(2026, 12, 25), date(2026, 12, 28)),
        (D("150.00"), date(2027, 1, 9), date(2027, 1, 11)),
        (D("150.00"), date(2027, 1, 24), date(2027, 1, 25)),
    ]
    with snapshot() as session:
        assert booklet(session, sale_id, today=MONDAY).due_told == "a cada 15 dias"
    assert to_come(MONDAY) == {date(2026, 12, 1): D("300.00"), date(2027, 1, 1): D("300.00")}

    # Tuesday: she changes her mind. Guta cancels the sale and hands it all back as it came.
    with transaction() as session:
        sales.cancel(
            session,
            manager,
            sale_id=sale_id,
            why="A cliente desistiu",
            today=TUESDAY,
            refund_methods=((Method.CASH, D("200.00")), (Method.PIX, D("100.00"))),
        )
    assert takings(MONDAY, MONDAY).by_method == in_the_till
    assert takings(MONDAY, MONDAY).refunds == 0
    assert takings(TUESDAY, TUESDAY).refunded_by_method == in_the_till
    both = takings(MONDAY, TUESDAY)
    assert both.received - both.refunded == 0

    # Nothing is to come of the fortnights any more.
    assert to_come(TUESDAY) == {}

    # On paper: hers says DEVOLVIDO now, and there is one of the return, which she signs.
    with snapshot() as session:
        found = sale.detail(session, sale_id, as_of=TUESDAY, today=TUESDAY)
        down, back = (sale_money.receipt(session, each.id) for each in found.money)
        assert [each.kind for each in found.money] == ["down", "refund"]
        assert {*found.notes["status"]} == {Status.CANCELLED}
        assert summary.summary(session, TUESDAY, today=TUESDAY).receivable_principal == 0
        for paper in (down, back):
            made = catalogue.find(session, "recibo-entrada", str(paper.id), {}, today=TUESDAY)
            assert made.file_name == f"recibo-{paper.number}.pdf"
            assert made.pdf().startswith(b"%PDF")
        assert check(session) == []
    assert down.undone is not None
    assert down.undone.reason == "A cliente desistiu"
    assert (back.paid_on, back.amount, back.received_by) == (
        *(TUESDAY, D("300.00")),
        manager.name,
    )
