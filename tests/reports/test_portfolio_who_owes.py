"""Who owes how much, and through whom: worked examples, and pandas over the ledger (R16, R17)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, get_args

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio import breakdown, flows, largest, stock
from credigestor.reports.portfolio.breakdown import Kind, Part
from credigestor.reports.portfolio.largest import By, Debtor
from credigestor.reports.portfolio.tickets import installments, ticket
from credigestor.reports.scope import EVERYTHING, NO_SELLER, Scope
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import sales, summaries
from tests import tables
from tests.by_hand import Ledger, ledger, open_at
from tests.factories import add_user
from tests.imports.files import needs_sample
from tests.portfolio import (
    TODAY,
    add_customer,
    add_r17,
    add_sale,
    late,
    pay,
    random_portfolio,
    refresh,
)
from tests.replays import any_seed

pytestmark = pytest.mark.usefixtures("db")

SAMPLE_DATES = [date(2024, 10, 31), date(2025, 6, 15), date(2026, 1, 1), date(2026, 8, 28), TODAY]
RANDOM_DATES = [date(2025, 3, 31), date(2026, 6, 17), TODAY, date(2027, 4, 30)]
SCOPES = [
    Scope(),
    Scope(city="Fortaleza"),
    Scope(seller=NO_SELLER),
    Scope(value="500-1000"),
    Scope(city="Recife", value=">1000"),
]


@pytest.fixture
def example(db: str) -> None:
    """R17's four customers, one sale each."""
    with transaction() as session:
        add_r17(session)
    refresh()


@pytest.mark.usefixtures("example")
def test_r17_every_variant_to_the_hundredth() -> None:
    with snapshot() as session:
        [now] = stock.stocks(session, [TODAY])
        contracts = stock.contracts(session, TODAY)
    assert now.receivable == 1290
    parts = (now.overdue, now.over(30), contracts.over_30, now.over(90), contracts.over_90)
    assert parts == (630, 550, 750, 150, 450)
    rates = [round(rate, 2) for rate in map(now.rate, parts) if rate is not None]
    assert rates == [Decimal(r) for r in ("48.84", "42.64", "58.14", "11.63", "34.88")]


@pytest.mark.usefixtures("example")
def test_the_mean_of_days_late_counts_each_overdue_note_once() -> None:
    with snapshot() as session:
        [now] = stock.stocks(session, [TODAY])
    assert now.days_late == Decimal(44 + 120 + 90 + 60 + 10) / 5


@pytest.mark.usefixtures("example")
def test_the_largest_come_first_with_their_names() -> None:
    with snapshot() as session:
        found = largest.debtors_by_name(session, TODAY, count=3)
        overdue = largest.largest(session, TODAY, count=10, by="overdue")
    # of equal amounts the lower id comes first
    owed = [(3, "C", Decimal(450)), (1, "A", Decimal(300)), (2, "B", Decimal(300))]
    assert found == [Debtor(*row) for row in owed]
    assert overdue == [(3, 450), (1, 100), (4, 80)]  # B owes nothing that is late


@pytest.mark.usefixtures("example")
def test_the_largest_can_be_read_page_by_page() -> None:
    with snapshot() as session:
        pages = [largest.largest(session, TODAY, count=2, offset=k) for k in (0, 2, 4)]
        assert [*chain(*pages)] == largest.largest(session, TODAY, count=10)


@pytest.mark.usefixtures("example")
def test_the_day_before_the_sales_nobody_owes_anything() -> None:
    with snapshot() as session:
        assert largest.largest(session, late(201), count=10) == []
        assert largest.debtors(session, late(201)) == (0, 0)
        assert largest.debtors(session, TODAY) == (4, 3)
        assert largest.debtors(session, TODAY, Scope(value="250-500")) == (3, 2)


@pytest.fixture
def january(admin: Actor) -> int:
    """Sales of January 2026 in two cities, by Vera (whose id it gives) or nobody."""
    vera = add_user(name="Vera").id
    with transaction() as session:
        ana = add_customer(session, "Ana", city="Recife")
        bia = add_customer(session, "Bia")
        day = date(2026, 1, 5)
        first = add_sale(
            session, ana, day, [("90.00", date(2026, 2, 5)), ("30.00", date(2026, 3, 5))]
        )
        add_sale(session, ana, day, [("300.00", date(2027, 1, 4))], seller_id=vera)
        add_sale(session, bia, day, [("60.00", date(2026, 2, 5))], seller_id=vera)
        gone = add_sale(session, bia, day, [("500.00", date(2026, 2, 5))], seller_id=vera)
        pay(session, admin, first.notes[0], "90.00", date(2026, 1, 20))
        sales.cancel(session, admin, sale_id=gone.id, why="teste", today=date(2026, 2, 20))
    refresh()
    return vera


def parts(kind: Kind, as_of: date, scope: Scope = EVERYTHING) -> list[Part]:
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    with snapshot() as session:
        return breakdown.parts(session, kind, as_of, period, scope)


def part(key: str, *amounts: int) -> Part:
    return Part(key, *(Decimal(amount) for amount in amounts))


def test_each_part_has_its_stock_and_its_movement(january: int) -> None:
    vera = str(january)
    assert parts("seller", TODAY) == [part(vera, 360, 60, 360, 0), part("none", 30, 30, 120, 90)]
    assert parts("city", TODAY) == [part("Recife", 330, 30, 420, 90), part("", 60, 60, 60, 0)]
    assert parts("value", TODAY) == [
        part("250-500", 300, 0, 300, 0),
        part("0-100", 60, 60, 60, 0),
        part("100-250", 30, 30, 120, 90),
    ]
    # before it was cancelled, the sale of 500,00 was there
    assert parts("seller", date(2026, 1, 10))[0] == part(vera, 860, 0, 860, 0)
    assert [item.rate for item in parts("city", TODAY)] == [Decimal(3000) / 330, 100]


