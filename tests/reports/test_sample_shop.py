"""The sample shop's figures, computed a second time without any of the project's own rules.

Cents are integers, interest is a Fraction, holidays are a list written down here; so a mistake
in the rules, in the fold or in the SQL shows as a difference (R1, R3, R4, R6, R7, R9, R16, R22).
"""

from __future__ import annotations

import csv
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import floor

import pytest

from credigestor.db.engine import snapshot
from credigestor.reports.summary import as_json, summary
from tests.imports.files import SAMPLE, needs_sample
from tests.portfolio import TODAY

pytestmark = [needs_sample, pytest.mark.usefixtures("sample")]

AS_OF = [
    date(2024, 9, 3),
    date(2024, 12, 31),
    date(2025, 2, 28),
    date(2025, 4, 21),
    date(2025, 9, 8),
    date(2026, 1, 1),
    date(2026, 6, 30),
    date(2026, 11, 20),
    date(2026, 11, 22),
    TODAY,
    date(2026, 11, 24),
    date(2028, 2, 29),
]
FIXED_HOLIDAYS = {(1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (11, 20), (12, 25)}
GOOD_FRIDAYS = {date(2024, 3, 29), date(2025, 4, 18), date(2026, 4, 3), date(2027, 3, 26)}
LIMITS = [(30, "1-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"), (360, "181-360")]


@dataclass
class Paper:
    """A note in cents, and its payments up to the as-of date."""

    cents: int
    due: date
    sold_on: date
    paid: list[tuple[date, int]] = field(default_factory=list)

    @property
    def on_time_until(self) -> date:
        return business_day(self.due)


@cache
def business_day(day: date) -> date:
    while day.weekday() > 4 or (day.month, day.day) in FIXED_HOLIDAYS or day in GOOD_FRIDAYS:
        day += timedelta(days=1)
    return day


@cache
def rows(file: str) -> list[dict[str, str]]:
    with (SAMPLE / file).open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text, delimiter=";"))


@cache
def day_of(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)


@cache
def cents_of(text: str) -> int:
    return int(text.replace(".", "").replace(",", ""))


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@cache
def months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def papers(as_of: date) -> tuple[list[dict[str, str]], dict[tuple[str, int], Paper], int]:
    """Sales made by a date, their notes, and how many payments these have had."""
    sold = [row for row in rows("vendas.csv") if day_of(row["data"]) <= as_of]
    notes = {}
    for row in sold:
        financed, count = cents_of(row["valor_total"]) - cents_of(row["entrada"]), row["parcelas"]
        for k in range(int(count) if financed else 0):
            notes[row["ref"], k + 1] = Paper(
                financed // int(count) + (k < financed % int(count)),
                months_on(day_of(row["primeiro_vencimento"]), k),
                day_of(row["data"]),
            )
    payments = [row for row in rows("pagamentos.csv") if day_of(row["data"]) <= as_of]
    for row in payments:
        note = notes[row["venda"], int(row["parcela"])]
        note.paid.append((day_of(row["data"]), cents_of(row["valor"])))
    return sold, notes, len(payments)


def charges(note: Paper, principal: int, since: date, fined: bool, on: date) -> tuple[int, int]:
    """Late interest (1 % a month) and fine (2 %) that come on top by a day."""
    if on <= note.on_time_until or not principal:
        return 0, 0
    interest = half_up(Fraction(principal * (on - since).days, 3000))
    return interest, 0 if fined else half_up(Fraction(principal, 50))


def by_hand(as_of: date) -> dict[str, object]:
    sold, notes, payments = papers(as_of)
    sums: dict[str, int] = defaultdict(int)
    aging: dict[str, int] = dict.fromkeys(["current", *(name for _, name in LIMITS), ">360"], 0)
    for note in notes.values():
        principal, interest, fine, fined, since = note.cents, 0, 0, False, note.due
        for on, left in sorted(note.paid, key=lambda paid: paid[0]):
            more_interest, more_fine = charges(note, principal, since, fined, on)
            interest, fine = interest + more_interest, fine + more_fine
            if on > note.on_time_until:
                fined, since = True, on
            to_interest = min(left, interest)
            to_fine = min(left - to_interest, fine)
            to_principal = left - to_interest - to_fine
            interest, fine, principal = (
                interest - to_interest,
                fine - to_fine,
                principal - to_principal,
            )
            assert principal >= 0
            sums["received_interest"] += to_interest
            sums["received_fine"] += to_fine
            sums["received_principal"] += to_principal
        days = (as_of - note.due).days
        late = principal > 0 and as_of > note.on_time_until
        band = next((name for limit, name in LIMITS if days <= limit), ">360")
        aging[band if late else "current"] += principal
        sums["receivable_principal"] += principal
        if late:
            more_interest, more_fine = charges(note, principal, since, fined, as_of)
            sums["overdue_notes"] += 1
            sums["overdue_principal"] += principal
            sums["overdue_interest"] += interest + more_interest
            sums["overdue_fine"] += fine + more_fine
    money = {
        name: reais(sums[name])
        for name in (
            "receivable_principal",
            *(f"overdue_{part}" for part in ("principal", "interest", "fine")),
            *(f"received_{part}" for part in ("principal", "interest", "fine")),
        )
    }
    return {
        "customers": len(rows("clientes.csv")),
        "sales": len(sold),
        "notes": len(notes),
        "payments": payments,
        "financed": reais(
            sum(cents_of(row["valor_total"]) - cents_of(row["entrada"]) for row in sold)
        ),
        "renegotiations": 0,
        "renegotiated": reais(0),
        "paid_by_credit": reais(0),
        "overdue_notes": sums["overdue_notes"],
        "aging": {band: reais(cents) for band, cents in aging.items()},
        **money,
    }


def reais(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def test_the_figures_of_the_sample_shop_are_those_of_a_computation_of_its_own() -> None:
    with snapshot() as session:
        for as_of in AS_OF:
            assert as_json(summary(session, as_of, today=TODAY)) == by_hand(as_of), as_of
