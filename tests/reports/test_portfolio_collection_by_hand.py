"""Roll rates, recovery and late charges against a slow computation from notes and payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio.late_charges import late_charges
from credigestor.reports.portfolio.recovery import DAYS, recoveries
from credigestor.reports.portfolio.rolls import rolls
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.periods import Period, closed_months, month_end, months
from credigestor.rules.permissions import Role
from credigestor.services import summaries
from tests import tables
from tests.by_hand import Ledger, ledger, open_at, rows
from tests.factories import actor_of, add_user
from tests.imports.files import needs_sample
from tests.portfolio import TODAY, random_portfolio
from tests.replays import any_seed

pytestmark = pytest.mark.usefixtures("db")

MONTHS = 6
DATES = [
    date(2025, 3, 31),
    date(2026, 2, 27),
    date(2026, 8, 15),
    TODAY,
    TODAY + timedelta(days=70),
]
Found = dict[Any, int]


def cents(value: Any) -> int:
    return int(value * 100)


def known(found: Found) -> Found:
    return {key: value for key, value in found.items() if value}


def rolls_by_hand(books: Ledger, as_of: date) -> Found:
    """Cents by month, band at its start, and band at its end or "" for what is not overdue."""
    found: Found = defaultdict(int)
    for month in closed_months(as_of, MONTHS):
        end = open_at(books, month_end(month))
        late = {note.note_id: note for note in rows(end[end["late"] > 0])}
        for note in rows(open_at(books, month - timedelta(days=1))):
            found[month, note.band, ""] += note.open
            if left := late.get(note.note_id):
                found[month, note.band, left.band] += left.open
                found[month, note.band, ""] -= left.open
    return known(found)


def recoveries_by_hand(books: Ledger, as_of: date) -> Found:
    """Cents by month, and 0 for what became overdue or the days within which it was paid."""
    found: Found = defaultdict(int)
    paid = items_by_note(books)
    seen = {
        (month, days)
        for month in closed_months(as_of, MONTHS)
        for days in (0, *DAYS)
        if month_end(month) + timedelta(days=days) <= as_of
    }
    for note in rows(books.notes):
        until = note.on_time_until
        items = paid.get(note.note_id, [])
        in_time = [item for item in items if item.paid_on <= until]
        left = note.amount - sum(item.principal + item.discount for item in in_time)
        month = (until + timedelta(days=1)).replace(day=1)
        if left and (note.cancelled_on is None or note.cancelled_on > until):
            found[month, 0] += left
        for item in items:
            for days in DAYS:
                if until < item.paid_on <= until + timedelta(days=days):
                    found[month, days] += item.principal
    return known({key: value for key, value in found.items() if key in seen})


def charges_by_hand(books: Ledger, periods: Sequence[Period], as_of: date) -> list[list[int]]:
    """Cents charged, received and outstanding in each period, by replay of every note (R9)."""
    days = {min(day, as_of) for p in periods for day in (p.start - timedelta(days=1), p.end)}
    owed = dict.fromkeys(days, 0)
    paid = items_by_note(books)
    for note in rows(books.notes):
        for day in days:
            owed[day] += owed_by_hand(note, paid.get(note.note_id, []), day)
    found = []
    for period in periods:
        end, eve = min(period.end, as_of), min(period.start - timedelta(days=1), as_of)
        total = sum(
            item.interest + item.fine
            for items in paid.values()
            for item in items
            if period.start <= item.paid_on <= end
        )
        found.append([owed[end] - owed[eve] + total, total, owed[end]])
    return found


def items_by_note(books: Ledger) -> dict[int, list[Any]]:
    """The payment items of each note, in order."""
    found: dict[int, list[Any]] = defaultdict(list)
    for item in rows(books.items):
        found[item.note_id].append(item)
    return found


def owed_by_hand(note: Any, items: list[Any], day: date) -> int:
    """Late interest and fine of one note at a date, cents."""
    if day < note.sold_on or (note.cancelled_on is not None and note.cancelled_on <= day):
        return 0
    principal, since, interest, fine, fined = note.amount, note.due_date, 0, 0, False

    def more(on: date) -> tuple[int, int]:
        if on <= note.free_until or not principal:
            return 0, 0
        late = Fraction(principal * max((on - since).days, 0)) * Fraction(str(note.late_rate))
        once = Fraction(principal) * Fraction(str(note.fine_rate)) / 100
        return half_up(late / 3000), 0 if fined else half_up(once)

    for item in items:
        if item.paid_on > day:
            break
        more_interest, more_fine = more(item.paid_on)
        interest += more_interest - item.interest
        fine += more_fine - item.fine
        if item.paid_on > note.free_until:
            fined, since = True, item.paid_on
        principal -= item.principal + item.discount
    more_interest, more_fine = more(day)
    return interest + more_interest + fine + more_fine if day > note.free_until else 0


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def compare(books: Ledger, as_of: date, scope: Scope) -> None:
    """Every figure of the three reports equals the one by hand, to the cent."""
    with transaction() as session:
        found = rolls(session, as_of, MONTHS, scope, today=TODAY)
        curves = recoveries(session, as_of, MONTHS, scope)
        spans = [Period(month, month_end(month)) for month in months(as_of, MONTHS)]
        spans += [Period(as_of - timedelta(days=40), as_of - timedelta(days=11))]
        charged = late_charges(session, spans, as_of, scope, today=TODAY)
    matrices: Found = {}
    for roll in found:
        for row in roll.origins:
            matrices[roll.month, row.band, ""] = cents(row.cured)
            matrices |= {(roll.month, row.band, b): cents(v) for b, v in row.went.items()}
            assert row.balance == row.cured + sum(row.went.values())
    assert known(matrices) == rolls_by_hand(books, as_of)
    recovered: Found = {(curve.month, 0): cents(curve.became) for curve in curves}
    for curve in curves:
        paid = zip(DAYS, curve.paid, strict=True)
        recovered |= {(curve.month, days): cents(v) for days, v in paid if v is not None}
    assert known(recovered) == recoveries_by_hand(books, as_of)
    assert [
        [cents(row.charged), cents(row.received), cents(row.outstanding)] for row in charged
    ] == charges_by_hand(books, spans, as_of)
    assert all(row.waived == 0 for row in charged)


def scopes(books: Ledger) -> list[tuple[Scope, Callable[[], Ledger]]]:
    """Parts of a portfolio: nothing left out, one filter of each kind, two of them at once."""
    sale = books.sales.iloc[-1]
    seller, city, value = sale["seller_id"], sale["city"], sale["value"]
    found: list[tuple[Scope, Callable[[], Ledger]]] = [
        (Scope(), lambda: books),
        (
            Scope(seller=NO_SELLER if seller is None else seller),
            lambda: books.only(seller_id=seller),
        ),
        (Scope(value=value), lambda: books.only(value=value)),
    ]
    if city:
        found += [
            (Scope(city=city), lambda: books.only(city=city)),
            (Scope(city=city, value=value), lambda: books.only(city=city, value=value)),
        ]
    return found


@any_seed
def test_any_portfolio_has_the_figures_of_a_recount(db: str, seed: int) -> None:
    with transaction() as session:
        tables.empty(session)
    admin = actor_of(add_user(Role.ADMIN, name="Ada"))
    with transaction() as session:
        random_portfolio(session, admin, seed)
        summaries.refresh(session, today=TODAY)
        books = ledger(session)
    for scope, part in scopes(books):
        for as_of in DATES[2:]:
            compare(part(), as_of, scope)


@needs_sample
@pytest.mark.usefixtures("sample")
def test_the_sample_shop_has_the_figures_of_a_recount() -> None:
    with snapshot() as session:
        books = ledger(session)
    for as_of in DATES:
        compare(books, as_of, Scope())
    for scope, part in scopes(books)[1:]:
        compare(part(), TODAY, scope)
