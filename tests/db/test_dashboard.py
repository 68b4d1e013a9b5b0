"""The manager's figures at a date and over a period (R16, R17, R22)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from credigestor.db.engine import get_engine, snapshot, transaction
from credigestor.db.models import Customer, PaymentItem, Sale
from credigestor.reports import dashboard
from credigestor.rules.aging import BANDS
from credigestor.rules.money import round_cents
from credigestor.rules.periods import Period, month_end, months, stock_dates
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales
from tests.portfolio import (
    TODAY,
    NoteAt,
    add_customer,
    add_sale,
    balances_by_hand,
    month_ends_before,
    pay,
    random_portfolio,
)

pytestmark = pytest.mark.usefixtures("db")
ZERO = Decimal(0)
DATES = [TODAY, TODAY - timedelta(days=1), *month_ends_before(TODAY, 5)]


def late(days: int) -> date:
    return TODAY - timedelta(days=days)


def r17(session: Session) -> None:
    """Customers A, B, C and D of R17's example."""
    sold = late(200)
    soon = TODAY + timedelta(days=10)
    for name, notes in {
        "A": [("100.00", late(44)), ("200.00", soon)],
        "B": [("300.00", soon)],
        "C": [("150.00", late(120)), ("150.00", late(90)), ("150.00", late(60))],
        "D": [("80.00", late(10)), ("160.00", soon)],
    }.items():
        add_sale(session, add_customer(session, name), sold, notes)


def test_r17_every_variant_of_the_delinquency_rate_to_the_hundredth() -> None:
    with transaction() as session:
        r17(session)
    with snapshot() as session:
        [stock] = dashboard.stocks(session, [TODAY], today=TODAY)
    assert stock.receivable == Decimal("1290.00")
    rates = {
        part: round_cents(stock.rate(part) or 0)
        for part in ("overdue", "over_30", "over_30_contract", "over_90", "over_90_contract")
    }
    assert rates == {
        "overdue": Decimal("48.84"),
        "over_30": Decimal("42.64"),
        "over_30_contract": Decimal("58.14"),
        "over_90": Decimal("11.63"),
        "over_90_contract": Decimal("34.88"),
    }


def test_r17_an_empty_shop_has_no_rate_instead_of_zero_percent() -> None:
    with snapshot() as session:
        [stock] = dashboard.stocks(session, [TODAY], today=TODAY)
    assert stock.receivable == 0
    assert stock.rate("overdue") is None


def stock_by_hand(notes: list[NoteAt], as_of: date) -> dict[str, object]:
    def principal(part: list[NoteAt]) -> Decimal:
        return sum((at.owed.principal for at in part), ZERO)

    worst: dict[int, int] = {}
    for at in notes:
        worst[at.sale.id] = max(worst.get(at.sale.id, 0), at.days_late)
    overdue = [at for at in notes if at.is_overdue]
    return {
        "as_of": as_of,
        "receivable": principal(notes),
        "overdue": principal(overdue),
        "over_30": principal([at for at in notes if at.days_late > 30]),
        "over_30_contract": principal([at for at in notes if worst[at.sale.id] > 30]),
        "over_90": principal([at for at in notes if at.days_late > 90]),
        "over_90_contract": principal([at for at in notes if worst[at.sale.id] > 90]),
        "interest": sum((at.owed.interest for at in overdue), ZERO),
        "fine": sum((at.owed.fine for at in overdue), ZERO),
        "open_notes": len(notes),
        "overdue_notes": len(overdue),
    }


def flow_by_hand(session: Session, period: Period, as_of: date) -> dict[str, object]:
    sold = [
        sale.total
        for sale in session.scalars(select(Sale))
        if period.start <= sale.sold_on <= min(period.end, as_of)
        and (sale.cancelled_on is None or sale.cancelled_on > as_of)
    ]
    items = [
        item
        for item in session.scalars(select(PaymentItem))
        if period.start <= item.paid_on <= min(period.end, as_of) and not item.reversed
    ]
    return {
        "sales": len(sold),
        "sold": sum(sold, ZERO),
        "principal": sum((item.principal for item in items), ZERO),
        "interest": sum((item.interest for item in items), ZERO),
        "fine": sum((item.fine for item in items), ZERO),
    }


