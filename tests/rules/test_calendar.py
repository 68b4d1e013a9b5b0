"""R3, R4 and R8: due dates, business days, the last day without charges."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.errors import InvalidInput
from credigestor.rules.calendar import (
    HolidayRules,
    check_date_range,
    default_first_due,
    due_dates,
    format_date,
    is_business_day,
    last_free_day,
    last_on_time_day,
    month_label,
    next_business_day,
    parse_date,
)

NATIONAL = HolidayRules()
days = st.dates(date(1990, 1, 1), date(2200, 12, 31))


def test_r3_due_dates_keep_the_anchor_day_of_the_first() -> None:
    assert due_dates(date(2026, 1, 31), 4) == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]
    assert due_dates(date(2024, 2, 29), 13)[12] == date(2025, 2, 28)


@given(days, st.integers(0, 120))
def test_r3_due_dates_fall_one_in_each_following_month(first: date, count: int) -> None:
    dues = due_dates(first, count)
    months = [due.year * 12 + due.month for due in dues]
    start = first.year * 12 + first.month
    assert months == list(range(start, start + count))
    assert all(
        due.day == first.day or (due.day < first.day and (due + timedelta(days=1)).day == 1)
        for due in dues
    )


def test_r3_the_first_due_date_offered_is_one_month_after_the_sale() -> None:
    assert default_first_due(date(2026, 11, 23)) == date(2026, 12, 23)
    assert default_first_due(date(2026, 1, 31)) == date(2026, 2, 28)


def test_r4_300_due_on_a_holiday_friday_is_on_time_until_monday() -> None:
    due = date(2026, 11, 20)
    assert not is_business_day(due, NATIONAL)
    assert last_on_time_day(due, NATIONAL) == date(2026, 11, 23)
    assert last_free_day(due, 0, NATIONAL) == date(2026, 11, 23)


def test_r4_a_note_due_on_a_business_day_is_on_time_only_until_that_day() -> None:
    assert last_on_time_day(date(2026, 11, 24), NATIONAL) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "holiday",
    [
        date(2027, 1, 1),
        date(2026, 4, 3),  # Good Friday
        date(2026, 4, 21),
        date(2026, 5, 1),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 2),
        date(2027, 11, 15),
        date(2024, 11, 20),
        date(2026, 12, 25),
        date(2150, 5, 1),
        date(2300, 9, 7),
        date(1990, 4, 13),  # Good Friday
    ],
)
def test_r4_national_holidays_on_weekdays_are_no_business_days(holiday: date) -> None:
    assert holiday.weekday() < 5
    assert not is_business_day(holiday, NATIONAL)


def test_r4_20_november_is_a_national_holiday_only_since_2024() -> None:
    assert is_business_day(date(2023, 11, 20), NATIONAL)
    assert not is_business_day(date(2024, 11, 20), NATIONAL)


def test_r4_days_when_only_public_offices_close_are_business_days() -> None:
    for day in (date(2026, 10, 28), date(2026, 12, 24), date(2026, 12, 31)):
        assert is_business_day(day, HolidayRules(carnival=True, corpus_christi=True))


def test_r4_carnival_counts_by_setting_on_monday_and_tuesday_but_not_ash_wednesday() -> None:
    monday, tuesday, ash_wednesday = (date(2026, 2, day) for day in (16, 17, 18))
    carnival = HolidayRules(carnival=True)
    assert last_on_time_day(monday, NATIONAL) == monday
    assert last_on_time_day(monday, carnival) == ash_wednesday
    assert last_on_time_day(tuesday, carnival) == ash_wednesday
    assert not is_business_day(date(2100, 2, 9), carnival)


def test_r4_corpus_christi_counts_by_setting() -> None:
    assert is_business_day(date(2026, 6, 4), HolidayRules(carnival=True))
    assert not is_business_day(date(2026, 6, 4), HolidayRules(corpus_christi=True))
    assert is_business_day(date(2026, 6, 5), HolidayRules(corpus_christi=True))


def test_r4_the_holidays_of_the_shops_state_count_and_not_those_of_another() -> None:
    data_magna = date(2026, 3, 25)
    assert not is_business_day(data_magna, HolidayRules(state="CE"))
    assert is_business_day(data_magna, HolidayRules(state="SP"))
    assert is_business_day(data_magna, NATIONAL)


def test_r4_dates_entered_by_the_shop_count() -> None:
    friday = date(2026, 8, 14)
    rules = HolidayRules(local=frozenset({friday}))
    assert last_on_time_day(friday, rules) == date(2026, 8, 17)
    assert last_on_time_day(friday, NATIONAL) == friday


def test_r4_the_turn_of_the_year_is_crossed() -> None:
    assert next_business_day(date(2027, 1, 1), NATIONAL) == date(2027, 1, 4)
    new_years_eve_off = HolidayRules(local=frozenset({date(2026, 12, 31)}))
    assert next_business_day(date(2026, 12, 31), new_years_eve_off) == date(2027, 1, 4)


@given(days, st.sampled_from([NATIONAL, HolidayRules("RJ", True, True)]))
def test_r4_the_next_business_day_is_the_first_one_not_before(
    day: date, rules: HolidayRules
) -> None:
    following = next_business_day(day, rules)
    assert is_business_day(following, rules)
    between = [day + timedelta(days=n) for n in range((following - day).days)]
    assert not any(is_business_day(passed, rules) for passed in between)
    assert len(between) <= 6


def test_r8_grace_is_counted_in_calendar_days_from_the_last_on_time_day() -> None:
    assert last_free_day(date(2026, 11, 20), 5, NATIONAL) == date(2026, 11, 28)
    assert last_free_day(date(2026, 11, 24), 3, NATIONAL) == date(2026, 11, 27)


def test_r4_fifteen_thousand_notes_take_well_under_a_second() -> None:
    rules = HolidayRules("CE", True, True, frozenset({date(2026, 4, 13)}))
    dues = [date(2024, 1, 1) + timedelta(days=n % 1500) for n in range(15_000)]
    started = time.perf_counter()
    for due in dues:
        last_free_day(due, 3, rules)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("typed", ["23/11/2026", "2026-11-23", " 23/11/2026\xa0"])
def test_a_date_is_read_in_the_brazilian_or_the_iso_way(typed: str) -> None:
    assert parse_date(typed) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Informe a data"),
        ("23/11/26", "ano com quatro dígitos"),
        ("3/1/2026", "Data inválida: “3/1/2026”"),
        ("11-23-2026", "Data inválida"),
        ("2026/11/23", "Data inválida"),
        ("20261123", "Data inválida"),
        ("23/11/2026 10:00", "Data inválida"),
        ("amanhã", "Data inválida"),
        ("２３/11/2026", "Data inválida"),
        ("x" * 10_000, "Data inválida: “" + "x" * 30 + "…”"),
        ("31/02/2026", "não existe"),
        ("11/23/2026", "não existe"),
        ("01/01/0000", "não existe"),
        ("29/02/2025", "não existe"),
        ("01/01/0001", "o ano deve ficar entre 1990 e 2200"),
        ("31/12/1989", "o ano deve ficar entre 1990 e 2200"),
        ("01/01/2201", "o ano deve ficar entre 1990 e 2200"),
        ("9999-12-31", "o ano deve ficar entre 1990 e 2200"),
    ],
)
def test_any_other_date_is_refused_saying_why(typed: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(words)) as refusal:
        parse_date(typed, field="due")
    assert refusal.value.field == "due"


def test_a_date_from_a_widget_is_refused_outside_the_accepted_years() -> None:
    assert check_date_range(date(2026, 11, 23), "due") == date(2026, 11, 23)
    for day in (date(1, 1, 1), date(1989, 12, 31), date(2201, 1, 1), date(9999, 12, 31)):
        with pytest.raises(InvalidInput, match=f"A data {format_date(day)} está fora") as refusal:
            check_date_range(day, "due")
        assert refusal.value.field == "due"


def test_a_birth_date_may_be_earlier_when_the_caller_says_so() -> None:
    assert parse_date("05/03/1961", earliest_year=1900) == date(1961, 3, 5)
    with pytest.raises(InvalidInput, match="entre 1900 e 2200"):
        check_date_range(date(1899, 12, 31), "birth_date", earliest_year=1900)


@given(days)
def test_a_shown_date_reads_back_as_itself(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day


def test_months_have_short_portuguese_names() -> None:
    assert [month_label(date(2026, month, 1)) for month in (1, 2, 4, 5, 8, 9, 10, 11, 12)] == [
        *("jan/26", "fev/26", "abr/26", "mai/26", "ago/26", "set/26", "out/26", "nov/26", "dez/26")
    ]
    assert month_label(date(2105, 3, 1)) == "mar/05"
