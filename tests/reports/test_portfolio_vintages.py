"""Vintages and first-payment default: worked examples, and pandas over the ledger (R18, R19)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio import first_payment, vintages
from credigestor.reports.portfolio.first_payment import FirstPayments
from credigestor.reports.portfolio.vintages import Cell
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.periods import month_end, months
from credigestor.rules.permissions import Actor
from credigestor.services import sales, summaries
from tests import tables
from tests.by_hand import Ledger, ledger, open_at, rows
from tests.factories import add_user
from tests.imports.files import needs_sample
from tests.portfolio import TODAY, Made, add_customer, add_sale, pay, random_portfolio, refresh
from tests.replays import any_seed

pytestmark = pytest.mark.usefixtures("db")

JANUARY = date(2026, 1, 1)
SAMPLE_DATES = [
    date(2024, 10, 31),
    date(2025, 4, 20),
    date(2025, 12, 31),
    date(2026, 9, 30),
    TODAY,
]
RANDOM_DATES = [date(2025, 3, 31), date(2026, 2, 27), date(2026, 8, 31), TODAY, date(2027, 4, 30)]
SCOPES = [
    Scope(),
    Scope(seller=NO_SELLER),
    Scope(city="Fortaleza"),
    Scope(value="500-1000"),
    Scope(seller=NO_SELLER, city="Fortaleza"),
    Scope(city="Recife", value=">1000"),
]
DUE = [date(2026, 2, 10), date(2026, 3, 10)]


def cells_of(cohort: date, as_of: date = TODAY) -> list[Cell]:
    with snapshot() as session:
        return [cell for cell in vintages.vintages(session, as_of) if cell.cohort == cohort]


def first_payments(as_of: date) -> FirstPayments:
    with snapshot() as session:
        return first_payment.by_month(session, as_of)[JANUARY]


# Small shops, every figure written down.


@pytest.fixture
def january(admin: Actor) -> Made:
    """1.000,00 whose first note is paid too late, 600,00 paid in time, 400,00 soon cancelled."""
    with transaction() as session:
        ana = add_customer(session)
        slow = add_sale(session, ana, JANUARY, [("500.00", due) for due in DUE])
        good = add_sale(session, ana, JANUARY, [("300.00", due) for due in DUE])
        gone = add_sale(session, ana, JANUARY, [("400.00", DUE[0])])
        for note, due in zip(good.notes, DUE, strict=True):
            pay(session, admin, note, "300.00", due)
        # 54 days late: interest 9,00 and fine 10,00
        pay(session, admin, slow.notes[0], "519.00", date(2026, 4, 5))
        sales.cancel(session, admin, sale_id=gone.id, why="teste", today=date(2026, 2, 20))
    refresh()
    return slow


@pytest.mark.usefixtures("january")
def test_r19_a_vintage_is_the_whole_late_contract_over_what_was_financed() -> None:
    """The worked example of the rules' documentation."""
    cells = cells_of(JANUARY)
    assert [cell.as_of for cell in cells] == [month_end(date(2026, k, 1)) for k in range(1, 11)]
    assert [cell.age for cell in cells] == list(range(10))
    assert [cell.financed for cell in cells] == [2000] + [1600] * 9
    # the note of 10/02 is 31 days late on 13/03; once it is paid, that of 10/03 is 51 days late
    assert [cell.over_30 for cell in cells] == [0, 0, 1000, 500, 500, 500, 500, 500, 500, 500]
    # the note of 10/03 is 91 days late on 09/06
    assert [cell.over_90 for cell in cells] == [0, 0, 0, 0, 0, 500, 500, 500, 500, 500]
    assert [cell.rate(30) for cell in cells[:4]] == [0, 0, Decimal("62.5"), Decimal("31.25")]
    assert [cell.rate(90) for cell in cells[4:6]] == [0, Decimal("31.25")]


@pytest.mark.usefixtures("january")
def test_a_cell_is_there_from_its_month_end_and_never_changes_again() -> None:
    on_the_eve = cells_of(JANUARY, date(2026, 3, 30))
    that_day = cells_of(JANUARY, date(2026, 3, 31))
    assert [cell.age for cell in on_the_eve] == [0, 1]
    assert [cell.age for cell in that_day] == [0, 1, 2]
    assert cells_of(JANUARY)[:3] == that_day


