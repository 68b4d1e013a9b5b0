"""Customers with overdue notes, and the filters that choose the notes (R13, R16)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.reports import delinquency as report
from credigestor.reports.delinquency import DelinquencyFilters, DelinquencyTotals
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor
from tests.balances import NoteAt, balances_by_hand
from tests.factories import add_user
from tests.portfolio import (
    TODAY,
    add_customer,
    add_sale,
    late,
    month_ends_before,
    pay,
    random_portfolio,
    refresh,
)
from tests.scoping import belongs

pytestmark = pytest.mark.usefixtures("db")


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
    refresh()
    return seller


def rows(
    filters: DelinquencyFilters | None = None, as_of: date = TODAY
) -> list[tuple[str, int, Decimal]]:
    """Name, notes and principal of each row, the totals checked to be their sums."""
    filters = filters or DelinquencyFilters()
    with snapshot() as session:
        frame = report.delinquency(session, as_of, filters, today=TODAY)
        totals = report.totals(session, as_of, filters, today=TODAY)
    sums = [sum(frame[name], ZERO) for name in ("principal", "interest", "fine")]
    assert totals == DelinquencyTotals(len(frame), sum(frame["notes"]), *sums)
    assert totals.owed == sum(frame["owed"], ZERO)
    return list(zip(frame["name"], frame["notes"], frame["principal"], strict=True))


@pytest.mark.usefixtures("shop")
def test_each_late_customer_has_one_row_and_the_largest_debt_comes_first() -> None:
    with snapshot() as session:
        frame = report.delinquency(session, TODAY, DelinquencyFilters(), today=TODAY)
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


def test_nobody_late_gives_no_rows_and_zeros() -> None:
    refresh()
    assert rows() == []
    assert rows(DelinquencyFilters(bands=("1-30",))) == []
    with snapshot() as session:
        page = report.delinquency(session, TODAY, DelinquencyFilters(), today=TODAY, limit=50)
    assert page.empty
    assert "principal" in page


@pytest.mark.usefixtures("shop")
def test_filters_choose_notes_not_customers() -> None:
    assert rows(DelinquencyFilters(bands=("31-60",))) == [
        ("Bia", 1, Decimal("500.00")),
        ("Ana", 1, Decimal("80.00")),
    ]
    assert rows(DelinquencyFilters(bands=("1-30", "91-180"))) == [("Ana", 2, Decimal("160.00"))]
    assert rows(DelinquencyFilters(due_from=late(40), due_to=late(40))) == [
        ("Bia", 1, Decimal("500.00")),
        ("Ana", 1, Decimal("80.00")),
    ]
    assert rows(DelinquencyFilters(due_from=late(39))) == [("Ana", 1, Decimal("70.00"))]
    assert rows(DelinquencyFilters(due_to=late(41))) == [("Ana", 1, Decimal("90.00"))]


def test_filters_by_seller_city_and_value(shop: int) -> None:
    assert rows() == [("Bia", 1, Decimal("500.00")), ("Ana", 3, Decimal("240.00"))]
    assert rows(DelinquencyFilters(Scope(seller=shop))) == [("Bia", 1, Decimal("500.00"))]
    assert rows(DelinquencyFilters(Scope(seller=NO_SELLER))) == [("Ana", 3, Decimal("240.00"))]
    assert rows(DelinquencyFilters(Scope(seller=shop + 1000))) == []
    assert rows(DelinquencyFilters(Scope(city="Fortaleza"))) == [("Ana", 3, Decimal("240.00"))]
    assert rows(DelinquencyFilters(Scope(city="Natal"))) == []
    assert rows(DelinquencyFilters(Scope(city="Recife"), bands=("1-30",))) == []
    assert rows(DelinquencyFilters(Scope(value="250-500"))) == rows()  # both sales
    assert rows(DelinquencyFilters(Scope(value="500-1000"))) == []
    assert rows(DelinquencyFilters(Scope(seller=shop, value="250-500"))) == [
        ("Bia", 1, Decimal("500.00"))
    ]


def test_a_past_date_shows_who_was_late_then(admin: Actor) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session, "Ana"), late(60), [("300.00", late(30))])
        pay(session, admin, sale.notes[0], "309.00", TODAY)  # 30 days late: 3,00 + 6,00
    refresh()
    assert rows() == []
    assert rows(as_of=late(1)) == [("Ana", 1, Decimal("300.00"))]
    assert rows(as_of=late(30)) == []


@pytest.mark.parametrize(
    "filters",
    [
        DelinquencyFilters(),
        DelinquencyFilters(Scope(seller=NO_SELLER)),
        DelinquencyFilters(bands=("31-60",)),
    ],
)
def test_the_pages_together_are_the_whole_list_in_order(filters: DelinquencyFilters) -> None:
    with transaction() as session:
        for k in range(7):
            customer = add_customer(session, f"Cliente {k}")
            add_sale(session, customer, late(90), [(f"{100 + k % 3}.00", late(40))])
    refresh()
    with snapshot() as session:
        whole = report.delinquency(session, TODAY, filters, today=TODAY)
        pages = [
            report.delinquency(session, TODAY, filters, today=TODAY, offset=start, limit=3)
            for start in (0, 3, 6, 9)
        ]
    ids = list(whole["customer_id"])
    by_amount = sorted(range(7), key=lambda k: (-(k % 3), k))
    assert list(whole["name"]) == [f"Cliente {k}" for k in by_amount]
    assert [list(page["customer_id"]) for page in pages] == [ids[:3], ids[3:6], ids[6:], []]


# The same by replay of every note.


@pytest.mark.parametrize("seed", [41, 42])
def test_rows_are_those_of_a_slow_replay(admin: Actor, seed: int) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed)
    refresh()
    wanted = [
        DelinquencyFilters(),
        DelinquencyFilters(Scope(city="Recife")),
        DelinquencyFilters(Scope(seller=admin.id, value=">1000")),
        DelinquencyFilters(due_from=late(400), due_to=late(31)),
        DelinquencyFilters(Scope(city="Recife"), ("31-60", "91-180", ">360"), due_from=late(400)),
    ]
    with snapshot() as session:
        for as_of in (TODAY, TODAY + timedelta(days=40), *month_ends_before(TODAY, 3)):
            overdue = [at for at in balances_by_hand(session, as_of) if at.is_overdue]
            for filters in wanted:
                chosen = [at for at in overdue if keeps(session, at, filters)]
                compare(session, as_of, filters, chosen)


def keeps(session: Session, at: NoteAt, filters: DelinquencyFilters) -> bool:
    return (
        belongs(session, at.sale, filters.scope)
        and (not filters.bands or at.band in filters.bands)
        and (filters.due_from or date.min) <= at.note.due_date <= (filters.due_to or date.max)
    )


def compare(
    session: Session, as_of: date, filters: DelinquencyFilters, overdue: list[NoteAt]
) -> None:
    by_customer: dict[int, list[NoteAt]] = defaultdict(list)
    for at in overdue:
        by_customer[at.note.customer_id].append(at)
    expected = [row_by_hand(session, id_, notes) for id_, notes in by_customer.items()]
    expected.sort(key=lambda row: (-row["principal"], row["customer_id"]))
    whole = report.delinquency(session, as_of, filters, today=TODAY)
    assert records(whole) == expected
    second = report.delinquency(session, as_of, filters, today=TODAY, offset=2, limit=2)
    assert records(second) == expected[2:4]
    sums = [
        sum((row[part] for row in expected), ZERO) for part in ("principal", "interest", "fine")
    ]
    found = report.totals(session, as_of, filters, today=TODAY)
    assert found == DelinquencyTotals(len(expected), len(overdue), *sums)


def records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def row_by_hand(session: Session, customer_id: int, notes: list[NoteAt]) -> dict[str, Any]:
    customer = session.get_one(Customer, customer_id)
    return {
        "customer_id": customer_id,
        "name": customer.name,
        "tax_id": customer.tax_id,
        "identification": customer.identification,
        "phone": customer.phone,
        "phone_text": customer.phone_text,
        "city": customer.city,
        "notes": len(notes),
        "oldest_due": min(at.note.due_date for at in notes),
        "days_late": max(at.days_late for at in notes),
        "principal": sum((at.owed.principal for at in notes), ZERO),
        "interest": sum((at.owed.interest for at in notes), ZERO),
        "fine": sum((at.owed.fine for at in notes), ZERO),
        "owed": sum((at.owed.total for at in notes), ZERO),
    }
