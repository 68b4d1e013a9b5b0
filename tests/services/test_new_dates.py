"""R32: due dates put off by agreement, of one note or of all that are left of a sale."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, AuditEntry
from credigestor.db.settings import ShopSettings
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotFound
from credigestor.reports.check.invariants import broken_sales
from credigestor.reports.note import detail
from credigestor.rules.aging import Status
from credigestor.rules.permissions import Actor
from credigestor.services import acts, new_dates, settings
from tests.portfolio import TODAY
from tests.reports.planting import planted
from tests.services.paying import FEBRUARY, note_row, pay, sell, splits
from tests.services.putting_off import agree, new_agreement, put_off, refused
from tests.services.renegotiating import deal, make
from tests.services.renegotiating import undo as undo_deal
from tests.services.selling import count
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

MARCH, LATER = date(2026, 3, 10), date(2026, 3, 20)
DAY = timedelta(days=1)


@pytest.fixture
def note() -> int:
    """300,00 due on 10/03/26, a Tuesday."""
    return sell(("300.00", MARCH)).notes[0]


def owes(note_id: int, on: date) -> tuple[Status, str]:
    with snapshot() as session:
        found = detail(session, note_id, as_of=on, today=TODAY)
        return found.status, str(found.owed.total)


def undo(actor: Actor, act_id: int) -> None:
    with transaction() as session:
        acts.reverse(session, actor, act_id=act_id, why="engano", today=TODAY)


def test_r32_charges_count_from_the_new_date_and_the_original_is_kept(
    note: int, manager: Actor
) -> None:
    act_id = put_off(manager, MARCH, note_id=note, due_date=LATER)
    assert owes(note, LATER) == (Status.PENDING, "300.00")
    assert owes(note, date(2026, 3, 30)) == (Status.OVERDUE, "307.00")
    row = note_row(note)
    assert (row.due_date, row.original_due_date) == (LATER, MARCH)
    sound()
    undo(manager, act_id)
    assert owes(note, date(2026, 3, 30)) == (Status.OVERDUE, "308.00")
    assert note_row(note).original_due_date is None
    sound()


def test_r32_one_percent_a_month_for_ten_days_costs_one_real(note: int, manager: Actor) -> None:
    act_id = put_off(manager, FEBRUARY, note_id=note, due_date=LATER, rate=D(1))
    with snapshot() as session:
        [item] = session.scalars(select(ActItem).where(ActItem.act_id == act_id))
        assert item.interest == item.asked_interest == D("-1.00")
    assert owes(note, LATER) == (Status.PENDING, "301.00")
    pay(manager, LATER, (note, "301.00"))
    assert splits(note) == [("1.00", "0.00", "300.00")]
    assert owes(note, LATER)[0] is Status.PAID
    sound()


def test_r32_interest_is_on_what_is_left_and_r4_on_the_new_date(manager: Actor) -> None:
    [note] = sell(("300.00", MARCH)).notes
    pay(manager, FEBRUARY, (note, "100.00"))
    saturday = date(2026, 3, 21)
    put_off(manager, FEBRUARY, note_id=note, due_date=saturday, rate=D(3))
    row = note_row(note)
    assert (row.on_time_until, row.free_until) == (date(2026, 3, 23), date(2026, 3, 23))
    assert row.interest_carried == D("2.20"), "200,00 × 3 % × 11 ÷ 30"
    sound()


def test_r32_all_that_are_left_of_a_sale_move_by_the_same_days(manager: Actor) -> None:
    dates = [date(2026, month, 10) for month in (1, 2, 3, 4, 5)]
    sale = sell(*(("100.00", due) for due in dates))
    paid, _, *left = sale.notes
    pay(manager, date(2026, 1, 10), (paid, "100.00"))
    on = date(2026, 3, 10)
    data = new_agreement(on, sale_id=sale.id, days=15, rate=D(2))
    with snapshot() as session:
        planned = new_dates.preview(session, manager, data, today=TODAY)
    assert [each.note.id for each in planned.moved] == left
    assert [note.number for note in planned.late] == [2], "late on that day: not put off"
    assert planned.interest == D("3.00")
    agree(manager, data)
    moved = [note_row(note).due_date for note in sale.notes]
    assert moved == [*dates[:2], *(due + 15 * DAY for due in dates[2:])]
    assert note_row(left[0]).interest_carried == D("1.00")
    sound()


def test_the_last_day_on_time_is_the_last_to_put_off(manager: Actor) -> None:
    saturday = date(2026, 1, 10)
    one, other = (sell(("100.00", saturday)).notes[0] for _ in range(2))
    put_off(manager, saturday + 2 * DAY, note_id=one, due_date=LATER)
    late = new_agreement(saturday + 3 * DAY, note_id=other, due_date=LATER)
    error = refused(manager, late)
    assert isinstance(error, InvalidInput)
    assert error.field == "due_date"
    assert "prorroga-se até o último dia em dia" in error.message
    sound()


def test_within_the_grace_a_note_is_late_and_is_not_put_off(manager: Actor) -> None:
    sale = sell(("100.00", MARCH), grace_days=5)
    assert (
        "venceu em 10/03/2026"
        in refused(
            manager, new_agreement(MARCH + DAY, note_id=sale.notes[0], due_date=LATER)
        ).message
    )
    put_off(manager, MARCH, note_id=sale.notes[0], due_date=LATER)
    assert note_row(sale.notes[0]).free_until == LATER + 5 * DAY, "the sale's own grace"


def test_what_makes_no_sense_is_refused_at_its_field(note: int, manager: Actor) -> None:
    for field, changes in (
        ("due_date", {"due_date": MARCH}),
        ("due_date", {"due_date": MARCH - DAY}),
        ("due_date", {"due_date": None}),
        ("due_date", {"due_date": date(2201, 1, 1)}),
        ("due_date", {"due_date": MARCH + 3651 * DAY}),
        ("rate", {"rate": D("-0.01")}),
        ("rate", {"rate": D("100.01")}),
        ("rate", {"rate": D("0.00001")}),
        ("reason", {"reason": " "}),
        ("agreed_on", {"agreed_on": TODAY + DAY}),
        ("agreed_on", {"agreed_on": date(2025, 11, 30)}),
        ("note_id", {"sale_id": 1}),
        ("days", {"note_id": None, "sale_id": 1}),
        ("days", {"note_id": None, "sale_id": 1, "days": 0}),
        ("days", {"note_id": None, "sale_id": 1, "days": 3651}),
    ):
        asked: dict[str, Any] = {"note_id": note, "due_date": LATER, **changes}
        on = asked.pop("agreed_on", FEBRUARY)
        error = refused(manager, new_agreement(on, **asked))
        assert isinstance(error, InvalidInput), changes
        assert error.field == field, changes
    unknown: tuple[dict[str, Any], ...] = (
        {"note_id": 999, "due_date": LATER},
        {"sale_id": 999, "days": 1},
    )
    for each in unknown:
        assert isinstance(refused(manager, new_agreement(FEBRUARY, **each)), NotFound)


def test_a_note_that_is_paid_or_cancelled_is_not_put_off(note: int, manager: Actor) -> None:
    pay(manager, FEBRUARY, (note, "300.00"))
    for asked in ({"note_id": note, "due_date": LATER}, {"sale_id": 1, "days": 10}):
        error = refused(manager, new_agreement(FEBRUARY, **asked))
        assert isinstance(error, Conflict)
        assert "em aberto" in error.message


def test_a_seller_puts_off_as_far_as_the_settings_say_counted_from_the_first_date(
    note: int, seller: Actor, manager: Actor, admin: Actor
) -> None:
    on, today = MARCH - DAY, MARCH
    data = new_agreement(on, note_id=note, due_date=MARCH + 5 * DAY)
    error = refused(seller, data, today)
    assert error.field == "due_date"
    assert "só um gerente a prorroga" in error.message
    with transaction() as session:
        settings.change(session, admin, ShopSettings(new_date_limit_days=7))
    agree(seller, data, today)
    again = new_agreement(on, note_id=note, due_date=MARCH + 8 * DAY)
    error = refused(seller, again, today)
    assert error.field == "due_date"
    assert "um vendedor prorroga até 7 dias depois disso" in error.message
    of_sale = new_agreement(on, sale_id=1, days=3)
    assert refused(seller, of_sale, today).field == "days"
    agree(seller, new_agreement(on, note_id=note, due_date=MARCH + 7 * DAY), today)
    agree(manager, again, today)
    sound()


def test_a_date_far_back_takes_a_manager(note: int, seller: Actor, admin: Actor) -> None:
    with transaction() as session:
        settings.change(session, admin, ShopSettings(new_date_limit_days=30))
    error = refused(seller, new_agreement(FEBRUARY, note_id=note, due_date=LATER))
    assert (error.field, "gerente" in error.message) == ("agreed_on", True)


def test_the_same_form_again_is_the_same_act_and_another_one_is_refused(
    note: int, manager: Actor
) -> None:
    data = new_agreement(FEBRUARY, note_id=note, due_date=LATER, rate=D(1))
    seen = data.model_copy(update={"previewed": {note: (LATER, D("1.00"))}})
    assert agree(manager, seen) == agree(manager, seen)
    assert count(Act) == 1
    other = data.model_copy(update={"due_date": LATER + DAY})
    with pytest.raises(Conflict, match="já gravou outro ato"):
        agree(manager, other)
    with snapshot() as session:
        told = session.scalars(select(AuditEntry.after).where(AuditEntry.entity == "act")).all()
    assert [each["on_notes"][0]["due_date"] for each in told] == ["2026-03-20"]


def test_what_changed_since_the_preview_is_not_agreed_on(note: int, manager: Actor) -> None:
    seen = {note: (LATER, D("1.00"))}
    data = new_agreement(FEBRUARY, note_id=note, due_date=LATER, rate=D(1), previewed=seen)
    pay(manager, FEBRUARY, (note, "100.00"))
    assert "mudou desde a prévia" in refused(manager, data).message


def test_the_first_agreement_stays_while_a_later_one_rests_on_it(note: int, manager: Actor) -> None:
    first = put_off(manager, FEBRUARY, note_id=note, due_date=LATER)
    second = put_off(manager, MARCH + 5 * DAY, note_id=note, due_date=LATER + 10 * DAY)
    with pytest.raises(Conflict, match="Desfaça aquele primeiro"):
        undo(manager, first)
    undo(manager, second)
    undo(manager, first)
    sound()


def test_an_agreement_stays_while_a_debt_was_started_anew_on_it(note: int, manager: Actor) -> None:
    """How late the old notes were is part of the deal (R15)."""
    first = put_off(manager, FEBRUARY, note_id=note, due_date=LATER)
    made = make(manager, deal([note], agreed_on=MARCH + 5 * DAY, backdate_reason="papel"))
    assert made.days_late == 0
    sound()
    with pytest.raises(Conflict, match="desfaça antes a renegociação"):
        undo(manager, first)
    again = new_agreement(MARCH, note_id=note, due_date=LATER + DAY)
    assert "já não está em aberto" in refused(manager, again).message
    undo_deal(manager, made)
    undo(manager, first)
    sound()


def test_late_charges_paid_before_are_those_of_then_when_an_agreement_is_dated_back(
    note: int, manager: Actor
) -> None:
    pay(manager, date(2026, 3, 25), (note, "100.00"))
    assert splits(note) == [("1.50", "6.00", "92.50")]
    put_off(manager, MARCH, note_id=note, due_date=LATER)
    assert splits(note) == [("0.50", "6.00", "93.50")], "five days from the new date"
    sound()


def test_one_of_two_agreements_at_once_is_kept(note: int, manager: Actor) -> None:
    def one(day: int) -> bool:
        try:
            put_off(manager, FEBRUARY, note_id=note, due_date=date(2026, 3, day))
        except BusinessError:
            return False
        return True

    with ThreadPoolExecutor(4) as people:
        done = list(people.map(one, (20, 20, 20, 20)))
    assert sum(done) == 1
    sound()


def test_the_check_knows_that_a_new_date_is_a_later_one(note: int, manager: Actor) -> None:
    put_off(manager, FEBRUARY, note_id=note, due_date=LATER)
    sound()
    dates = ("due_date", "on_time_until", "free_until")
    told = ", ".join(f"{name} = '2026-03-10', {name}_after = '2026-03-10'" for name in dates)
    of_note = ", ".join(f"{name} = '2026-03-10'" for name in (*dates, "interest_from"))
    with planted(
        f"UPDATE act_items SET {told}, interest_from_after = '2026-03-10'",
        f"UPDATE notes SET {of_note}",
    ) as session:
        assert broken_sales(session) == [1]


def test_an_operation_of_something_else_is_not_taken_for_an_agreement(
    note: int, manager: Actor
) -> None:
    operation = uuid.uuid4()
    pay(manager, FEBRUARY, (note, "10.00"), operation_id=operation)
    put_off(manager, FEBRUARY, note_id=note, due_date=LATER, operation_id=operation)
    assert count(Act) == 1
