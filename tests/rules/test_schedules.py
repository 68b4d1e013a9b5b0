"""R33: due dates by days, by business days and in lists, with amounts agreed on or computed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.errors import InvalidInput, InvalidInputs
from credigestor.rules import early, true_rate
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.due_schedule import MONTHLY, Schedule, ScheduleKind, told
from credigestor.rules.schedule import Plan, plan
from tests.services.scheduling import FORTNIGHTLY, PAYDAY, listed

SOLD = date(2026, 11, 29)
WEEKLY = Schedule(ScheduleKind.DAYS, 7)


def made(
    financed: str,
    rate: str,
    schedule: Schedule,
    count: int = 1,
    first: date | None = None,
    holidays: HolidayRules | None = None,
) -> Plan:
    return plan(
        D(financed),
        D(rate),
        count,
        first,
        sold_on=SOLD,
        schedule=schedule,
        holidays=holidays or HolidayRules(),
    )


def amounts(planned: Plan) -> list[str]:
    return [str(note.amount) for note in planned.notes]


def wrong(schedule: Schedule, financed: str = "1000.00", rate: str = "0") -> dict[str, str]:
    """What refuses it, by field."""
    with pytest.raises(InvalidInput) as caught:
        made(financed, rate, schedule)
    error = caught.value
    found = error.errors if isinstance(error, InvalidInputs) else {error.field or "": error.message}
    return {field: message.replace("\xa0", " ") for field, message in found.items()}


def test_r33_every_15_days_each_note_is_on_time_until_its_next_business_day() -> None:
    planned = made("600.00", "0", FORTNIGHTLY, 4, date(2026, 12, 10))
    assert [(str(n.amount), n.due_date, n.on_time_until) for n in planned.notes] == [
        ("150.00", date(2026, 12, 10), date(2026, 12, 10)),
        ("150.00", date(2026, 12, 25), date(2026, 12, 28)),
        ("150.00", date(2027, 1, 9), date(2027, 1, 11)),
        ("150.00", date(2027, 1, 24), date(2027, 1, 25)),
    ]
    assert planned.daily_rate == 0


def test_r33_the_5th_business_day_of_january_2027_is_the_8th() -> None:
    due = [n.due_date for n in made("900.00", "0", PAYDAY, 3, date(2027, 1, 1)).notes]
    assert due == [date(2027, 1, 8), date(2027, 2, 5), date(2027, 3, 5)]


def test_r33_business_days_begin_with_the_first_one_from_the_day_that_is_asked_for() -> None:
    assert PAYDAY.due_dates(date(2026, 12, 7), 1, HolidayRules()) == [date(2026, 12, 7)]
    assert PAYDAY.due_dates(date(2026, 12, 8), 1, HolidayRules()) == [date(2027, 1, 8)]
    assert PAYDAY.due_dates(date(2027, 1, 31), 2, HolidayRules()) == [
        date(2027, 2, 5),
        date(2027, 3, 5),
    ]


def test_r33_business_days_go_by_the_calendar_of_the_shop() -> None:
    closed = HolidayRules(local=frozenset({date(2027, 1, 4)}))
    assert PAYDAY.due_dates(date(2027, 1, 1), 1, closed) == [date(2027, 1, 11)]
    january = frozenset(date(2027, 1, day) for day in range(1, 29))
    with pytest.raises(InvalidInput, match="janeiro de 2027 não tem 5 dias úteis") as refused:
        PAYDAY.due_dates(date(2027, 1, 1), 1, HolidayRules(local=january))
    assert refused.value.field == "schedule_step"


def test_r33_interest_by_days_of_8_weeks() -> None:
    planned = made("1000.00", "1", WEEKLY, 8, SOLD + timedelta(days=7))
    assert amounts(planned) == ["126.31"] * 7 + ["126.33"]
    assert (planned.carried, planned.due_day, planned.contract_rate) == (None, None, 1)


def test_r33_interest_by_days_of_4_fortnights() -> None:
    planned = made("1000.00", "1", FORTNIGHTLY, 4, SOLD + timedelta(days=15))
    assert amounts(planned) == ["253.12"] * 3 + ["253.15"]
    assert str(true_rate.monthly(planned.daily_rate)) == "1.00"


def test_r33_what_goes_by_days_keeps_the_agreed_rate_whatever_the_first_due_date() -> None:
    for wait in (1, 10, 47, 200):
        planned = made("1000.00", "5", FORTNIGHTLY, 6, SOLD + timedelta(days=wait))
        assert str(true_rate.monthly(planned.daily_rate)) == "5.00"


def test_r33_agreed_amounts_need_not_be_equal() -> None:
    typed = ["110.00", "40.00", "180.00", "20.00", "220.00", "130.00"]
    days = [SOLD + timedelta(days=20 * k) for k in range(1, 7)]
    planned = made("660.00", "0", listed(*zip(days, typed, strict=True)))
    assert amounts(planned) == typed
    assert planned.total - 660 == 40  # contract interest
    assert planned.daily_rate > 0
    assert planned.contract_rate == true_rate.monthly(planned.daily_rate, 4)
    without = made("700.00", "0", listed(*zip(days, typed, strict=True)))
    assert (without.daily_rate, without.contract_rate) == (0, 0)


def test_r33_what_agreed_amounts_are_above_the_financed_is_interest() -> None:
    """3 × 367,21 from 29/12/26: R2b's example, 4,94 % a month and 79,89 % a year."""
    days = (date(2026, 12, 29), date(2027, 1, 29), date(2027, 2, 28))
    planned = made("1000.00", "0", listed(*((day, "367.21") for day in days)))
    assert str(true_rate.monthly(planned.daily_rate)) == "4.94"
    assert str(true_rate.yearly(planned.daily_rate)) == "79.89"
    assert str(round(planned.contract_rate, 2)) == "4.94"
    settled = [
        early.present_value(n.amount, planned.daily_rate, (n.due_date - SOLD).days)
        for n in planned.notes
    ]
    assert abs(sum(settled, D(0)) - 1000) <= D("0.015")


