"""The list of notes, one note's detail, and what a customer can pay on a date."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import InvalidInput, NotFound
from credigestor.reports import note as note_report
from credigestor.reports import notes
from credigestor.reports.note import NoteDetail
from credigestor.reports.notes import NoteFilters, OpenNote
from credigestor.rules.aging import BANDS, Status
from credigestor.rules.numbering import note_number
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.balances import balances_by_hand
from tests.portfolio import TODAY, Made, add_customer, add_sale, month_ends_before, random_portfolio
from tests.services.paying import FEBRUARY, JANUARY, MARCH, note_row, pay, reverse, sell

pytestmark = pytest.mark.usefixtures("db")

JANUARY_15, JANUARY_25, FEBRUARY_24 = date(2026, 1, 15), date(2026, 1, 25), date(2026, 2, 24)
ALL = 10_000


def listed(as_of: date = TODAY, **filters: object) -> list[int]:
    with snapshot() as session:
        frame = notes.list_notes(
            session,
            NoteFilters(**filters),  # type: ignore[arg-type]
            as_of=as_of,
            today=TODAY,
            offset=0,
            limit=ALL,
        )
        totals = notes.totals(session, NoteFilters(**filters), as_of=as_of, today=TODAY)  # type: ignore[arg-type]
    assert totals.count == len(frame)
    for name in ("principal", "interest", "fine"):
        assert getattr(totals, name) == sum(frame[name], D(0))
    return [int(value) for value in frame["id"]]


def detail(note_id: int, as_of: date = TODAY) -> NoteDetail:
    with snapshot() as session:
        return note_report.detail(session, note_id, as_of=as_of, today=TODAY)


def payable(customer_id: int, on: date) -> list[OpenNote]:
    with snapshot() as session:
        return notes.open_notes(session, customer_id, on=on, today=TODAY)


def cancel(actor: Actor, sale: Made) -> None:
    with transaction() as session:
        sales.cancel(session, actor, sale_id=sale.id, why="desistiu", today=TODAY)


# The list


@pytest.fixture
def shop(manager: Actor) -> dict[str, int]:
    """One note of each status, by its status; all of customers of their own."""
    day = timedelta(days=1)
    made = {
        Status.OVERDUE: sell(("100.00", TODAY - 40 * day)),
        Status.PAID: sell(("100.00", TODAY - 30 * day)),
        Status.CANCELLED: sell(("100.00", TODAY - 20 * day)),
        Status.PENDING: sell(("100.00", TODAY)),
        Status.PARTIAL: sell(("100.00", TODAY + 10 * day)),
    }
    found = {str(status): sale.notes[0] for status, sale in made.items()}
    pay(manager, TODAY - 30 * day, (found["paid"], "100.00"))
    pay(manager, TODAY, (found["partial"], "60.00"))
    cancel(manager, made[Status.CANCELLED])
    return found


def test_the_list_is_by_due_date_and_shows_what_each_owes(shop: dict[str, int]) -> None:
    with snapshot() as session:
        frame = notes.list_notes(
            session, NoteFilters(), as_of=TODAY, today=TODAY, offset=0, limit=9
        )
    assert list(frame["id"]) == [
        shop[status] for status in ("overdue", "paid", "cancelled", "pending", "partial")
    ]
    row = frame.iloc[0]
    assert (row["number"], row["customer"], row["days_late"]) == ("000001-01/01", "Ana Luz", 40)
    assert (row["principal"], row["interest"], row["fine"]) == (D("100.00"), D("1.33"), D("2.00"))
    assert row["owed"] == D("103.33")


@pytest.mark.parametrize("status", ["overdue", "paid", "cancelled", "pending", "partial"])
def test_each_status_finds_its_note(shop: dict[str, int], status: str) -> None:
    assert listed(status=status) == [shop[status]]


def test_open_is_what_still_owes(shop: dict[str, int]) -> None:
    assert listed(status="open") == [shop["overdue"], shop["pending"], shop["partial"]]


def test_the_current_band_is_open_and_not_overdue(shop: dict[str, int]) -> None:
    assert listed(bands=("current",)) == [shop["pending"], shop["partial"]]
    assert listed(bands=("31-60",)) == [shop["overdue"]]
    assert listed(bands=("1-30",)) == []


def test_due_dates_are_inclusive(shop: dict[str, int]) -> None:
    assert listed(due_from=TODAY, due_to=TODAY) == [shop["pending"]]
    assert listed(due_from=TODAY + timedelta(days=11)) == []


def test_by_customer_and_by_seller(seller: Actor) -> None:
    with transaction() as session:
        ana, bia = add_customer(session, "Ana"), add_customer(session, "Bia")
        hers = add_sale(session, ana, JANUARY, [("10.00", MARCH)], seller_id=seller.id)
        nobodys = add_sale(session, bia, JANUARY, [("10.00", MARCH)])
    assert listed(customer_id=ana) == hers.notes
    assert listed(seller=seller.id) == hers.notes
    assert listed(seller="none") == nobodys.notes
    assert listed(customer_id=ana, seller="none") == []


@pytest.mark.parametrize(
    "text",
    ["zélia", "ZELIA d'avila", "avila zel", "529.982.247-25", "52998", "000002-01/02", "2-1", "2"],
)
def test_a_text_finds_by_name_cpf_or_number(text: str) -> None:
    sell()
    with transaction() as session:
        zelia = add_customer(session, "Zélia D'Ávila", tax_id="52998224725")
    sale = sell(("10.00", MARCH), ("10.00", MARCH), customer=zelia)
    assert sale.id == 2
    one_note = "-" in text and "." not in text
    assert listed(text=text) == (sale.notes[:1] if one_note else sale.notes)


@pytest.mark.parametrize("text", ["12.ABC.345/01DE-35", "12abc34501"])
def test_r26_a_cnpj_with_letters_is_found_too(text: str) -> None:
    with transaction() as session:
        firm = add_customer(session, "Mercadinho", tax_id="12ABC34501DE35")
        made = add_sale(session, firm, date(2026, 1, 5), [("50.00", date(2026, 2, 5))])
    assert listed(text=text) == made.notes


@pytest.mark.parametrize("text", ["%", "_", "99", "2-3", "\x00", "' OR 1=1", "x" * 10_000])
def test_a_text_that_is_nobodys_finds_nothing(text: str) -> None:
    sell(), sell()
    assert listed(text=text) == []


def test_a_page_is_cut_in_the_database_and_the_sums_are_of_all() -> None:
    sell(*[("100.00", JANUARY)] * 7)
    with snapshot() as session:
        frame = notes.list_notes(
            session, NoteFilters(), as_of=TODAY, today=TODAY, offset=5, limit=5
        )
        totals = notes.totals(session, NoteFilters(), as_of=TODAY, today=TODAY)
    assert list(frame["number"]) == [note_number(1, 6, 7), note_number(1, 7, 7)]
    assert (totals.count, totals.principal) == (7, D("700.00"))


def test_the_list_of_an_empty_shop_is_empty() -> None:
    assert listed() == []


def test_the_list_says_what_a_replay_says_at_any_date_for_every_filter(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed=7, sold=15)
    for as_of in [TODAY, *month_ends_before(TODAY, 3)]:
        with snapshot() as session:
            by_hand = balances_by_hand(session, as_of)
        for status in (*Status, "open", None):
            kept = [
                at.note.id
                for at in by_hand
                if status is None or at.status == status or (status == "open" and at.is_open)
            ]
            assert sorted(listed(as_of, status=status)) == kept, (as_of, status)
        for band in BANDS:
            kept = [at.note.id for at in by_hand if at.is_open and at.band == band]
            assert sorted(listed(as_of, bands=(band,))) == kept, (as_of, band)


# One note


def test_r9_a_note_tells_what_it_owes_and_why(manager: Actor, seller: Actor) -> None:
    [note] = sell(seller_id=seller.id).notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    found = detail(note, FEBRUARY_24)
    assert (found.number, found.status, found.days_late) == ("000001-01/01", Status.OVERDUE, 45)
    assert (found.customer, found.seller) == ("Ana Luz", seller.name)
    assert (found.owed.total, found.lines[-1].after.total) == (D("209.58"), D("209.58"))
    [paid] = found.payments
    assert (paid.payment_id, paid.after, paid.method) == (payment, D("207.50"), "cash")
    assert (paid.received_by, paid.reversed_on) == (manager.name, None)


def test_the_detail_at_a_past_date_knows_nothing_of_later_payments(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "307.50"))
    assert detail(note, date(2026, 1, 24)).owed.total == D("307.40")
    assert detail(note).status is Status.PAID


def test_r12_a_reversed_payment_is_shown_and_not_counted(manager: Actor) -> None:
    [note] = sell().notes
    reverse(manager, pay(manager, JANUARY_25, (note, "100.00")))
    found = detail(note, FEBRUARY_24)
    assert [(paid.reversed_on, paid.after) for paid in found.payments] == [(TODAY, None)]
    assert found.owed.total == D("310.50")


def test_a_cancelled_note_owes_nothing_and_says_why(manager: Actor) -> None:
    sale = sell()
    cancel(manager, sale)
    found = detail(sale.notes[0])
    assert (found.status, found.owed.total, found.cancel_reason) == (
        Status.CANCELLED,
        0,
        "desistiu",
    )
    assert found.lines == []


def test_a_note_that_does_not_exist_and_a_date_before_the_sale_are_refused() -> None:
    [note] = sell().notes
    with pytest.raises(NotFound):
        detail(999)
    with pytest.raises(InvalidInput, match="01/12/2025"):
        detail(note, date(2025, 11, 30))


def test_every_calculation_ends_at_what_the_sql_says(admin: Actor) -> None:
    with transaction() as session:
        random_portfolio(session, admin, seed=11, sold=12)
    for as_of in (TODAY, TODAY - timedelta(days=45), TODAY + timedelta(days=45)):
        for note_id in listed(as_of):
            found = detail(note_id, as_of)
            if found.status is not Status.CANCELLED:
                assert found.lines[-1].after.total == found.owed.total


# What can be paid


def test_open_notes_come_oldest_due_first_with_their_charges() -> None:
    sale = sell(("100.00", MARCH), ("300.00", JANUARY), ("100.00", FEBRUARY))
    march, january, february = sale.notes
    found = payable(note_row(march).customer_id, FEBRUARY_24)
    assert [note.id for note in found] == [january, february, march]
    assert [note.owed.total for note in found] == [D("310.50"), D("102.47"), D("100.00")]
    assert found[0].days_late == 45


def test_r11_on_an_earlier_date_a_note_owes_what_it_owed_before_later_payments(
    manager: Actor,
) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "100.00"))
    customer = note_row(note).customer_id
    assert [n.owed.total for n in payable(customer, JANUARY_15)] == [D("306.50")]
    assert [n.owed.total for n in payable(customer, FEBRUARY_24)] == [D("209.58")]


def test_what_is_paid_cancelled_or_sold_later_can_not_be_paid(manager: Actor) -> None:
    [note] = sell().notes
    customer = note_row(note).customer_id
    cancel(manager, sell(customer=customer))
    assert [n.id for n in payable(customer, JANUARY_15)] == [note]
    pay(manager, JANUARY_25, (note, "307.50"))
    assert payable(customer, JANUARY_15) == []
    assert payable(customer, TODAY) == []
    assert payable(customer, date(2025, 11, 30)) == []


def test_a_note_has_an_owner() -> None:
    sale = sell(("10.00", JANUARY))
    with snapshot() as session:
        assert notes.owner(session, sale.notes[0]) == note_row(sale.notes[0]).customer_id
        assert notes.owner(session, 999) is None
