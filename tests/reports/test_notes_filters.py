"""What the filters of the list of notes leave, against a replay of every note, at any date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Note, Renegotiation, Sale
from credigestor.reports import notes
from credigestor.reports.notes import NoteFilters
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.aging import Status
from credigestor.rules.permissions import Actor
from credigestor.rules.value_ranges import VALUE_RANGES, value_range
from credigestor.services import sales
from tests import tables
from tests.acting import act, random_acts
from tests.balances import NoteAt, balances_by_hand
from tests.portfolio import TODAY, add_customer, add_sale, month_ends_before, random_portfolio
from tests.reports.test_notes import listed
from tests.services.paying import note_row, pay, sell

pytestmark = pytest.mark.usefixtures("db")

DAY = timedelta(days=1)
MONTH = timedelta(days=30)
Kept = Callable[[NoteAt], bool]


@pytest.fixture
def portfolio(admin: Actor, seller: Actor) -> None:
    """Two years of sales, with acts; some of them the seller's, some of customers of no city."""

    def make(session: Session) -> None:
        random_portfolio(session, admin, seed=3, sold=25)
        random_acts(session, admin, seed=5, count=120)
        for sale in session.scalars(select(Sale).where(Sale.id % 3 == 0)):
            sale.seller_id = seller.id
        for sale in session.scalars(select(Sale).where(Sale.id % 3 == 1)):
            sale.seller_id = None

    tables.once("notes' filters", make)


def made(at: NoteAt) -> date:
    return at.note.original_due_date or at.note.due_date


def compare(filters: NoteFilters, kept: Callable[[Session, date], Kept], *, dates: int = 3) -> None:
    """The list, and its sums, are those of the notes that are kept by hand."""
    some = 0
    for as_of in [TODAY, *month_ends_before(TODAY, dates)]:
        with snapshot() as session:
            wanted = kept(session, as_of)
            found = [at for at in balances_by_hand(session, as_of) if wanted(at)]
            totals = notes.totals(session, filters, as_of=as_of, today=TODAY)
            ids = notes.few(session, filters, as_of=as_of, today=TODAY)
        by_due = sorted(found, key=lambda at: (at.note.due_date, at.note.id))
        assert ids == [at.note.id for at in by_due], as_of
        assert totals.principal == sum((at.owed.principal for at in found), D(0)), as_of
        some += len(found)
    assert some, "nothing was compared"


@pytest.mark.parametrize(
    "bands", [("31-60", "91-180"), ("current", ">360"), ("1-30", "31-60", "61-90")]
)
def test_several_bands_are_any_of_them(portfolio: None, bands: tuple[str, ...]) -> None:
    compare(NoteFilters(bands=bands), lambda s, d: lambda at: at.is_open and at.band in bands)


def test_r32_some_notes_of_the_shop_were_due_at_other_dates_then(portfolio: None) -> None:
    with snapshot() as session:
        moved = [at for at in balances_by_hand(session, TODAY) if at.due_date != made(at)]
        then = {
            (at.note.id, at.due_date)
            for months in range(1, 24)
            for at in balances_by_hand(session, TODAY - months * MONTH)
        }
    assert len(moved) > 5
    assert any((at.note.id, made(at)) in then for at in moved)


@pytest.mark.parametrize("status", [Status.PENDING, Status.PARTIAL, Status.OVERDUE])
def test_r32_a_status_is_that_of_the_dates_in_force_then(portfolio: None, status: Status) -> None:
    compare(NoteFilters(status=status), lambda s, d: lambda at: at.status is status, dates=12)


def test_r32_due_dates_are_those_in_force_then(portfolio: None) -> None:
    first, last = TODAY - 6 * MONTH, TODAY - 2 * MONTH
    compare(
        NoteFilters(due_from=first, due_to=last),
        lambda s, d: lambda at: first <= at.due_date <= last,
        dates=12,
    )


def test_r32_a_walk_through_the_list_of_a_past_day_gives_each_note_once(portfolio: None) -> None:
    then, walked, after = TODAY - 5 * MONTH, [], None
    with snapshot() as session:
        while True:
            page = session.execute(
                notes.listed(NoteFilters(), as_of=then, today=TODAY, limit=7, after=after)
            ).all()
            if not page:
                break
            walked += [row.id for row in page]
            after = (page[-1].walked_by, page[-1].id)
        every = {at.note.id for at in balances_by_hand(session, then)}
    assert len(walked) == len(every)
    assert set(walked) == every


@pytest.mark.parametrize("value", VALUE_RANGES)
def test_the_value_is_that_of_the_whole_sale(portfolio: None, value: str) -> None:
    compare(NoteFilters(value=value), lambda s, d: lambda at: value_range(at.sale.total) == value)


@pytest.mark.parametrize(("word", "city"), [("Recife", "Recife"), ("none", None)])
def test_the_city_is_the_customers(portfolio: None, word: str, city: str | None) -> None:
    def kept(session: Session, as_of: date) -> Kept:
        cities = {row.id: row.city for row in session.execute(select(Customer.id, Customer.city))}
        return lambda at: cities[at.note.customer_id] == city

    compare(NoteFilters(city=word), kept)


def test_a_scope_of_seller_city_and_value_holds_all_of_it(portfolio: None, seller: Actor) -> None:
    def kept(session: Session, as_of: date) -> Kept:
        cities = {row.id: row.city for row in session.execute(select(Customer.id, Customer.city))}
        return lambda at: (
            at.sale.seller_id == seller.id
            and cities[at.note.customer_id] == "Recife"
            and at.sale.total > 1000
        )

    compare(NoteFilters(seller=seller.id, city="Recife", value=">1000"), kept)


