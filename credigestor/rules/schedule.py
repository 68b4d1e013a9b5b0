"""The notes a sale would make: amounts, due dates, last on-time and last free days (R1–R4, R8).

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
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.rules.calendar import (
    HolidayRules,
    anchor_day,
    due_dates,
    last_free_day,
    last_on_time_day,
    months_on,
)
from credigestor.rules.charges import DueDates
from credigestor.rules.installments import carried, check_count, split
from credigestor.rules.money import ZERO
from credigestor.rules.true_rate import daily_rate


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
    """

    notes: Sequence[PlannedNote] = ()
    carried: Decimal | None = None
    due_day: int | None = None
    daily_rate: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Sum of the notes' amounts, R$."""
        return sum((note.amount for note in self.notes), ZERO)

    @property
    def made_by(self) -> dict[str, Decimal | int | None]:
        """How the notes came to be, as the sale keeps it."""
        return {"carried": self.carried, "due_day": self.due_day, "daily_rate": self.daily_rate}


def plan(
    financed: Decimal,
    monthly_rate: Decimal,
    count: int,
    first_due: date,
    *,
    sold_on: date,
    suggested: bool = True,
    grace_days: int = 0,
    holidays: HolidayRules,
) -> Plan:
    """Notes for R$ `financed` at a percent-a-month contract rate in `count` monthly instalments.

    `suggested` tells that a first due date a month on was offered, and so keeps the sale's day
    (R3); that of a sale made elsewhere was not. Raises InvalidInput as `installments.split` and
    `carried` do (R1, R2, R2c).
    """
    check_count(count)
    anchor = anchor_day(sold_on, first_due) if suggested else None
    to_split = carried(financed, monthly_rate, days_carried(sold_on, first_due, anchor))
    notes = []
    dates = due_dates(first_due, count, anchor)
    for number, (amount, due) in enumerate(
        zip(split(to_split, monthly_rate, count), dates, strict=True), start=1
    ):
        on_time_until = last_on_time_day(due, holidays)
        free_until = last_free_day(due, grace_days, holidays)
        notes.append(PlannedNote(number, amount, due, on_time_until, free_until))
    return Plan(
        notes,
        None if to_split == financed else to_split,
        anchor,
        daily_rate(financed, [((note.due_date - sold_on).days, note.amount) for note in notes]),
    )


def days_carried(sold_on: date, first_due: date, anchor: int | None) -> int:
    """Days from the sale to one month before the first due date; negative before the sale (R2c)."""
    return (months_on(first_due, -1, anchor) - sold_on).days
