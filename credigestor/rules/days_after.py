"""Due dates told by the days after the sale, as a counter says them: "30/60/90" (R33).

>>> parse_days_after("30/60/90") == parse_days_after(" 30 60, 90 ") == (30, 60, 90)
True
>>> rows = listed_after((30, 60), date(2026, 11, 29)).listed
>>> [str(row.due_date) for row in rows]
['2026-12-29', '2027-01-28']
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from credigestor.errors import InvalidInput
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
from credigestor.rules.installments import MAX_INSTALLMENTS

#: As far ahead as 120 monthly notes go.
MOST_DAYS = 3660


def parse_days_after(typed: str, *, field: str | None = "days_after") -> tuple[int, ...]:
    """Read days in ascending order, parted by bars, commas or spaces; raises InvalidInput."""
    parts = [part for part in re.split(r"[/,;\s]+", typed.strip()) if part]
    if not parts or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidInput("Digite os dias depois da venda, como 30/60/90.", field=field)
    return check_days_after([int(part[:9]) for part in parts], field=field)


def check_days_after(days: Sequence[int], *, field: str | None = "days_after") -> tuple[int, ...]:
    """Give the days back; InvalidInput unless they ascend, and are no more than a sale's notes."""
    if not days:
        raise InvalidInput("Digite os dias depois da venda, como 30/60/90.", field=field)
    if len(days) > MAX_INSTALLMENTS:
        raise InvalidInput(
            f"Uma venda tem no máximo {MAX_INSTALLMENTS} parcelas; aqui há {len(days)}.",
            field=field,
        )
    if days[0] < 0 or days[-1] > MOST_DAYS or any(a >= b for a, b in pairwise(days)):
        raise InvalidInput(
            f"Os dias devem crescer, cada um maior que o anterior, até {MOST_DAYS}.", field=field
        )
    return tuple(days)


def format_days_after(days: Sequence[int]) -> str:
    """Show them as 30/60/90."""
    return "/".join(map(str, days))


def listed_after(days: Sequence[int], sold_on: date) -> Schedule:
    """The list of due dates so many days after a sale, all amounts computed."""
    rows = tuple(ListedNote(sold_on + timedelta(days=each)) for each in days)
    return Schedule(ScheduleKind.LIST, listed=rows)