@pytest.mark.usefixtures("january")
def test_a_month_without_sales_has_no_rate() -> None:
    february = cells_of(date(2026, 2, 1))
    assert [cell.rate(30) for cell in february] == [None] * 9
    assert cells_of(date(2026, 11, 1)) == []


def test_r18_a_first_note_unpaid_at_30_days_counts_for_good(january: Made, admin: Actor) -> None:
    """The worked example of the rules' documentation."""
    assert first_payments(date(2026, 3, 11)) == FirstPayments(reached=0, unpaid=0)
    assert first_payments(date(2026, 3, 12)) == FirstPayments(reached=2, unpaid=1)
    with transaction() as session:
        pay(session, admin, january.notes[1], "100.00", date(2026, 11, 1))
    refresh()
    assert first_payments(TODAY) == FirstPayments(reached=2, unpaid=1)
    assert first_payments(TODAY).rate == 50
    assert first_payments(date(2026, 3, 11)).rate is None


@pytest.mark.parametrize(
    ("amount", "paid_on", "unpaid"),
    [
        ("500.00", date(2026, 2, 10), 0),
        ("515.00", date(2026, 3, 12), 0),  # the 30th day: interest 5,00, fine 10,00
        ("515.17", date(2026, 3, 13), 1),
        ("514.99", date(2026, 3, 12), 1),  # all but a cent
    ],
)
def test_r18_only_the_whole_first_note_until_the_30th_day_is_a_payment(
    admin: Actor, amount: str, paid_on: date, unpaid: int
) -> None:
    with transaction() as session:
        sale = add_sale(session, add_customer(session), JANUARY, [("500.00", due) for due in DUE])
        pay(session, admin, sale.notes[0], amount, paid_on)
    refresh()
    assert first_payments(TODAY) == FirstPayments(1, unpaid)


def test_sellers_stand_apart_and_may_be_none() -> None:
    vera = add_user(name="Vera").id
    with transaction() as session:
        there = add_customer(session, city="Recife")
        for seller_id in (vera, vera, None):
            add_sale(session, there, JANUARY, [("50.00", DUE[0])], seller_id=seller_id)
        add_sale(session, there, TODAY, [("50.00", TODAY)], seller_id=vera)
    refresh()
    everybody = {str(vera): FirstPayments(2, 2), NO_SELLER: FirstPayments(1, 1)}
    with snapshot() as session:
        for scope in (Scope(), Scope(city="Recife"), Scope(city="Recife", value="0-100")):
            assert first_payment.by_seller(session, TODAY, scope=scope) == everybody
        for scope in (Scope(seller=vera), Scope(seller=vera, city="Recife")):
            found = first_payment.by_seller(session, TODAY, scope=scope)
            assert found == {str(vera): FirstPayments(2, 2)}
        assert first_payment.by_seller(session, TODAY, scope=Scope(city="Natal")) == {}


def test_an_empty_shop_has_cells_without_rates() -> None:
    refresh()
    with snapshot() as session:
        cells = vintages.vintages(session, TODAY)
        counts = first_payment.by_month(session, TODAY)
        sellers = first_payment.by_seller(session, TODAY)
    assert {cell.rate(30) for cell in cells} == {None}
    assert list(counts) == months(TODAY, 12)
    assert set(counts.values()) == {FirstPayments(0, 0)}
    assert sellers == {}


def cell(cohort: int, age: int, late: str, financed: str = "100") -> Cell:
    first = date(2026, cohort, 1)
    end = month_end(date(2026, cohort + age, 1))
    return Cell(first, age, end, Decimal(financed), Decimal(late), Decimal(0))


def test_the_cohort_to_speak_of_is_the_newest_that_is_old_enough() -> None:
    cells = [
        *(cell(1, age, late) for age, late in enumerate(["0", "0", "3", "5", "7"])),
        *(cell(2, age, late, "300") for age, late in enumerate(["0", "0", "6", "27"])),
        *(cell(3, age, late) for age, late in enumerate(["0", "0", "90"])),
        *(cell(4, age, "0", "0") for age in range(2)),
    ]
    spoken = vintages.telling(cells, 30)
    assert spoken == cells[8]
    assert vintages.earlier_rate(cells, cells[8], 30) == 5
    # all the earlier ones together, each by what it financed: 3 + 6 of 400
    assert vintages.earlier_rate(cells, cells[11], 30) == Decimal("2.25")
    assert vintages.earlier_rate(cells, cells[4], 30) is None
    assert vintages.extremes(cells, 30) == (cells[3], cells[8])
    assert vintages.telling(cells, 90) is None
    assert vintages.extremes(cells, 90) == (None, None)


