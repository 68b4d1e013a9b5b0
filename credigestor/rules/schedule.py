"""The notes a sale would make: amounts, due dates, last on-time and last free days (R1–R4, R8).

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules.calendar import HolidayRules
>>> for note in plan(D("1000.00"), D(0), 3, date(2026, 1, 31), holidays=HolidayRules()):
...     print(note.number, note.amount, note.due_date, note.free_until)
1 333.34 2026-01-31 2026-02-02
2 333.33 2026-02-28 2026-03-02
3 333.33 2026-03-31 2026-03-31
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.rules.calendar import (
    HolidayRules,
    due_dates,
    last_free_day,
    last_on_time_day,
)
from credigestor.rules.installments import check_count, split
from credigestor.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class PlannedNote:
    """One note to be made: R$, nominal due date, last on-time day, last day without charges."""

    number: int
    amount: Decimal
    due_date: date
    on_time_until: date
    free_until: date


def plan(
    financed: Decimal,
    monthly_rate: Decimal,
    count: int,
    first_due: date,
    *,
    grace_days: int = 0,
    holidays: HolidayRules,
) -> list[PlannedNote]:
    """Notes for R$ `financed` at a percent-a-month contract rate in `count` monthly instalments.

    Raises InvalidInput as `installments.split` does (R1, R2).
    """
    check_count(count)
    notes = []
    dates = due_dates(first_due, count)
    for number, (amount, due) in enumerate(
        zip(split(financed, monthly_rate, count), dates, strict=True), start=1
    ):
        on_time_until = last_on_time_day(due, holidays)
        free_until = last_free_day(due, grace_days, holidays)
        notes.append(PlannedNote(number, amount, due, on_time_until, free_until))
    return notes


def total_of(notes: Iterable[PlannedNote]) -> Decimal:
    """Sum of the notes' amounts, R$."""
    return sum((note.amount for note in notes), ZERO)
