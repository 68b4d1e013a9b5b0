"""What a month and a year are compared with, counted apart on each day of two months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.imports import importer
from credigestor.imports.importer import read_folder
from credigestor.reports.portfolio import flows, stock
from credigestor.rules.periods import period_of
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from credigestor.ui.analytics.view import View
from tests.imports.files import SAMPLE, needs_sample
from tests.imports.importing import CLI
from tests.portfolio import TODAY, random_portfolio, refresh
from tests.ui.carded import cards_of
from tests.ui.support import open_app

#: February and March: the month before has more days, and fewer.
DAYS = [date(2026, 2, 1) + timedelta(days=k) for k in range(59)]

#: Of the sample shop: the first has as many days as the month before, the second fewer.
SAMPLE_DAYS = [date(2025, 10, 1) + timedelta(days=k) for k in range(61)]
CARDS = ("Vendido", "Recebido: principal", "Recebido: juros e multa")

Rows = Sequence[Any]
_SALES = text("SELECT sold_on, total, down_payment, cancelled_on FROM sales")
_NOTES = text("""
    SELECT n.id, n.amount, n.on_time_until, s.sold_on, s.cancelled_on
    FROM notes n JOIN sales s ON s.id = n.sale_id""")
_PAID = text("""
    SELECT note_id, paid_on, principal, interest, fine, discount
    FROM payment_items WHERE NOT reversed""")


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def month_back(day: date) -> tuple[date, date]:
    """The first and the same day of the month before, counted on fingers."""
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, 1), date(year, month, min(day.day, monthrange(year, month)[1]))


def flow_apart(sales: Rows, paid: Rows, first: date, last: date) -> tuple[int, ...]:
    """Sales, R$ sold, principal and charges received, in cents, of the days as seen on the last."""
    made = [s for s in sales if first <= s.sold_on <= last and not gone(s, last)]
    got = [p for p in paid if first <= p.paid_on <= last]
    return (
        len(made),
        sum(cents(s.total) for s in made),
        sum(cents(p.principal) for p in got),
        sum(cents(p.interest) + cents(p.fine) for p in got),
    )


def gone(row: Any, day: date) -> bool:
    return row.cancelled_on is not None and row.cancelled_on <= day


def stock_apart(notes: Rows, paid: Rows, day: date) -> tuple[int, int]:
    """Open and overdue principal in cents at the end of a day."""
    left = {n.id: cents(n.amount) for n in notes if n.sold_on <= day and not gone(n, day)}
    for p in paid:
        if p.note_id in left and p.paid_on <= day:
            left[p.note_id] -= cents(p.principal) + cents(p.discount)
    late = {n.id for n in notes if n.on_time_until < day}
    return sum(left.values()), sum(amount for id_, amount in left.items() if id_ in late)


def reported(session: Session, view: View) -> list[tuple[int, ...]]:
    """The same of the view and of what it is compared with, as the pages are told."""
    told: list[tuple[int, ...]] = []
    for seen_on, period in ((view.as_of, view.period), view.before):
        found = flows.flow(session, period, as_of=seen_on)
        amounts = (found.sold, found.principal, found.charges)
        [at] = stock.stocks(session, [seen_on])
        told += [
            (found.sales, *map(cents, amounts)),
            (cents(at.receivable), cents(at.overdue)),
        ]
    return told


def test_each_day_of_two_months_is_compared_with_the_same_days(db: str, admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 14, sold=40)
        summaries.refresh(session, today=TODAY)
    with snapshot() as session:
        sales, notes, paid = (session.execute(rows).all() for rows in (_SALES, _NOTES, _PAID))
        changes = set()
        for day in DAYS:
            year = date(day.year, 1, 1), date(day.year - 1, 1, 1), day.replace(year=day.year - 1)
            month = day.replace(day=1), *month_back(day)
            for preset, (first, first_before, last_before) in (("month", month), ("year", year)):
                view = View(day, period_of(preset, day), preset=preset)
                flow, before = (
                    flow_apart(sales, paid, *days)
                    for days in ((first, day), (first_before, last_before))
                )
                assert reported(session, view) == [
                    flow,
                    stock_apart(notes, paid, day),
                    before,
                    stock_apart(notes, paid, last_before),
                ], f"{preset} on {day}"
                changes.add((flow, before))
        assert len(changes) > 30, "hardly anything moved in those days"


def in_reais(amount: int) -> str:
    """R$ of cents, as a person writes it."""
    whole = f"{amount // 100:,}".replace(",", ".")
    return f"R$ {whole},{amount % 100:02d}"


def change(now: int, before: int) -> str:
    """The change in percent with its sign; nothing where there was nothing before."""
    if not before:
        return ""
    tenths = Decimal(1000 * (now - before)) / before
    rounded = int(abs(tenths) + Decimal("0.5"))
    sign = "+" if now > before else "-"
    return f"{sign}{rounded // 10},{rounded % 10} %" if rounded else "sem mudança"


@needs_sample
def test_the_cards_of_the_sample_shop_tell_the_change_of_each_day_of_two_months(db: str) -> None:
    with transaction() as session:
        assert importer.run(session, CLI, read_folder(SAMPLE), today=TODAY).problems == []
    refresh()
    with snapshot() as session:
        sales, paid = (session.execute(rows).all() for rows in (_SALES, _PAID))
    for day in SAMPLE_DAYS:
        first_before, last_before = month_back(day)
        now = flow_apart(sales, paid, day.replace(day=1), day)
        before = flow_apart(sales, paid, first_before, last_before)
        query = {"as_of": str(day), "period": "month"}
        app = open_app(role="manager", page="analytics/dashboard.py", query=query)
        cards = {card.label: card for card in cards_of(app)}
        for place, label in enumerate(CARDS, 1):
            card = cards[label]
            expected = in_reais(now[place]), change(now[place], before[place])
            assert (card.value, card.change.replace("\xa0", " ")) == expected, f"{label} on {day}"
            if card.change:
                assert f"{last_before:%d/%m}" in card.since, f"{label} on {day}"
