"""A made-up shop of any size: the same 36 months, only more of everything a day.

Money is split, planned and folded by the product's own rules, so that what is loaded is what
the counter would have written. Everything follows from the seed and the sale's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from hashlib import md5
from random import Random
from typing import Any, Literal, NamedTuple
from uuid import UUID

from dateutil.relativedelta import relativedelta

from credigestor.rules.calendar import (
    HolidayRules,
    default_first_due,
    due_dates,
    last_on_time_day,
)
from credigestor.rules.charges import Paid, State, Step, Terms, new_state, owed_on, settle
from credigestor.rules.identity import fold
from credigestor.rules.installments import split
from credigestor.rules.money import CENT, ZERO, round_cents
from credigestor.rules.true_rate import daily_rate

#: The benchmark's day: the last of its 36 months.
TODAY = date(2026, 11, 23)
FIRST_DAY = TODAY - relativedelta(months=36) + timedelta(days=1)
SELLERS = 8
#: The id of the manager, who cancels and reverses; those before it are the sellers'.
MANAGER = SELLERS + 1
#: The id of one of the sellers.
SELLER = 1
CITIES = 60
SALES_A_CUSTOMER = 4

#: Instalments of a sale, ten on average, and how often each occurs.
_COUNTS, _COUNT_WEIGHTS = (1, 3, 6, 8, 10, 12, 15, 18, 24), (4, 7, 13, 14, 22, 21, 10, 6, 3)
#: A sale's total, in cents: one range of `rules.value_ranges` or part of one, and its weight.
_TOTALS = ((3000, 10000), (10001, 25000), (25001, 50000), (50001, 100000), (100001, 400000))
_TOTAL_WEIGHTS = (10, 25, 30, 22, 13)
_DOWN_PERCENT, _DOWN_WEIGHTS = (0, 10, 20, 100), (70, 18, 11, 1)
_METHODS, _METHOD_WEIGHTS = ("pix", "cash", "card", "transfer"), (45, 35, 15, 5)
_FIRST_NAMES = ("Ana", "João", "Maria", "José", "Antônia", "Francisco", "Lúcia", "Pedro", "Rita")
_LAST_NAMES = ("Silva", "Sousa", "Lima", "Araújo", "Moura", "Gonçalves", "Ferreira", "Alencar")
#: Contract terms changed once: who bought before it has no grace (R5).
_GRACE_SINCE, _GRACE_DAYS = date(2025, 6, 1), 3
_LATE_RATE, _FINE_RATE = Decimal(1), Decimal(2)
_HOLIDAYS = HolidayRules()

# Of a hundred sales …
_CANCELLED = 0.01
_STOPPED = 0.305  # were no longer paid from some note on; of these
_CURED = 0.35  # were paid after all, months later.
# Of a hundred notes of the others …
_EARLY, _ON_TIME = 0.2, 0.75  # the rest is up to 60 days late
_FORGOTTEN = 0.015
_IN_TWO, _IN_THREE = 0.30, 0.06
_REVERSED = 0.004


class Payment(NamedTuple):
    """One payment for one note; `reversed_on` is None for one that counts."""

    paid_on: date
    note_id: int
    customer_id: int
    step: Step
    method: str
    received_by: int
    reversed_on: date | None


@dataclass(slots=True)
class Made:
    """A sale's row, and those of its notes, as COPY takes them; and its payments."""

    sale: tuple[Any, ...]
    notes: list[tuple[Any, ...]] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)


def noon(day: date) -> datetime:
    """When what is dated on a day was written down."""
    return datetime.combine(day, time(15), UTC)


def operation(kind: Literal["sale", "payment", "act"], number: int) -> str:
    """The operation id of a row: scattered as random ones are, the same at every load."""
    return str(UUID(bytes=md5(f"{kind} {number}".encode()).digest()))


def customer(number: int, seed: int) -> tuple[Any, ...]:
    """Columns of a customer: CUSTOMER_COLUMNS of the loader."""
    random = Random(f"{seed} customer {number}")
    name = " ".join(
        (random.choice(_FIRST_NAMES), random.choice(_LAST_NAMES), random.choice(_LAST_NAMES))
    )
    city = int(CITIES * random.random() ** 2) + 1  # the first cities have the most customers
    return (
        number,
        name,
        fold(name),
        cpf(number),
        f"+55859{80000000 + number}",
        f"Cidade {city:02}",
        "CE",
        noon(FIRST_DAY),
        noon(FIRST_DAY),
    )


def cpf(number: int) -> str:
    """The CPF whose first nine digits are a number."""
    digits = [int(digit) for digit in f"{number:09}"]
    for first in (10, 11):
        weighed = sum((first - place) * digit for place, digit in enumerate(digits))
        digits.append((11 - weighed) % 11 % 10)
    return "".join(map(str, digits))