def test_r33_the_rest_is_computed_where_some_amounts_are_agreed_on() -> None:
    rows = (
        (date(2026, 12, 20), "400.00"),
        (date(2027, 1, 10), None),
        (date(2027, 2, 10), None),
        (date(2027, 3, 10), None),
    )
    assert amounts(made("1000.00", "1", listed(*rows))) == ["400.00", "205.77", "205.77", "205.78"]
    # Without interest as by R1.
    assert amounts(made("1000.00", "0", listed(*rows))) == ["400.00"] + ["200.00"] * 3
    assert amounts(made("1000.01", "0", listed(*rows)))[1:] == ["200.01", "200.00", "200.00"]


def test_r33_the_last_computed_note_takes_the_cents_before_one_that_is_agreed_on() -> None:
    rows = (
        (date(2026, 12, 29), None),
        (date(2027, 1, 28), None),
        (date(2027, 2, 27), "500.00"),
    )
    planned = made("1000.00", "1", listed(*rows))
    first, second, third = (note.amount for note in planned.notes)
    assert third == 500
    assert abs(first - second) <= D("0.02")
    assert str(true_rate.monthly(planned.daily_rate)) == "1.00"


def test_r33_rows_of_a_list_are_numbered_by_their_dates() -> None:
    late, soon = (date(2027, 3, 1), "600.00"), (date(2026, 12, 1), "400.00")
    notes = made("1000.00", "0", listed(late, soon)).notes
    assert [(n.number, str(n.amount)) for n in notes] == [(1, "400.00"), (2, "600.00")]