def test_sale_dates_are_inclusive(portfolio: None) -> None:
    first, last = TODAY - 8 * MONTH, TODAY - 3 * MONTH
    compare(
        NoteFilters(sold_from=first, sold_to=last),
        lambda s, d: lambda at: first <= at.sale.sold_on <= last,
    )


@pytest.mark.parametrize("days", [30, 90])
def test_r17_the_whole_contract_of_a_late_note(portfolio: None, days: int) -> None:
    def kept(session: Session, as_of: date) -> Kept:
        late = {
            at.sale.id
            for at in balances_by_hand(session, as_of)
            if at.is_open and max(at.days_late, at.inherited) > days
        }
        return lambda at: at.is_open and at.sale.id in late

    compare(NoteFilters(contract_over=days), kept)


def test_r18_first_notes_and_those_unpaid_thirty_days_after_they_were_due(portfolio: None) -> None:
    def unpaid(session: Session, as_of: date) -> Kept:
        then = {
            (day, at.note.id)
            for day in {made(at) + MONTH for at in balances_by_hand(session, as_of)}
            if day <= as_of
            for at in balances_by_hand(session, day)
            if at.is_open or at.status in (Status.WRITTEN_OFF, Status.RENEGOTIATED)
        }
        instead = set(session.scalars(select(Renegotiation.sale_id)))
        return lambda at: (
            at.note.number == 1
            and at.sale.id not in instead
            and (made(at) + MONTH, at.note.id) in then
            and at.status is not Status.CANCELLED
        )

    compare(NoteFilters(first=1), lambda s, d: lambda at: at.note.number == 1)
    compare(NoteFilters(first=30), unpaid, dates=1)


def test_notes_that_became_overdue_in_a_month_stay_found_when_they_are_paid(
    portfolio: None,
) -> None:
    first, last = date(2026, 6, 1), date(2026, 7, 31)

    def kept(session: Session, as_of: date) -> Kept:
        then = {
            (day, at.note.id)
            for day in _days(first - DAY, last - DAY)
            if day < as_of
            for at in balances_by_hand(session, day)
            if at.is_open
        }
        return lambda at: (at.on_time_until, at.note.id) in then

    compare(NoteFilters(late_from=first, late_to=last), kept, dates=4)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def test_a_note_with_many_days_to_pay_on_time_is_not_late_yet() -> None:
    [note] = sell(("100.00", TODAY - 12 * DAY)).notes
    with transaction() as session:
        row = session.get_one(Note, note)
        row.on_time_until = row.free_until = TODAY
    assert note_row(note).on_time_until - note_row(note).due_date == 12 * DAY
    assert listed(bands=("current",)) == listed(status="pending") == [note]
    assert listed(TODAY + DAY, bands=("current",)) == []
    assert listed(TODAY + DAY, late_from=TODAY + DAY) == [note]
    assert listed(TODAY + DAY, late_to=TODAY) == []


def test_a_cancelled_sale_is_found_as_it_was_before(manager: Actor) -> None:
    sale = sell(("100.00", date(2026, 1, 9)))
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale.id, why="desistiu", today=TODAY)
    assert listed(contract_over=30) == []
    assert listed(TODAY - DAY, contract_over=30) == sale.notes
    assert listed(first=30) == []
    assert listed(TODAY - DAY, first=30) == sale.notes


def test_the_day_a_note_is_paid_late_it_had_become_overdue_already(manager: Actor) -> None:
    [note] = sell(("100.00", date(2026, 1, 9))).notes
    pay(manager, date(2026, 1, 10), (note, "102.03"))
    assert listed(late_from=date(2026, 1, 10), late_to=date(2026, 1, 10)) == [note]
    assert listed(date(2026, 1, 9), late_from=date(2026, 1, 10)) == []


def test_more_notes_than_many_are_counted_and_paged_and_not_sorted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(notes, "MANY", 4)
    with transaction() as session:
        customer = add_customer(session)
        due = [TODAY + (9 - k) * DAY for k in range(5)]
        made = add_sale(session, customer, TODAY, [("10.00", day) for day in sorted(due)])
    with snapshot() as session:
        some = NoteFilters(due_to=due[1])
        assert notes.few(session, NoteFilters(), as_of=TODAY, today=TODAY) is None
        assert notes.few(session, some, as_of=TODAY, today=TODAY) == made.notes[:4]
        page = notes.list_notes(session, NoteFilters(), as_of=TODAY, today=TODAY, offset=3, limit=2)
        assert list(page["id"]) == made.notes[3:]
        assert notes.counted(session, NoteFilters(), as_of=TODAY, today=TODAY) == 5
        few = notes.totals(session, some, as_of=TODAY, today=TODAY, ids=made.notes[:4])
        assert few == notes.totals(session, some, as_of=TODAY, today=TODAY)


def test_r18_a_first_note_given_up_soon_is_still_one_that_was_not_paid(manager: Actor) -> None:
    """As the figure counts it: what it was due for was not paid (R34)."""
    due = date(2026, 9, 10)
    lost, paid = (sell(("100.00", due)).notes[0] for _ in range(2))
    day = due + 10 * DAY
    with transaction() as session:
        act(session, manager, ActKind.WRITE_OFF, day, {lost: Acted(ActKind.WRITE_OFF, day)})
    pay(manager, day, (paid, "102.33"))
    assert listed(first=30) == [lost]