def business(sales: int, seed: int) -> Iterator[Made]:
    """The shop's sales in the order of their dates, with ids from 1."""
    days = (TODAY - FIRST_DAY).days + 1
    customers = max(sales // SALES_A_CUSTOMER, 1)
    next_note = 1
    for number in range(sales):
        random = Random(seed * 1_000_003 + number)
        made = _sale(
            random,
            sale_id=number + 1,
            customer_id=int(customers * random.random() ** 1.2) + 1,
            sold_on=FIRST_DAY + timedelta(days=number * days // sales),
            first_note=next_note,
        )
        next_note += len(made.notes)
        yield made


def _sale(
    random: Random, *, sale_id: int, customer_id: int, sold_on: date, first_note: int
) -> Made:
    seller = random.randint(0, SELLERS) or None  # one in nine is nobody's
    total = random.randint(*random.choices(_TOTALS, _TOTAL_WEIGHTS)[0]) * CENT
    percent = random.choices(_DOWN_PERCENT, _DOWN_WEIGHTS)[0]
    down = round_cents(total * percent / 100)
    count = random.choices(_COUNTS, _COUNT_WEIGHTS)[0] if down < total else 0
    rate = Decimal(1) if count >= 6 and random.random() < 0.15 else ZERO
    first_due = default_first_due(sold_on) if count else None
    if first_due and random.random() < 0.4:  # many choose a day after their wages
        first_due = first_due.replace(day=random.choice((5, 10, 20)))
    grace = _GRACE_DAYS if sold_on >= _GRACE_SINCE else 0
    cancelled_on = None
    if random.random() < _CANCELLED:
        cancelled_on = min(sold_on + timedelta(days=random.randint(0, 40)), TODAY)
    dates = list(_calendar(first_due, count)) if first_due else []
    amounts = split(total - down, rate, count) if first_due else []
    by_days = [((due - sold_on).days, note) for (due, _), note in zip(dates, amounts, strict=True)]
    made = Made(
        (
            sale_id,
            operation("sale", sale_id),
            customer_id,
            seller,
            sold_on,
            "Mercadorias",
            total,
            down,
            count,
            first_due,
            rate,
            daily_rate(total - down, by_days) if rate else ZERO,
            _LATE_RATE,
            _FINE_RATE,
            grace,
            cancelled_on,
            noon(cancelled_on) if cancelled_on else None,
            MANAGER if cancelled_on else None,
            "Mercadoria devolvida" if cancelled_on else None,
            noon(sold_on),
            seller,
        )
    )
    if first_due is None:
        return made
    delay, delayed_from = _stop(random, count)
    for number, (amount, (due, on_time)) in enumerate(zip(amounts, dates, strict=True), start=1):
        free_until = on_time + timedelta(days=grace)
        terms = Terms(amount, due, free_until, _LATE_RATE, _FINE_RATE)
        note_id = first_note + number - 1
        state, last = new_state(terms), None
        if cancelled_on is None:
            paid_on = _dates(random, due, sold_on, delay if number >= delayed_from else 0)
            for step, reversed_on in _pay(random, terms, paid_on):
                made.payments.append(
                    Payment(
                        step.act.on,
                        note_id,
                        customer_id,
                        step,
                        random.choices(_METHODS, _METHOD_WEIGHTS)[0],
                        random.randint(1, SELLERS),
                        reversed_on,
                    )
                )
                if reversed_on is None:
                    state, last = step.state, step.act.on
        made.notes.append(
            (
                note_id,
                sale_id,
                customer_id,
                number,
                amount,
                due,
                on_time,
                free_until,
                state.principal,
                state.interest,
                state.fine,
                state.fine_charged,
                state.interest_from,
                last,
                last if state.principal == 0 else None,
                cancelled_on,
            )
        )
    return made


def _stop(random: Random, count: int) -> tuple[int | None, int]:
    """From which note on the sale is paid with a delay, in days; None: not at all."""
    if random.random() >= _STOPPED:
        return 0, count + 1
    stopped_at = random.randint(1, count)
    return (random.randint(61, 400) if random.random() < _CURED else None), stopped_at


def _dates(random: Random, due: date, sold_on: date, delay: int | None) -> list[date]:
    """On which days something is paid on a note; the last one settles it."""
    if random.random() < _FORGOTTEN:
        delay = None
    if delay is None:
        # Some who stopped had paid a little.
        return [due + timedelta(days=random.randint(0, 90)), date.max] * (random.random() < 0.1)
    if delay == 0:
        chance = random.random()
        if chance < _EARLY:
            delay = -random.randint(1, 20)
        elif chance >= _ON_TIME:
            delay = 1 + int(60 * random.random() ** 2)
    first = max(due + timedelta(days=delay), sold_on)
    chance = random.random()
    parts = 3 if chance < _IN_THREE else 2 if chance < _IN_THREE + _IN_TWO else 1
    days = [first]
    while len(days) < parts:
        days.append(days[-1] + timedelta(days=random.randint(10, 30)))
    return days


def _pay(random: Random, terms: Terms, dates: list[date]) -> Iterator[tuple[Step, date | None]]:
    """The payments made until today, and for one that was reversed, when."""
    state: State = new_state(terms)
    for place, day in enumerate(dates):
        if day > TODAY or state.principal == 0:
            return
        amount = owed_on(terms, state, day).total
        if place < len(dates) - 1:
            amount = max(round_cents(amount * random.randint(20, 70) / 100), CENT)
        step = settle(terms, state, Paid(day, amount))
        if random.random() < _REVERSED:
            yield step, min(day + timedelta(days=random.randint(0, 3)), TODAY)
        state = step.state
        yield step, None


@cache
def _calendar(first_due: date, count: int) -> list[tuple[date, date]]:
    """Nominal due date and last on-time day of each note (R3, R4)."""
    return [(due, _on_time_until(due)) for due in due_dates(first_due, count)]


@cache
def _on_time_until(due: date) -> date:
    return last_on_time_day(due, _HOLIDAYS)