def test_r33_rows_are_refused_each_at_its_place() -> None:
    rows = (
        (date(2026, 12, 10), "0.00"),
        (date(2026, 11, 28), "10.00"),
        (date(2026, 12, 10), "1.001"),
        (date(9998, 12, 1), None),
    )
    assert wrong(listed(*rows)) == {
        "schedule_row1_amount": "Linha 1: o valor deve ser maior que zero.",
        "schedule_row2_due_date": "Linha 2: o vencimento não pode ser antes da venda.",
        "schedule_row3_due_date": "Linha 3: a linha 1 já vence neste dia.",
        "schedule_row3_amount": "Linha 3: use no máximo dois decimais.",
        "schedule_row4_due_date": (
            "Linha 4: a data 01/12/9998 está fora do período aceito: o ano deve ficar entre 1990 "
            "e 2200."
        ),
    }


def test_r33_the_121st_row_is_refused() -> None:
    rows = [(SOLD + timedelta(days=k), None) for k in range(1, 122)]
    assert wrong(listed(*rows)) == {
        "schedule_row121_due_date": "Linha 121: uma venda tem no máximo 120 parcelas."
    }
    assert len(made("1000.00", "1", listed(*rows[:120])).notes) == 120


def test_r33_agreed_amounts_that_fall_short_are_refused() -> None:
    rows = ((date(2026, 12, 10), "500.00"), (date(2027, 1, 10), "499.99"))
    assert wrong(listed(*rows)) == {
        "schedule": "As parcelas somam R$ 999,99: faltam R$ 0,01 para o valor financiado."
    }


@pytest.mark.parametrize("rate", ["0", "2"])
def test_r33_agreed_amounts_that_leave_nothing_for_the_rest_are_refused(rate: str) -> None:
    rows = ((date(2026, 12, 10), "1100.00"), (date(2027, 1, 10), None))
    assert wrong(listed(*rows), rate=rate) == {
        "schedule": "Os valores digitados não deixam nada para a parcela sem valor."
    }


def test_r33_interest_needs_time_and_has_its_limit() -> None:
    assert "não há prazo para juros" in wrong(listed((SOLD, "1000.01")))["schedule"]
    soon = listed((SOLD + timedelta(days=1), "9999999999.99"))
    assert "passariam do máximo, 100,00 % ao mês" in wrong(soon, "0.01")["schedule"]
    double = listed((SOLD + timedelta(days=30), "2000.00"))
    assert str(made("1000.00", "0", double).contract_rate) == "100.0000"


def test_r33_a_step_that_makes_no_sense_is_refused() -> None:
    first = SOLD + timedelta(days=9)
    for kind, step in [
        (ScheduleKind.DAYS, None),
        (ScheduleKind.DAYS, 0),
        (ScheduleKind.DAYS, 181),
        (ScheduleKind.BUSINESS_DAY, 21),
        (ScheduleKind.MONTHLY, 3),
        (ScheduleKind.LIST, 3),
    ]:
        with pytest.raises(InvalidInput) as refused:
            made("10.00", "0", Schedule(kind, step), 2, first)
        assert refused.value.field == "schedule_step"
    for schedule in (
        Schedule(ScheduleKind.LIST),
        Schedule(listed=listed((first, None)).listed),
    ):
        with pytest.raises(InvalidInput) as refused:
            made("10.00", "0", schedule, 2, first)
        assert refused.value.field == "schedule"


def test_r33_every_day_and_every_180_days_go_on_to_120_notes() -> None:
    daily = made("1200.00", "0", Schedule(ScheduleKind.DAYS, 1), 120, SOLD)
    assert daily.notes[-1].due_date == SOLD + timedelta(days=119)
    rarely = made("1200.00", "1", Schedule(ScheduleKind.DAYS, 180), 120, SOLD)
    assert rarely.notes[-1].due_date == SOLD + timedelta(days=180 * 119)


def test_a_schedule_is_told_in_words_that_follow_a_number() -> None:
    assert [told("days", 1), told("list", None), MONTHLY.told] == [
        "a cada dia",
        "em datas combinadas",
        "mensais",
    ]
