"""Days and amounts of money by the words of the rules alone, in whole cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

ONE = timedelta(days=1)
_FIXED = {(1, 1), (21, 4), (1, 5), (7, 9), (12, 10), (2, 11), (15, 11), (20, 11), (25, 12)}
_GOOD_FRIDAYS = {date(2025, 4, 18), date(2026, 4, 3), date(2027, 3, 26), date(2028, 4, 14)}


class Refused(Exception):
    """What the rules do not allow."""


def half_up(top: int, bottom: int) -> int:
    """A quotient to the whole cent."""
    return (2 * top + bottom) // (2 * bottom)


def on_time_until(due: date) -> date:
    """R4: the next business day, of a day without business."""
    while due.weekday() > 4 or (due.day, due.month) in _FIXED or due in _GOOD_FRIDAYS:
        due += ONE
    return due


def split(cents: int, parts: int) -> list[int]:
    """R1."""
    share, more = divmod(cents, parts)
    return [share + 1] * more + [share] * (parts - more)


def rate_of(financed: int, notes: Sequence[tuple[int, int]]) -> Decimal:
    """R2b: the rate a day, by halving; notes are days from the sale and cents."""
    if sum(cents for _, cents in notes) <= financed:
        return Decimal(0)
    with localcontext() as context:
        context.prec = 50
        low, high = Decimal(0), Decimal(1)
        while high - low > Decimal("1e-24"):
            middle = (low + high) / 2
            worth = sum(cents / (1 + middle) ** days for days, cents in notes)
            low, high = (middle, high) if worth > financed else (low, middle)
        return round(low, 18)


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def worth(cents: int, rate: Decimal, days: int) -> int:
    """R14: what settles so many cents so many days early."""
    if days <= 0 or not rate:
        return cents
    with localcontext() as context:
        context.prec = 50
        return max(_whole(cents / (1 + rate) ** days), min(cents, 1))


def settled_by(paid: int, cents: int, rate: Decimal, days: int) -> int:
    """R14c: what of so many cents is settled by money so many days early."""
    if paid >= worth(cents, rate, days):
        return cents
    if days <= 0 or not rate:
        return paid
    with localcontext() as context:
        context.prec = 50
        return min(_whole(paid * (1 + rate) ** days), cents - 1)


def months(first: date, count: int, *, suggested_for: date) -> list[date]:
    """R3: a month apart, on the first one's day, or the sale's where its suggestion was taken."""
    day = (
        suggested_for.day if first == _month_on(suggested_for, 1, suggested_for.day) else first.day
    )
    return [_month_on(first, k, day) for k in range(count)]


def _month_on(start: date, k: int, day: int) -> date:
    year, month = divmod(start.month - 1 + k, 12)
    while True:
        try:
            return date(start.year + year, month + 1, day)
        except ValueError:
            day -= 1
