"""Which backups are kept: grandfather, father, son.

Of each of the newest days, weeks (Monday to Sunday) and months that have one, the last is kept;
and whatever is younger than a day, so that what was made by hand before some large change is
still there after it.

>>> keep = Keep(daily=2, weekly=0, monthly=1)
>>> zone = ZoneInfo("America/Bahia")
>>> made = [datetime(2026, 11, day, 3, tzinfo=zone) for day in (1, 20, 21, 22, 23)]
>>> [moment.day for moment in sorted(kept(made, keep, now=made[-1], zone=zone))]
[22, 23]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

YOUNG = timedelta(days=1)


@dataclass(frozen=True)
class Keep:
    """Of how many days, weeks and months the last backup is kept."""

    daily: int
    weekly: int
    monthly: int


def kept(
    moments: Iterable[datetime], keep: Keep, *, now: datetime, zone: ZoneInfo
) -> frozenset[datetime]:
    """Those of the moments (with their zones) at which the backups to be kept were made.

    Days, weeks and months are the shop's: `zone`. The newest is always among them.
    """
    newest_first = sorted(set(moments), reverse=True)
    keeping = {moment for moment in newest_first if now - moment < YOUNG}
    keeping.update(newest_first[:1])
    for number, period in (
        (keep.daily, _day),
        (keep.weekly, _week),
        (keep.monthly, _month),
    ):
        keeping.update(_last_of_each(newest_first, number, period, zone))
    return frozenset(keeping)


def _last_of_each(
    newest_first: list[datetime],
    number: int,
    period: Callable[[datetime], tuple[int, ...]],
    zone: ZoneInfo,
) -> list[datetime]:
    last: dict[tuple[int, ...], datetime] = {}
    for moment in newest_first:
        last.setdefault(period(moment.astimezone(zone)), moment)
    return list(last.values())[:number]


def _day(local: datetime) -> tuple[int, ...]:
    return (local.year, local.month, local.day)


def _week(local: datetime) -> tuple[int, ...]:
    return tuple(local.isocalendar()[:2])


def _month(local: datetime) -> tuple[int, ...]:
    return (local.year, local.month)
