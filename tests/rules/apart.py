"""A second computation of a sale's notes, which shares no code with the rules (R2, R2b, R2c, R33).

Whole cents, integers in fixed point, roots by halving, and a calendar of its own. What is paid on
the notes is in `tests.rules.paid_apart`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from credigestor.rules.due_schedule import Schedule

ONE = 1 << 220
_FIXED = {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)}


def power(base: int, exponent: int) -> int:
    """A fixed-point number to a whole power, also a negative one."""
    if exponent < 0:
        return ONE * ONE // power(base, -exponent)
    found = ONE
    while exponent:
        if exponent & 1:
            found = found * base >> 220
        base = base * base >> 220
        exponent >>= 1
    return found


def halved(low: int, high: int, too_much: object) -> int:
    """The number between the two from which on it is too much."""
    while high - low > ONE >> 96:
        middle = (low + high) // 2
        if too_much(middle):  # type: ignore[operator]
            high = middle
        else:
            low = middle
    return low


def cents(number: Fraction) -> int:
    """Rounded half up, away from zero."""
    sign = -1 if number < 0 else 1
    return sign * int(abs(number) + Fraction(1, 2))


def of(fixed: int) -> Fraction:
    return Fraction(fixed, ONE)


@dataclass(frozen=True)
class Growth:
    """What R$ 1 becomes at a rate a month; whole months exactly, where cents are often halved."""

    rate: Fraction

    @cached_property
    def of_a_day(self) -> int:
        top = (1 + self.rate) * ONE
        return halved(ONE, 2 * ONE, lambda g: power(g, 30) > top)

    def over(self, days: int) -> Fraction:
        if days % 30 == 0:
            return (1 + self.rate) ** (days // 30)
        return of(power(self.of_a_day, days))


def easter(year: int) -> date:
    """Sunday by the anonymous Gregorian computus."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def open_on(day: date) -> bool:
    good_friday = easter(day.year) - timedelta(days=2)
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED and day != good_friday


def on_time_until(due: date) -> date:
    """The next day on which the shop is open (R4)."""
    return next(d for k in range(10) if open_on(d := due + timedelta(days=k)))


def in_month(year: int, month: int, day: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def business_day(year: int, month: int, nth: int) -> date:
    first = in_month(year, month, 1)
    return [d for k in range(40) if open_on(d := first + timedelta(days=k))][nth - 1]


def due_apart(schedule: Schedule, sold: date, first: date, count: int) -> list[date]:
    if schedule.kind == "list":
        return sorted(row.due_date for row in schedule.listed)
    if schedule.kind == "days":
        assert schedule.step
        return [first + timedelta(days=schedule.step * k) for k in range(count)]
    if schedule.kind == "business_day":
        assert schedule.step
        here = business_day(first.year, first.month, schedule.step)
        later = 0 if here >= first else 1
        return [
            business_day(first.year, first.month + k + later, schedule.step) for k in range(count)
        ]
    suggested = first == in_month(sold.year, sold.month + 1, sold.day)
    anchor = sold.day if suggested else first.day
    return [in_month(first.year, first.month + k, anchor) for k in range(count)]


def amounts_apart(
    schedule: Schedule, financed: int, rate: Fraction, sold: date, due: Sequence[date]
) -> list[int]:
    """The notes' cents."""
    rows = sorted(schedule.listed, key=lambda row: row.due_date)
    agreed = [None if row.amount is None else int(row.amount * 100) for row in rows]
    agreed = agreed or [None] * len(due)
    free = [k for k, amount in enumerate(agreed) if amount is None]
    if not free:
        return [amount or 0 for amount in agreed]
    if rate == 0:
        left = financed - sum(amount or 0 for amount in agreed)
        shares = [(left + len(free) - 1 - k) // len(free) for k in range(len(free))]
        return [shares.pop(0) if amount is None else amount for amount in agreed]
    growth = Growth(rate)
    if schedule.kind == "monthly":
        return price(financed, growth, sold, due)
    worth = [growth.over((sold - day).days) for day in due]
    owed = financed - sum(
        (amount * w for amount, w in zip(agreed, worth, strict=True) if amount), Fraction(0)
    )
    each = cents(owed / sum((worth[k] for k in free), Fraction(0)))
    balance, since, made = financed, sold, list(agreed)
    for k in range(free[-1] + 1):
        balance += cents(balance * (growth.over((due[k] - since).days) - 1))
        since = due[k]
        if k == free[-1]:
            after = range(k + 1, len(due))
            worth_then = (growth.over((since - due[j]).days) for j in after)
            later = sum(
                ((agreed[j] or 0) * w for j, w in zip(after, worth_then, strict=True)), Fraction(0)
            )
            made[k] = balance - cents(later)
        else:
            made[k] = each if agreed[k] is None else agreed[k]
            balance -= made[k] or 0
    return [amount or 0 for amount in made]


def price(financed: int, growth: Growth, sold: date, due: Sequence[date]) -> list[int]:
    """Tabela Price, carried to a month before the first due date."""
    rate = growth.rate
    suggested = due[0] == in_month(sold.year, sold.month + 1, sold.day)
    month_before = in_month(due[0].year, due[0].month - 1, sold.day if suggested else due[0].day)
    balance = cents(financed * growth.over((month_before - sold).days))
    each = cents(balance * rate / (1 - (1 + rate) ** -len(due)))
    for _k in due[1:]:
        balance += cents(balance * rate) - each
    return [each] * (len(due) - 1) + [balance + cents(balance * rate)]


def rate_apart(financed: int, days: Sequence[int], amounts: Sequence[int]) -> int:
    """1 ÷ (1 + r), by halving."""
    apart = [day - before for day, before in zip(days, [0, *days], strict=False)]

    def worth(v: int) -> int:
        value, factor, powers = 0, ONE, {gap: power(v, gap) for gap in set(apart)}
        for gap, amount in zip(apart, amounts, strict=True):
            factor = factor * powers[gap] >> 220
            value += amount * factor
        return value

    if sum(amounts) <= financed:
        return ONE
    return halved(ONE // 10, ONE, lambda v: worth(v) > financed * ONE)