@pytest.mark.parametrize("seed", [31, 32, 33])
def test_every_figure_is_that_of_a_slow_replay_at_several_dates(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    with snapshot() as session:
        stocks = dashboard.stocks(session, DATES, today=TODAY)
        for as_of, stock in zip(DATES, stocks, strict=True):
            notes = [at for at in balances_by_hand(session, as_of) if at.is_open]
            assert vars(stock) == stock_by_hand(notes, as_of)
            assert_aging(session, as_of, notes)
            assert_due_months(session, as_of, notes)
            assert_debtors(session, as_of, notes)
            assert_next_due(session, as_of, notes)
            assert_flows(session, as_of)


def assert_aging(session: Session, as_of: date, notes: list[NoteAt]) -> None:
    found = dashboard.aging(session, as_of, today=TODAY)
    assert [row.band for row in found] == list(BANDS)
    for row in found:
        members = [at for at in notes if at.band == row.band]
        assert row.notes == len(members)
        assert row.principal == sum((at.owed.principal for at in members), ZERO)


def assert_due_months(session: Session, as_of: date, notes: list[NoteAt]) -> None:
    found = dashboard.receivable_by_month(session, as_of, today=TODAY)
    assert len(found) == dashboard.DUE_MONTHS + 2
    for row in found:
        members = [
            at
            for at in notes
            if (row.due_from or date.min) <= at.note.due_date <= (row.due_to or date.max)
        ]
        assert row.notes == len(members)
        assert row.principal == sum((at.owed.principal for at in members), ZERO)
        assert row.overdue == sum((at.owed.principal for at in members if at.is_overdue), ZERO)
    assert sum(row.notes for row in found) == len(notes)


def assert_debtors(session: Session, as_of: date, notes: list[NoteAt]) -> None:
    owed: Counter[int] = Counter()
    for at in notes:
        owed[at.note.customer_id] += at.owed.principal  # type: ignore[assignment]
    expected = sorted(owed.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    frame = dashboard.largest_debtors(session, as_of, today=TODAY, count=3)
    assert list(zip(frame["customer_id"], frame["principal"], strict=True)) == expected
    for row in frame.itertuples():
        mine = [at for at in notes if at.note.customer_id == row.customer_id]
        assert row.name == session.get_one(Customer, row.customer_id).name
        assert row.notes == len(mine)
        assert row.days_late == max(at.days_late for at in mine)
        assert row.charges == sum((at.owed.charges for at in mine), ZERO)
        assert row.overdue == sum((at.owed.principal for at in mine if at.is_overdue), ZERO)


def assert_next_due(session: Session, as_of: date, notes: list[NoteAt]) -> None:
    frame = dashboard.next_due(session, as_of, today=TODAY)
    expected = {
        at.note.id: at.owed.total
        for at in notes
        if as_of <= at.note.due_date < as_of + timedelta(days=7)
    }
    assert dict(zip(frame["note_id"], frame["owed"], strict=True)) == expected
    assert list(frame["due_date"]) == sorted(frame["due_date"])


def assert_flows(session: Session, as_of: date) -> None:
    for period in (Period(as_of.replace(day=1), as_of), Period(as_of - timedelta(days=89), as_of)):
        for asked in (period, period.previous):
            found = dashboard.flow(session, asked, as_of=as_of)
            assert vars(found) == flow_by_hand(session, asked, as_of)
    by_month = dashboard.by_month(session, as_of, count=13)
    assert [row.month for row in by_month] == months(as_of, 13)
    for row in by_month:
        expected = flow_by_hand(session, Period(row.month, month_end(row.month)), as_of)
        assert (row.sales, row.sold) == (expected["sales"], expected["sold"])
        assert row.principal == expected["principal"]
        assert row.charges == expected["interest"] + expected["fine"]  # type: ignore[operator]


def test_r22_a_reversed_payment_was_not_received_in_its_period(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        payment = pay(session, admin, sale.notes[0], "100.00", late(10))
    month = Period(late(29), TODAY)
    with snapshot() as session:
        before = dashboard.flow(session, month, as_of=TODAY)
    assert (before.interest, before.fine, before.principal) == (
        Decimal("2.00"),
        Decimal("6.00"),
        Decimal("92.00"),
    )
    assert (before.received, before.charges) == (Decimal("100.00"), Decimal("8.00"))
    with transaction() as session:
        payments.reverse(session, admin, payment_id=payment, why="engano", today=TODAY)
    with snapshot() as session:
        after = dashboard.flow(session, month, as_of=TODAY)
        by_month = dashboard.by_month(session, TODAY, count=3)
    assert after.received == 0
    assert sum(month.principal + month.charges for month in by_month) == 0


def test_r13_a_cancelled_sale_counts_until_the_day_it_is_cancelled(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        sales.cancel(session, admin, sale_id=sale.id, why="desistência", today=late(5))
    period = Period(late(70), TODAY)
    with snapshot() as session:
        before, after = dashboard.stocks(session, [late(6), late(5)], today=TODAY)
        sold_before = dashboard.flow(session, period, as_of=late(6))
        sold_after = dashboard.flow(session, period, as_of=late(5))
    assert (before.receivable, before.overdue) == (Decimal(300), Decimal(300))
    assert (after.receivable, after.overdue) == (0, 0)
    assert (sold_before.sales, sold_after.sales) == (1, 0)


def test_what_is_dated_after_the_as_of_date_does_not_count(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), late(60), [("300.00", late(30))])
        pay(session, admin, sale.notes[0], "100.00", late(40))
        pay(session, admin, sale.notes[0], "50.00", late(35))
        add_sale(session, 1, late(35), [("300.00", late(5))])
    period = Period(late(70), TODAY)
    with snapshot() as session:
        found = dashboard.flow(session, period, as_of=late(36))
    assert (found.sales, found.received) == (1, Decimal("100.00"))


def test_the_next_seven_days_begin_with_today() -> None:
    with transaction() as session:
        for days in (-1, 0, 6, 7):
            due = TODAY + timedelta(days=days)
            add_sale(session, add_customer(session, f"Ana {days}"), late(60), [("10.00", due)])
    with snapshot() as session:
        frame = dashboard.next_due(session, TODAY, today=TODAY)
        first = dashboard.next_due(session, TODAY, today=TODAY, limit=1)
    assert list(frame["name"]) == ["Ana 0", "Ana 6"]
    assert list(frame["number"]) == ["000002-01/01", "000003-01/01"]
    assert list(first["name"]) == ["Ana 0"]


def test_twelve_month_ends_are_read_in_one_statement(admin: Actor) -> None:
    with transaction() as session:
        r17(session)
    statements: list[str] = []
    with snapshot() as session:
        session.connection()

        @event.listens_for(get_engine(), "before_cursor_execute")
        def _count(*args: object) -> None:
            statements.append(str(args[2]))

        dates = stock_dates(TODAY, 12)
        stocks = dashboard.stocks(session, dates, today=TODAY)
        event.remove(get_engine(), "before_cursor_execute", _count)
    assert len(statements) == 1
    assert [stock.as_of for stock in stocks] == dates


def test_the_same_date_asked_twice_is_answered_twice() -> None:
    with transaction() as session:
        r17(session)
    with snapshot() as session:
        first, second = dashboard.stocks(session, [TODAY, TODAY], today=TODAY)
    assert first == second
    assert first.receivable == 1290
