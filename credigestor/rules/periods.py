"""Periods that a manager looks at, and the one before it that each is compared with.

>>> month = period_of("month", date(2026, 11, 10))
>>> print(month, "·", month.previous)
01/11/2026 a 10/11/2026 · 22/10/2026 a 31/10/2026
>>> print(month.last_year)
01/11/2025 a 10/11/2025
>>> for compare in COMPARE:
...     seen_on, before = compared("month", date(2026, 11, 10), month, compare)
...     print(f"{compare}: {before.brief}, as seen on {seen_on}")
usual: 01 a 10/10/2026, as seen on 2026-10-10
previous: 22 a 31/10/2026, as seen on 2026-10-31
last-year: 01 a 10/11/2025, as seen on 2025-11-10
>>> [d.isoformat() for d in stock_dates(date(2026, 3, 15), 3)]
['2026-01-31', '2026-02-28', '2026-03-15']
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from credigestor.rules.calendar import format_date

CUSTOM = "custom"
#: Presets by the word that stands in the address.
PRESETS = {
    "month": "Este mês",
    "last-month": "Mês passado",
    "30-days": "Últimos 30 dias",
    "90-days": "Últimos 90 dias",
    "year": "Este ano",
    CUSTOM: "Personalizado",
}

#: What a period is compared with: as its preset has it, the days right before, the year before.
Compare = Literal["usual", "previous", "last-year"]
COMPARE: tuple[Compare, ...] = ("usual", "previous", "last-year")


@dataclass(frozen=True)
class Period:
    """Days from `start` to `end`, both counted."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends before it starts")

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days + 1

    @property
    def previous(self) -> Period:
        """The period of equal length right before this one."""
        return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))

    @property
    def last_year(self) -> Period:
        """The same days of the year before; 29/02 becomes 28/02."""
        return Period(year_before(self.start), year_before(self.end))

    def __str__(self) -> str:
        return f"{format_date(self.start)} a {format_date(self.end)}"

    @property
    def brief(self) -> str:
        """The period in the fewest words, for where there is little room.

        >>> Period(date(2026, 9, 22), date(2026, 10, 3)).brief
        '22/09 a 03/10/2026'
        >>> Period(date(2025, 12, 22), date(2026, 1, 3)).brief
        '22/12/2025 a 03/01/2026'
        >>> Period(date(2026, 10, 1), date(2026, 10, 1)).brief
        '01/10/2026'
        """
        if self.start == self.end:
            return format_date(self.end)
        if self.start.year != self.end.year:
            return str(self)
        same_month = self.start.month == self.end.month
        return f"{self.start:{'%d' if same_month else '%d/%m'}} a {format_date(self.end)}"


def period_of(preset: str, as_of: date) -> Period:
    """The period of a preset, seen from the as-of date; KeyError for an unknown word.

    Those of the current month and year end on the as-of date, as does every other but the
    last month. CUSTOM, which has no dates of its own, starts out as the current month.
    """
    month = as_of.replace(day=1)
    return {
        "month": Period(month, as_of),
        "last-month": Period(month - relativedelta(months=1), month - timedelta(days=1)),
        "30-days": Period(as_of - timedelta(days=29), as_of),
        "90-days": Period(as_of - timedelta(days=89), as_of),
        "year": Period(as_of.replace(month=1, day=1), as_of),
        CUSTOM: Period(month, as_of),
    }[preset]


def compared(
    preset: str, as_of: date, period: Period, compare: Compare = "usual"
) -> tuple[date, Period]:
    """The period that one is compared with, and the as-of date on which it is seen.

    As usual: this month with the same days of the month before, a day that it lacks being its
    last; the last month with all of the month before; this year with the same days of the year
    before; any other with the days right before. That date is as much earlier as the period.

    >>> march = period_of("month", date(2026, 3, 31))
    >>> print(compared("month", date(2026, 3, 31), march)[1])
    01/02/2026 a 28/02/2026
    """
    if compare == "last-year" or (compare == "usual" and preset == "year"):
        return year_before(as_of), period.last_year
    if compare == "usual" and preset in ("month", "last-month"):
        start, end = month_before(period.start), month_before(period.end)
        return month_before(as_of), Period(start, end if preset == "month" else month_end(end))
    return as_of - timedelta(days=period.days), period.previous


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last: 28/02 for 31/03."""
    return day - relativedelta(months=1)


def year_before(day: date) -> date:
    """The same day of the year before; 28/02 for 29/02."""
    return day - relativedelta(years=1)


def months(as_of: date, count: int) -> list[date]:
    """First days of the last `count` months, that of the as-of date being the last."""
    return [as_of.replace(day=1) - relativedelta(months=k) for k in reversed(range(count))]


def closed_months(as_of: date, count: int) -> list[date]:
    """First days of the last `count` months that have ended by the as-of date.

    >>> [f"{day:%m/%Y}" for day in closed_months(date(2026, 10, 31), 2)]
    ['09/2026', '10/2026']
    """
    return months(as_of + timedelta(days=1), count + 1)[:-1]


def month_end(day: date) -> date:
    """The last day of a date's month."""
    return day + relativedelta(day=31)


def stock_dates(as_of: date, count: int) -> list[date]:
    """The last `count` − 1 month ends before the as-of date's month, and the as-of date."""
    return [*(month_end(first) for first in months(as_of, count)[:-1]), as_of]
