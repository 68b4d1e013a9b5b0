"""Random sales as they are asked for: any schedule, rate and amount (R2, R33)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from credigestor.errors import InvalidInput
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.due_schedule import ListedNote, Schedule, ScheduleKind
from credigestor.rules.schedule import Plan, plan
from tests.rules.apart import in_month

#: So many tests of as many random cases: 10,000 in all where `CI` is set, 200 at a desk.
TESTS, CASES = 10, 1000 if os.environ.get("CI") else 20


@dataclass(frozen=True)
class Asked:
    """A sale to be made; `financed` in cents, `rate` percent a month."""

    sold: date
    financed: int
    rate: Decimal
    schedule: Schedule
    first: date
    count: int

    def made(self, grace_days: int = 0) -> Plan:
        """Its notes by the rules under test; raises InvalidInput where they refuse it."""
        return plan(
            Decimal(self.financed) / 100,
            self.rate,
            self.count,
            self.first,
            sold_on=self.sold,
            schedule=self.schedule,
            grace_days=grace_days,
            holidays=HolidayRules(),
        )


def random_sales(random: Random, many: int, grace_days: int = 0) -> Iterator[tuple[Asked, Plan]]:
    """So many sales that can be made, and their notes; few of those that are tried are refused."""
    refused = 0
    for _ in range(many):
        made = None
        while made is None:
            asked = random_asked(random)
            try:
                made = asked.made(grace_days)
            except InvalidInput:
                refused += 1
        yield asked, made
    assert refused <= 3 + many // 10


def random_asked(random: Random) -> Asked:
    """A sale that may be refused, as a list that falls short."""
    sold = date(2026, 1, 1) + timedelta(days=random.randrange(1200))
    financed = random.choice([100_000, random.randint(20_000, 10_000_000)])
    rate = Decimal(random.choice(["0", "1", "2.5", "5", "100", f"0.{random.randrange(10_000):04}"]))
    return Asked(sold, financed, rate, *_schedule(random, sold, financed))


def _schedule(random: Random, sold: date, financed: int) -> tuple[Schedule, date, int]:
    first = sold + timedelta(days=random.choice([0, 1, 15, 30, 31, random.randrange(366)]))
    count = random.choice([1, 2, 3, 6, 12, 24, random.randint(1, 120)])
    match random.choice(list(ScheduleKind)):
        case ScheduleKind.DAYS as kind:
            step = random.choice([7, 10, 14, 15, 30, random.randint(1, 180)])
            return Schedule(kind, step), first, count
        case ScheduleKind.BUSINESS_DAY as kind:
            return Schedule(kind, random.randint(1, 15)), first, count
        case ScheduleKind.MONTHLY:
            usual = in_month(sold.year, sold.month + 1, sold.day)
            return Schedule(), random.choice([usual, first]), count
        case ScheduleKind.LIST as kind:
            rows = tuple(_rows(random, sold, financed, min(count, 40)))
            return Schedule(kind, listed=rows), first, count


def _rows(random: Random, sold: date, financed: int, count: int) -> Iterator[ListedNote]:
    how = random.choice(["agreed", "some", "none"])
    for day in random.sample(range(1, 900), count):
        share = financed // count + random.randint(0, 1 + financed // (50 * count)) + count
        typed = how == "agreed" or (how == "some" and random.random() < 0.4)
        amount = Decimal(share) / 100 if typed else None
        yield ListedNote(sold + timedelta(days=day), amount)