def test_the_parts_of_a_scope_are_those_of_its_sales(january: int) -> None:
    vera = str(january)
    recife = Scope(city="Recife")
    assert parts("seller", TODAY, recife) == [
        part(vera, 300, 0, 300, 0),
        part("none", 30, 30, 120, 90),
    ]
    assert parts("city", TODAY, recife) == [part("Recife", 330, 30, 420, 90)]
    assert parts("value", TODAY, Scope(seller=january, city="Recife")) == [
        part("250-500", 300, 0, 300, 0)
    ]
    assert parts("city", TODAY, Scope(city="Natal")) == []


@pytest.mark.usefixtures("january")
def test_the_average_sale_leaves_cancelled_ones_out() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    with snapshot() as session:
        now, then, none = (
            flows.flow(session, period, as_of=day)
            for day in (TODAY, date(2026, 1, 31), date(2025, 12, 31))
        )
    assert (ticket(now), installments(now)) == (160, Decimal(4) / 3)
    assert (ticket(then), installments(then)) == (245, Decimal(5) / 4)
    assert (ticket(none), installments(none)) == (None, None)


def test_a_customer_who_moved_counts_in_the_city_of_today(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 5, sold=15)
    refresh()
    with transaction() as session:
        session.execute(text("UPDATE customers SET city = 'Natal' WHERE city = 'Recife'"))
    refresh()
    check_all([TODAY], [Scope(city="Natal"), Scope(city="Recife")])


# The same figures computed the slow way.


def check_all(dates: list[date], scopes: list[Scope]) -> None:
    with snapshot() as session:
        books = ledger(session)
        for scope in scopes:
            wanted: dict[str, Any] = {"city": scope.city, "value": scope.value}
            wanted = {name: value for name, value in wanted.items() if value is not None}
            if scope.seller is not None:
                wanted["seller_id"] = None if scope.seller == NO_SELLER else scope.seller
            some = books.only(**wanted)
            for day in dates:
                check_debtors(session, some, day, scope)
                check_parts(session, some, day, scope)


def check_debtors(session: Session, books: Ledger, day: date, scope: Scope) -> None:
    notes = open_at(books, day)
    late = notes[notes["late"] > 0]
    ways: list[tuple[By, pd.DataFrame]] = [("receivable", notes), ("overdue", late)]
    for by, rows in ways:
        owed = sorted(sums(rows, "customer_id", "open").items(), key=lambda row: (-row[1], row[0]))
        for count, offset in ((50, 0), (7, 3)):
            found = largest.largest(session, day, count=count, by=by, scope=scope, offset=offset)
            assert found == owed[offset : offset + count]
    people = (notes["customer_id"].nunique(), late["customer_id"].nunique())
    assert largest.debtors(session, day, scope) == people


def check_parts(session: Session, books: Ledger, day: date, scope: Scope) -> None:
    period = Period(day - timedelta(days=60), day + timedelta(days=10))
    for kind in get_args(Kind):
        found = breakdown.parts(session, kind, day, period, scope)
        assert {item.key: item for item in found} == parts_by_hand(books, kind, day, period)


def parts_by_hand(books: Ledger, kind: Kind, day: date, period: Period) -> dict[str, Part]:
    column = {"seller": "seller_id", "city": "city", "value": "value"}[kind]
    nobody = {"seller": "none", "city": "", "value": ""}[kind]
    keys = {
        sale.sale_id: nobody if getattr(sale, column) is None else str(getattr(sale, column))
        for sale in books.sales.itertuples()
    }
    notes = open_at(books, day)
    made = books.sales.loc[[period.start <= d <= day for d in books.sales["sold_on"]]]
    made = made.loc[[d is None or d > day for d in made["cancelled_on"]]]
    items = books.items.loc[[period.start <= d <= day for d in books.items["paid_on"]]]
    items = items.assign(money=items["principal"] + items["interest"] + items["fine"])
    sale_of = dict(zip(books.notes["note_id"], books.notes["sale_id"], strict=True))
    items = items.assign(sale_id=items["note_id"].map(sale_of))
    columns = [
        sums(rows.assign(key=rows["sale_id"].map(keys)), "key", money)
        for rows, money in (
            (notes, "open"),
            (notes[notes["late"] > 0], "open"),
            (made, "total"),
            (items, "money"),
        )
    ]
    found = {key: [c.get(key, Decimal(0)) for c in columns] for key in set().union(*columns)}
    return {key: Part(key, *amounts) for key, amounts in found.items() if any(amounts)}


def sums(rows: pd.DataFrame, key: str, money: str) -> dict[Any, Decimal]:
    """R$ of a column of cents, summed by another."""
    return {k: Decimal(int(cents)) / 100 for k, cents in rows.groupby(key)[money].sum().items()}


@any_seed
def test_any_portfolio_gives_what_pandas_computes_from_notes_and_payments(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        tables.cut(session, "sales", "customers")
        random_portfolio(session, admin, seed, sold=20)
        session.execute(text("UPDATE sales SET seller_id = NULL WHERE id % 3 = 0"))
        summaries.rebuild(session, today=TODAY)
    check_all(RANDOM_DATES, [*SCOPES, Scope(seller=admin.id)])


@needs_sample
@pytest.mark.usefixtures("sample")
def test_the_sample_shop_gives_what_pandas_computes_from_notes_and_payments() -> None:
    vera = add_user(name="Vera").id
    with transaction() as session:
        session.execute(text("UPDATE sales SET seller_id = :vera WHERE id % 3 = 0"), {"vera": vera})
    refresh()
    check_all(SAMPLE_DATES, [Scope(), Scope(seller=vera, value="100-250")])
