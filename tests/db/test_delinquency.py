"""Customers with overdue notes, and the filters that choose the notes (R13, R16)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.reports import delinquency as report
from credigestor.reports.delinquency import NO_SELLER, Filters
from credigestor.rules.permissions import Actor
from tests.factories import add_user
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


def late(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
def shop(db: str) -> int:
    """Ana: notes late by 5, 40 and 100 days, and one not due. Bia: one late by 40 days, sold by
    the user whose id this gives. Caio: nothing late.
    """
    seller = add_user(name="Vera").id
    with transaction() as session:
        ana = add_customer(session, "Ana", city="Fortaleza", phone="+5585988724443")
        bia = add_customer(session, "Bia", city="Recife")
        caio = add_customer(session, "Caio", city="Natal")
        add_sale(
            session,
            ana,
            late(130),
            [("90.00", late(100)), ("80.00", late(40)), ("70.00", late(5)), ("60.00", TODAY)],
        )
        add_sale(session, bia, late(90), [("500.00", late(40))], seller_id=seller)
        add_sale(session, caio, late(90), [("500.00", TODAY)], seller_id=seller)
    return seller


def rows(filters: Filters | None = None, as_of: date = TODAY) -> list[tuple[str, int, Decimal]]:
    with snapshot() as session:
        frame = report.delinquency(session, as_of, filters, today=TODAY)
    return [(row.name, row.notes, row.principal) for row in frame.itertuples()]


@pytest.mark.usefixtures("shop")
def test_each_late_customer_has_one_row_and_the_largest_debt_comes_first() -> None:
    with snapshot() as session:
        frame = report.delinquency(session, TODAY, today=TODAY)
    bia, ana = frame.to_dict("records")
    assert (bia["name"], bia["notes"], bia["days_late"]) == ("Bia", 1, 40)
    assert (ana["name"], ana["notes"], ana["days_late"]) == ("Ana", 3, 100)
    assert (ana["phone"], ana["city"], ana["oldest_due"]) == (
        "+5585988724443",
        "Fortaleza",
        late(100),
    )
    # 90,00 × 100 days, 80,00 × 40 and 70,00 × 5 at 1 % a month; 2 % of each once
    assert ana["interest"] == Decimal("3.00") + Decimal("1.07") + Decimal("0.12")
    assert ana["fine"] == Decimal("1.80") + Decimal("1.60") + Decimal("1.40")
    assert ana["owed"] == Decimal("240.00") + ana["interest"] + ana["fine"]


@pytest.mark.usefixtures("shop")
def test_the_totals_are_those_of_the_rows() -> None:
    with snapshot() as session:
        frame = report.delinquency(session, TODAY, today=TODAY)
    totals = report.totals(frame)
    assert (totals.customers, totals.notes, totals.principal) == (2, 4, Decimal("740.00"))
    assert totals.owed == totals.principal + totals.interest + totals.fine


def test_nobody_late_gives_no_rows_and_zeros() -> None:
    with snapshot() as session:
        frame = report.delinquency(session, TODAY, today=TODAY)
    assert frame.empty
    assert report.totals(frame) == report.Totals(0, 0, ZERO, ZERO, ZERO, ZERO)


@pytest.mark.usefixtures("shop")
def test_filters_choose_notes_not_customers() -> None:
    assert rows(Filters(bands=("31-60",))) == [
        ("Bia", 1, Decimal("500.00")),
        ("Ana", 1, Decimal("80.00")),
    ]
    assert rows(Filters(bands=("1-30", "91-180"))) == [("Ana", 2, Decimal("160.00"))]
    assert rows(Filters(due_from=late(40), due_to=late(40))) == [
        ("Bia", 1, Decimal("500.00")),
        ("Ana", 1, Decimal("80.00")),
    ]
    assert rows(Filters(due_from=late(39))) == [("Ana", 1, Decimal("70.00"))]
    assert rows(Filters(due_to=late(41))) == [("Ana", 1, Decimal("90.00"))]


def test_filters_by_seller_and_city(shop: int) -> None:
    assert rows(Filters(seller=shop)) == [("Bia", 1, Decimal("500.00"))]
    assert rows(Filters(seller=NO_SELLER)) == [("Ana", 3, Decimal("240.00"))]
    assert rows(Filters(seller=shop + 1000)) == []
    assert rows(Filters(city="Fortaleza")) == [("Ana", 3, Decimal("240.00"))]
    assert rows(Filters(city="Natal")) == []
    assert rows(Filters(city="Recife", bands=("1-30",))) == []


@pytest.mark.usefixtures("shop")
def test_the_cities_to_choose_from_are_those_of_late_customers() -> None:
    with snapshot() as session:
        assert report.cities(session, TODAY, today=TODAY) == ["Fortaleza", "Recife"]
        assert report.cities(session, late(90), today=TODAY) == ["Fortaleza"]


def test_a_past_date_shows_who_was_late_then(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session, "Ana"), late(60), [("300.00", late(30))])
        pay(session, admin, sale.notes[0], "309.00", TODAY)  # 30 days late: 3,00 + 6,00
    assert rows() == []
    assert rows(as_of=late(1)) == [("Ana", 1, Decimal("300.00"))]
    assert rows(as_of=late(30)) == []


@pytest.mark.parametrize("seed", [41, 42])
def test_rows_are_those_of_a_slow_replay(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    filters = Filters(due_from=late(400), bands=("31-60", "91-180", ">360"), city="Recife")
    with snapshot() as session:
        for as_of in (TODAY, *month_ends_before(TODAY, 4)):
            overdue = [at for at in balances_by_hand(session, as_of) if at.is_overdue]
            compare(report.delinquency(session, as_of, today=TODAY), overdue)
            chosen = [
                at
                for at in overdue
                if at.note.due_date >= late(400)
                and at.band in filters.bands
                and session.get_one(Customer, at.note.customer_id).city == "Recife"
            ]
            compare(report.delinquency(session, as_of, filters, today=TODAY), chosen)


def compare(frame: pd.DataFrame, overdue: list[NoteAt]) -> None:
    found = {row.customer_id: row for row in frame.itertuples()}
    assert set(found) == {at.note.customer_id for at in overdue}
    for customer_id, row in found.items():
        mine = [at for at in overdue if at.note.customer_id == customer_id]
        assert row.notes == len(mine)
        assert row.days_late == max(at.days_late for at in mine)
        assert row.oldest_due == min(at.note.due_date for at in mine)
        assert row.principal == sum((at.owed.principal for at in mine), ZERO)
        assert row.interest == sum((at.owed.interest for at in mine), ZERO)
        assert row.fine == sum((at.owed.fine for at in mine), ZERO)
        assert row.owed == sum((at.owed.total for at in mine), ZERO)
