"""R38: a promise is judged at the end of its last on-time day against what was paid by then."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.rules.calendar import HolidayRules, last_on_time_day
from credigestor.rules.promises import Promise, PromiseStatus, judge

MADE, DUE = date(2026, 11, 16), date(2026, 11, 20)
UNTIL = last_on_time_day(DUE, HolidayRules())
AFTER = UNTIL + timedelta(days=1)
PROMISE = Promise(D("200.00"), MADE, DUE, UNTIL)


def day(number: int) -> date:
    return date(2026, 11, number)


def test_r38_the_worked_example() -> None:
    assert day(23) == UNTIL
    both = [(day(19), D("120.00")), (day(23), D("80.00"))]
    kept = judge(PROMISE, both, today=AFTER)
    assert (kept.status, kept.paid, kept.share) == (PromiseStatus.KEPT, D("200.00"), D(100))
    partly = judge(PROMISE, both[:1], today=AFTER)
    assert (partly.status, partly.share) == (PromiseStatus.PARTLY, D(60))
    assert judge(PROMISE, [], today=UNTIL).status is PromiseStatus.PENDING
    assert judge(PROMISE, [], today=day(24)).status is PromiseStatus.BROKEN


@pytest.mark.parametrize(
    ("due", "judged_after"),
    [
        (day(19), day(19)),  # a Thursday
        (day(20), day(23)),  # a Friday and a holiday
        (day(21), day(23)),  # a Saturday
        (date(2026, 12, 25), date(2026, 12, 28)),  # Christmas, a Friday
        (date(2026, 12, 31), date(2026, 12, 31)),  # New Year's Eve is a business day
    ],
)
def test_r38_until_the_end_of_the_last_on_time_day_it_stands(due: date, judged_after: date) -> None:
    until = last_on_time_day(due, HolidayRules())
    promise = Promise(D("200.00"), MADE, due, until)
    assert until == judged_after
    found = [
        judge(promise, [], today=until + timedelta(days=days)).status for days in (-1, 0, 1, 400)
    ]
    assert found == [PromiseStatus.PENDING, PromiseStatus.PENDING] + [PromiseStatus.BROKEN] * 2


def test_r38_only_what_is_paid_from_the_day_of_the_promise_on_and_in_time_counts() -> None:
    every = [(MADE + timedelta(days=days), D("100.00")) for days in (-1, 0, 7, 8)]
    assert judge(PROMISE, every, today=AFTER).status is PromiseStatus.KEPT
    assert judge(PROMISE, [every[0], every[3]], today=AFTER).status is PromiseStatus.BROKEN
    assert judge(PROMISE, every[2:], today=AFTER).share == 50


def test_r38_less_than_all_never_shows_as_all_and_more_not_as_more() -> None:
    assert judge(PROMISE, [(MADE, D("199.99"))], today=AFTER).share == 99
    assert judge(PROMISE, [(MADE, D("0.01"))], today=AFTER).status is PromiseStatus.PARTLY
    assert judge(PROMISE, [(MADE, D("999.00"))], today=AFTER).share == 100


def test_r38_before_it_is_judged_even_a_paid_promise_stands_and_tells_what_came() -> None:
    found = judge(PROMISE, [(MADE, D("200.00"))], today=MADE)
    assert (found.status, found.share) == (PromiseStatus.PENDING, D(100))


def test_r38_a_withdrawn_promise_is_neither_kept_nor_broken() -> None:
    for paid in ([], [(MADE, D("200.00"))]):
        found = judge(PROMISE, paid, today=AFTER, withdrawn=True)
        assert found.status is PromiseStatus.WITHDRAWN
