"""Due dates put off by agreement, and the interest agreed for the days between (R32).

300,00 moved by ten days for 1 % a month cost 1,00; the new date has its own days on time (R4) and
the sale's grace. 21/03/2026 is a Saturday:

>>> from datetime import date
>>> from decimal import Decimal as D
>>> from credigestor.rules.calendar import HolidayRules
>>> str(agreed_interest(D("300.00"), D("1"), 10))
'1.00'
>>> moved = dates_from(date(2026, 3, 21), 2, HolidayRules())
>>> [day.day for day in (moved.due_date, moved.on_time_until, moved.free_until)]
[21, 23, 25]
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from credigestor.rules.calendar import HolidayRules, last_free_day, last_on_time_day
from credigestor.rules.charges import DueDates
from credigestor.rules.money import round_cents

#: How far a note may be put off at once.
MOST_DAYS = 3650


def agreed_interest(principal: Decimal, rate: Decimal, days: int) -> Decimal:
    """Interest on R$ `principal` at `rate` percent a month for the days it is put off, R$.

    Simple, a month of 30 days, as late interest is (R7); rounded half up once.
    """
    return round_cents(principal * rate * days / 3000)


def dates_from(due: date, grace_days: int, holidays: HolidayRules) -> DueDates:
    """The dates of a note that is due on another day (R4, R8)."""
    return DueDates(due, last_on_time_day(due, holidays), last_free_day(due, grace_days, holidays))
