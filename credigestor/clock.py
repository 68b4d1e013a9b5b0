"""The only reader of the clock: services, reports and rules get their dates as arguments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today(time_zone: str) -> date:
    """The shop's calendar day, from its time zone setting."""
    return now().astimezone(ZoneInfo(time_zone)).date()
