"""Whom to call first: by what is at stake, without whom was called or promised (R27, R38)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.call_list import CallList, call_list, overdue_of
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, add_customer, add_sale, late, refresh
from tests.services.contacting import contact, new_contact, promise, withdraw
from tests.services.paying import pay, reverse

pytestmark = pytest.mark.usefixtures("db")

FRIDAY = date(2026, 11, 27)


def listed(today: date = TODAY, count: int = 10) -> CallList:
    refresh(today)
    with snapshot() as session:
        return call_list(session, today=today, count=count)


def called(today: date = TODAY, count: int = 10) -> list[int]:
    return [call.overdue.customer_id for call in listed(today, count).calls]


def owing(*notes: tuple[str, date], **columns: object) -> int:
    with transaction() as session:
        customer = add_customer(session, **columns)  # type: ignore[arg-type]
        add_sale(session, customer, date(2020, 1, 2), notes)
    return customer


def test_whoever_has_most_overdue_comes_first_and_whoever_has_nothing_is_not_called() -> None:
    ana = owing(("100.00", late(44)), ("900.00", TODAY))
    bia = owing(("150.00", late(10)), ("150.00", late(90)))
    owing(("5000.00", TODAY + timedelta(days=1)))
    assert called() == [bia, ana]
    assert called(count=1) == [bia]


def test_a_card_tells_what_is_owed_and_what_happened_last(manager: Actor) -> None:
    ana = owing(("300.00", late(50)), ("100.00", late(5)), name="Ana Luz", phone="+5585988724443")
    pay(manager, late(45), (1, "20.00"))
    reverse(manager, pay(manager, late(1), (1, "60.00")))
    contact(manager, new_contact(ana, "no_answer"), late(3))
    [call] = listed().calls
    found = call.overdue
    assert (found.name, found.phone, found.notes, found.days_late, found.oldest_due) == (
        *("Ana Luz", "+5585988724443", 2, 50, late(50)),
    )
    assert found.principal < found.owed
    assert call.last_paid == (late(45), D("20.00"))
    assert call.contact
    assert call.contact.outcome == "no_answer"
    assert call.promise is None
    assert found.reminder.txid == f"C{ana}"


def test_one_overdue_note_has_its_own_number_in_the_pix_code() -> None:
    ana = owing(("300.00", late(50)), ("100.00", TODAY))
    with snapshot() as session:
        assert overdue_of(session, [ana], today=TODAY)[ana].reminder.txid == "NP000001P01"


def test_whoever_was_contacted_today_is_off_the_list_until_tomorrow(seller: Actor) -> None:
    ana = owing(("100.00", late(44)))
    contact(seller, new_contact(ana, "no_answer"))
    assert (called(), called(TODAY + timedelta(days=1))) == ([], [ana])
    assert listed().contacted == 1


def test_r38_a_promise_takes_the_card_away_until_its_last_on_time_day(manager: Actor) -> None:
    days = [date(2026, 11, day) for day in range(16, 25)]
    ana = owing(("300.00", late(44)))
    promise(manager, ana, "200.00", date(2026, 11, 20), on=days[0])
    assert [called(day) for day in days] == [[]] * 8 + [[ana]]
    [call] = listed(days[-1]).calls
    assert call.promise
    assert (call.promise.status, call.promise.share) == ("broken", 0)
    pay(manager, date(2026, 11, 23), (1, "120.00"))
    [call] = listed(days[-1]).calls
    assert call.promise
    assert (call.promise.status, call.promise.share) == ("partly", 60)
    pay(manager, date(2026, 11, 20), (1, "80.00"))
    [call] = listed(days[-1]).calls
    assert call.promise
    assert call.promise.status == "kept"


def test_r38_a_withdrawn_promise_brings_the_card_back(manager: Actor) -> None:
    ana = owing(("300.00", late(44)))
    made = promise(manager, ana, "200.00", FRIDAY, on=late(1))
    assert (called(), listed().promised) == ([], 1)
    withdraw(manager, made.id)
    assert called() == [ana]


def test_r27_nobody_is_called_about_debts_past_five_years_however_large() -> None:
    old = date(2021, 11, 1)
    for _ in range(5):
        owing(("9000.00", old))
    mixed = owing(("8000.00", old), ("50.00", late(30)))
    recent = owing(("60.00", late(30)))
    assert called(count=2) == [recent, mixed]
    with snapshot() as session:
        found = overdue_of(session, [mixed], today=TODAY)[mixed]
    assert (found.principal, found.oldest_due, found.notes) == (D("50.00"), late(30), 1)
