"""The notes a sale would make: amounts, due dates, last on-time and free days (R1–R4, R8, R33).

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules.calendar import HolidayRules
>>> sold = date(2026, 1, 31)
>>> made = plan(D("1000.00"), D(0), 3, sold, sold_on=sold, holidays=HolidayRules())
>>> for note in made.notes:
...     print(note.number, note.amount, note.due_date, note.free_until)
1 333.34 2026-01-31 2026-02-02
2 333.33 2026-02-28 2026-03-02
3 333.33 2026-03-31 2026-03-31

With interest, first due two months on (R2c): the agreed rate stays the true one (R2b).

>>> sold, first = date(2026, 11, 29), date(2027, 2, 28)
>>> made = plan(D("1000.00"), D(5), 3, first, sold_on=sold, holidays=HolidayRules())
>>> str(made.carried), [str(note.amount) for note in made.notes]
('1102.50', ['404.85', '404.85', '404.85'])
>>> from credigestor.rules import true_rate
>>> str(true_rate.monthly(made.daily_rate)), str(true_rate.yearly(made.daily_rate))
('5.00', '81.04')

By days, and by a list whose amounts were agreed on: what is above is contract interest (R33).

>>> from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
>>> sold, first = date(2026, 11, 29), date(2026, 12, 6)
>>> weekly = Schedule(ScheduleKind.DAYS, 7)
>>> made = plan(
...     D("1000.00"), D(1), 8, first, sold_on=sold, schedule=weekly, holidays=HolidayRules())
>>> str(made.notes[0].amount), str(made.notes[-1].amount), made.carried
('126.31', '126.33', None)
>>> listed = Schedule(ScheduleKind.LIST, listed=(ListedNote(date(2026, 12, 29), D("1050.00")),))
>>> made = plan(D("1000.00"), D(0), 1, None, sold_on=sold, schedule=listed, holidays=HolidayRules())
>>> str(made.total), str(made.contract_rate)
('1050.00', '5.0000')
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.errors import InvalidInput
from credigestor.rules import true_rate
from credigestor.rules.by_days import split_by_days
from credigestor.rules.calendar import (
    HolidayRules,
    anchor_day,
    last_free_day,
    last_on_time_day,
    months_on,
)
from credigestor.rules.charges import DueDates
from credigestor.rules.due_schedule import MONTHLY, Schedule
from credigestor.rules.installments import (
    MAX_RATE,
    RATE_PLACES,
    carried,
    check_count,
    split,
)
from credigestor.rules.money import ZERO, format_percent


@dataclass(frozen=True, slots=True)
class PlannedNote:
    """One note to be made: R$, nominal due date, last on-time day, last day without charges."""

    number: int
    amount: Decimal
    due_date: date
    on_time_until: date
    free_until: date

    @property
    def dates(self) -> DueDates:
        """When it is due, and its last days on time and without charges."""
        return DueDates(self.due_date, self.on_time_until, self.free_until)


@dataclass(frozen=True, slots=True)
class Plan:
    """The notes of a sale, and how they came to be.

    `carried` is what was split, R$, where that is not what is financed (R2c); `due_day` the day
    that the due dates keep, where the first one lacks it (R3); `daily_rate` the true rate (R2b).
    `contract_rate`, percent a month, is what was agreed, or what agreed amounts make (R33).
    """

    notes: Sequence[PlannedNote] = ()
    carried: Decimal | None = None
    due_day: int | None = None
    daily_rate: Decimal = ZERO
    contract_rate: Decimal = ZERO
    schedule: Schedule = MONTHLY

    @property
    def total(self) -> Decimal:
        """Sum of the notes' amounts, R$."""
        return sum((note.amount for note in self.notes), ZERO)

    @property
    def made_by(self) -> dict[str, Decimal | int | str | None]:
        """How the notes came to be, as the sale keeps it."""
        return {
            "carried": self.carried,
            "due_day": self.due_day,
            "daily_rate": self.daily_rate,
            "schedule": str(self.schedule.kind),
            "schedule_step": self.schedule.step,
        }


def plan(
    financed: Decimal,
    monthly_rate: Decimal,
    count: int,
    first_due: date | None,
    *,
    sold_on: date,
    schedule: Schedule = MONTHLY,
    suggested: bool = True,
    grace_days: int = 0,
    holidays: HolidayRules,
) -> Plan:
    """Notes for R$ `financed` at a percent-a-month contract rate in `count` instalments.

    A list says itself how many and when, and where all its amounts are agreed on they make the
    rate (R33). `suggested` tells that a first due date a month on was offered, and so keeps the
    sale's day (R3); that of a sale made elsewhere was not. Raises InvalidInput as `Schedule.check`,
    `installments.split`, `carried` and `split_by_days` do (R1, R2, R2c).
    """
    schedule.check(sold_on)
    anchor, to_split = None, financed
    if schedule.is_list:
        rows = sorted(schedule.listed, key=lambda row: row.due_date)
        due = [row.due_date for row in rows]
        agreed = [row.amount for row in rows]
        amounts = split_by_days(financed, monthly_rate, _days(sold_on, due), agreed)
        if None not in agreed:
            monthly_rate = rate_of_amounts(financed, _days(sold_on, due), amounts)
    else:
        check_count(count)
        if first_due is None:
            raise InvalidInput("Informe o primeiro vencimento.", field="first_due_date")
        if schedule.is_monthly:
            anchor = anchor_day(sold_on, first_due) if suggested else None
            to_split = carried(financed, monthly_rate, days_carried(sold_on, first_due, anchor))
            amounts = split(to_split, monthly_rate, count)
            due = schedule.due_dates(first_due, count, holidays, anchor)
        else:
            due = schedule.due_dates(first_due, count, holidays)
            amounts = split_by_days(financed, monthly_rate, _days(sold_on, due))
    notes = []
    for number, (amount, day) in enumerate(zip(amounts, due, strict=True), start=1):
        on_time_until = last_on_time_day(day, holidays)
        free_until = last_free_day(day, grace_days, holidays)
        notes.append(PlannedNote(number, amount, day, on_time_until, free_until))
    by_days = zip(_days(sold_on, due), amounts, strict=True)
    return Plan(
        notes,
        None if to_split == financed else to_split,
        anchor,
        true_rate.daily_rate(financed, by_days),
        monthly_rate,
        schedule,
    )


def days_carried(sold_on: date, first_due: date, anchor: int | None) -> int:
    """Days from the sale to one month before the first due date; negative before the sale (R2c)."""
    return (months_on(first_due, -1, anchor) - sold_on).days


def _days(sold_on: date, due: Sequence[date]) -> list[int]:
    return [(day - sold_on).days for day in due]


def rate_of_amounts(financed: Decimal, days: Sequence[int], amounts: Sequence[Decimal]) -> Decimal:
    """The rate that agreed amounts make, percent a month as a sale keeps one (R33, R2b).

    Raises InvalidInput where no time passes for the interest in them, or it passes the maximum.
    """
    above = sum(amounts, ZERO) - financed
    if not above:
        return round(ZERO, RATE_PLACES)
    daily = true_rate.daily_rate(financed, zip(days, amounts, strict=True))
    if not daily:
        raise InvalidInput(
            "O que vence no dia da venda já paga o financiado: não há prazo para juros.",
            field="schedule",
        )
    if daily > true_rate.of_month(MAX_RATE):
        raise InvalidInput(
            f"Com estes valores, os juros passariam do máximo, {format_percent(MAX_RATE)} ao mês.",
            field="schedule",
        )
    return true_rate.monthly(daily, RATE_PLACES)
