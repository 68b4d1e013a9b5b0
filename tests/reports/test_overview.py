"""The manager's figures at a date and over a period (R16, R17, R22)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.reports import overview
from credigestor.reports.overview import Headline
from credigestor.reports.portfolio import flows, stock
from credigestor.rules.money import ZERO, round_cents
from credigestor.rules.periods import Period, stock_dates
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales
from tests.portfolio import TODAY, add_customer, add_r17, add_sale, late, pay, refresh

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def r17(db: str) -> None:
    """Customers A, B, C and D of R17's example."""
    with transaction() as session:
        add_r17(session)
    refresh()


def headline(session: Session, as_of: date) -> Headline:
    """That of the last thirty days, beside the thirty before."""
    period = Period(as_of - timedelta(days=29), as_of)
    before = as_of - timedelta(days=30), period.previous
    return overview.headline(session, as_of, period, before, today=TODAY)


@pytest.mark.usefixtures("r17")
def test_r17_every_variant_of_the_delinquency_rate_to_the_hundredth() -> None:
    with snapshot() as session:
        found = headline(session, TODAY)
    now, contracts = found.stock, found.contracts
    assert now.receivable == Decimal("1290.00")
    parts = (now.overdue, now.over(30), contracts.over_30, now.over(90), contracts.over_90)
    assert [str(round_cents(now.rate(part) or ZERO)) for part in parts] == [
        "48.84",
        "42.64",
        "58.14",
        "11.63",
        "34.88",
    ]


def test_r17_an_empty_shop_has_no_rate_instead_of_zero_percent() -> None:
    refresh()
    with snapshot() as session:
        found = headline(session, TODAY)
        details = overview.details(session, TODAY, today=TODAY)
    assert found.stock.receivable == found.flow.received == found.charges.fine == 0
    assert found.stock.rate(found.stock.overdue) is None
    assert details.debtors.empty
    assert details.next_due.empty


def test_r22_a_reversed_payment_was_not_received_in_its_period(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        payment = pay(session, admin, sale.notes[0], "100.00", late(10))
    refresh()
    with snapshot() as session:
        before = headline(session, TODAY).flow
    parts = (before.interest, before.fine, before.principal)
    assert parts == (Decimal("2.00"), Decimal("6.00"), Decimal("92.00"))
    assert (before.received, before.charges) == (Decimal("100.00"), Decimal("8.00"))
    with transaction() as session:
        payments.reverse(session, admin, payment_id=payment, why="engano", today=TODAY)
    refresh()
    with snapshot() as session:
        after = headline(session, TODAY)
    assert after.flow.received == 0
    assert not any(month.received for month in after.months.values())


def test_r13_a_cancelled_sale_counts_until_the_day_it_is_cancelled(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        sales.cancel(session, admin, sale_id=sale.id, why="desistência", today=late(5))
    refresh()
    period = Period(late(70), TODAY)
    with snapshot() as session:
        before, after = stock.stocks(session, [late(6), late(5)])
        sold = [flows.flow(session, period, as_of=late(days)).sales for days in (6, 5)]
    assert (before.receivable, before.overdue) == (Decimal(300), Decimal(300))
    assert after.receivable == after.overdue == 0
    assert sold == [1, 0]


def test_a_period_is_compared_with_an_earlier_one_as_that_was_seen_then(admin: Actor) -> None:
    """Else the earlier one, which has had the time to lose sales, would always look worse."""
    with transaction() as session:
        customer = add_customer(session)
        for sold in (late(40), late(20)):
            sale = add_sale(session, customer, sold, [("300.00", late(-10))])
            day = sold + timedelta(days=25)
            if day <= TODAY:
                sales.cancel(session, admin, sale_id=sale.id, why="desistência", today=day)
    refresh()
    with snapshot() as session:
        found = headline(session, TODAY)
    assert (found.flow.sales, found.flow_before.sales) == (1, 1)


def test_a_period_that_goes_on_is_compared_with_as_many_days(admin: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
        for sold in (date(2026, 10, 24), date(2026, 10, 25)):
            add_sale(session, customer, sold, [("300.00", late(-10))])
    refresh()
    period = Period(date(2026, 11, 1), date(2026, 11, 30))
    before = TODAY - timedelta(days=30), period.previous  # 24/10 and 02/10 to 31/10
    with snapshot() as session:
        found = overview.headline(session, TODAY, period, before, today=TODAY)
    assert found.flow_before.sales == 1


def test_what_is_dated_after_the_as_of_date_does_not_count(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        pay(session, admin, sale.notes[0], "100.00", late(40))
        pay(session, admin, sale.notes[0], "50.00", late(35))
        add_sale(session, 1, late(35), [("300.00", late(5))])
    refresh()
    with snapshot() as session:
        found = flows.flow(session, Period(late(70), TODAY), as_of=late(36))
    assert (found.sales, found.received) == (1, Decimal("100.00"))


def test_the_next_seven_days_begin_with_today() -> None:
    with transaction() as session:
        for days in (-1, 0, 6, 7):
            due = TODAY + timedelta(days=days)
            add_sale(session, add_customer(session, f"Ana {days}"), late(60), [("10.00", due)])
    with snapshot() as session:
        frame = overview.next_due(session, TODAY, today=TODAY)
        first = overview.next_due(session, TODAY, today=TODAY, limit=1)
    assert list(frame["name"]) == ["Ana 0", "Ana 6"]
    assert list(frame["number"]) == ["000002-01/01", "000003-01/01"]
    assert list(first["name"]) == ["Ana 0"]


@pytest.mark.usefixtures("r17")
def test_twelve_month_ends_are_read_in_one_statement() -> None:
    statements: list[str] = []
    dates = stock_dates(TODAY, 12)
    with snapshot() as session:
        session.connection()

        @event.listens_for(get_engine(), "before_cursor_execute")
        def _count(*args: object) -> None:
            statements.append(str(args[2]))

        stocks = stock.stocks(session, dates)
        event.remove(get_engine(), "before_cursor_execute", _count)
    assert len(statements) == 1
    assert [item.as_of for item in stocks] == dates


@pytest.mark.usefixtures("r17")
def test_the_same_date_asked_twice_is_answered_twice() -> None:
    with snapshot() as session:
        first, second = stock.stocks(session, [TODAY, TODAY])
    assert first == second
    assert first.receivable == 1290