# The same figures computed the slow way.


class CellsByHand:
    """Cells from the notes open at each month end, which are looked up once."""

    def __init__(self, books: Ledger) -> None:
        self.books = books
        self.late: dict[date, dict[tuple[date, int], int]] = {}
        self.sales: dict[date, list[Any]] = defaultdict(list)
        for sale in rows(books.sales):
            self.sales[sale.sold_on.replace(day=1)].append(sale)

    def __call__(self, as_of: date) -> list[Cell]:
        cohorts = months(as_of, vintages.COHORTS)
        ends = [month_end(month) for month in cohorts if month_end(month) <= as_of]
        return [
            self.cell(cohort, age, end)
            for cohort in cohorts
            for age, end in enumerate(end for end in ends if end > cohort)
        ]

    def cell(self, cohort: date, age: int, end: date) -> Cell:
        if end not in self.late:
            self.late[end] = self.late_at(end)
        financed = sum(
            sale.financed
            for sale in self.sales[cohort]
            if not sale.cancelled_on or sale.cancelled_on > end
        )
        late = (self.late[end].get((cohort, over), 0) for over in (30, 90))
        return Cell(cohort, age, end, *(Decimal(int(cents)) / 100 for cents in (financed, *late)))

    def late_at(self, end: date) -> dict[tuple[date, int], int]:
        notes = open_at(self.books, end)
        found: Counter[tuple[date, int]] = Counter()
        for over in (30, 90):
            late = set(notes["sale_id"][notes["late"] > over])
            for note in rows(notes):
                if note.sale_id in late:
                    found[note.sold_on.replace(day=1), over] += note.open
        return found


def judged_by_hand(books: Ledger, as_of: date) -> list[tuple[date, str, bool]]:
    """Month of sale, seller, and whether it is in default, of the sales that count (R18)."""
    first = months(as_of, first_payment.COHORTS)[0]
    paid: Counter[int] = Counter()
    limits = {
        note.note_id: note.due_date + timedelta(days=30)
        for note in rows(books.notes)
        if note.number == 1
    }
    for item in rows(books.items):
        if item.note_id in limits and item.paid_on <= limits[item.note_id]:
            paid[item.note_id] += item.principal + item.discount
    return [
        (
            note.sold_on.replace(day=1),
            NO_SELLER if note.seller_id is None else str(note.seller_id),
            paid[note.note_id] < note.amount,
        )
        for note in rows(books.notes)
        if note.number == 1
        and note.sold_on >= first
        and limits[note.note_id] <= as_of
        and (not note.cancelled_on or note.cancelled_on > as_of)
    ]


def counted(judged: Iterable[tuple[object, bool]]) -> dict[object, FirstPayments]:
    found: dict[object, list[bool]] = {}
    for key, unpaid in judged:
        found.setdefault(key, []).append(unpaid)
    return {key: FirstPayments(len(each), sum(each)) for key, each in found.items()}


def check_all(dates: Iterable[date], scopes: Iterable[Scope]) -> None:
    with snapshot() as session:
        books = ledger(session)
        for scope in scopes:
            wanted: dict[str, Any] = {"city": scope.city, "value": scope.value}
            wanted = {name: value for name, value in wanted.items() if value is not None}
            if scope.seller is not None:
                wanted["seller_id"] = None if scope.seller == NO_SELLER else scope.seller
            part = books.only(**wanted)
            cells_by_hand = CellsByHand(part)
            for day in dates:
                judged = judged_by_hand(part, day)
                by_month = counted((month, unpaid) for month, _, unpaid in judged)
                by_seller = counted((seller, unpaid) for _, seller, unpaid in judged)
                nobody = FirstPayments(0, 0)
                assert vintages.vintages(session, day, scope=scope) == cells_by_hand(day)
                assert first_payment.by_month(session, day, scope=scope) == {
                    month: by_month.get(month, nobody) for month in months(day, 12)
                }
                assert first_payment.by_seller(session, day, scope=scope) == by_seller


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
    check_all(SAMPLE_DATES, [Scope(), Scope(city="Fortaleza")])
