"""Ages of backups, and when the next one comes, in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_STEPS = (
    (timedelta(days=2), timedelta(days=1), "dia", "dias"),
    (timedelta(minutes=90), timedelta(hours=1), "hora", "horas"),
    (timedelta(minutes=1), timedelta(minutes=1), "min", "min"),
    (timedelta(seconds=1), timedelta(seconds=1), "segundo", "segundos"),
)


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit; hours up to two days.

    >>> span(timedelta(seconds=1)), span(timedelta(minutes=5)), span(timedelta(hours=40))
    ('1 segundo', '5 min', '40 horas')
    >>> span(timedelta(days=9, hours=23)), span(timedelta(seconds=-3))
    ('9 dias', 'menos de 1 segundo')
    """
    for least, unit, one, many in _STEPS:
        if length >= least:
            number = length // unit
            return f"{number} {one if number == 1 else many}"
    return "menos de 1 segundo"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment was.

    >>> ago(datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 10, 0, 20))
    'agora'
    >>> ago(datetime(2026, 1, 1, 10), datetime(2026, 1, 1, 13, 30))
    'há 3 horas'
    """
    length = now - moment
    return "agora" if length < timedelta(minutes=1) else f"há {span(length)}"


def next_at(hour: int, now: datetime, zone: ZoneInfo) -> str:
    """When the clock next shows that hour.

    >>> next_at(3, datetime(2026, 1, 1, 5, tzinfo=ZoneInfo("UTC")), ZoneInfo("America/Bahia"))
    'hoje 3h'
    >>> next_at(3, datetime(2026, 1, 1, 6, tzinfo=ZoneInfo("UTC")), ZoneInfo("America/Bahia"))
    'amanhã 3h'
    """
    day = "hoje" if now.astimezone(zone).hour < hour else "amanhã"
    return f"{day} {hour}h"
