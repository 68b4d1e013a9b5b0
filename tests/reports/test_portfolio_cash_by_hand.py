"""What fell due, what came in, and the forecast against pandas over notes and payments (R21)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.portfolio import collections, forecast
from credigestor.reports.portfolio.collections import Collection, DueTotal
from credigestor.reports.portfolio.forecast import Forecast
from credigestor.reports.scope import Scope
from credigestor.rules.aging import BANDS, band
from credigestor.rules.periods import month_end, months
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from tests import tables
from tests.by_hand import Ledger, ledger, open_at
from tests.imports.files import needs_sample
from tests.portfolio import TODAY, random_portfolio, refresh
from tests.replays import any_seed

pytestmark = pytest.mark.usefixtures("db")

SAMPLE_DATES = [
    date(2024, 10, 5),
    date(2025, 4, 20),
    date(2025, 12, 31),
    date(2026, 10, 31),  # a Saturday: what is due on it may be paid on Tuesday 03/11
    TODAY,
]
RANDOM_DATES = [date(2025, 3, 1), date(2026, 2, 28), date(2026, 8, 16), TODAY, date(2027, 6, 30)]
SCOPES = [
    Scope(),
    Scope(city="Fortaleza"),
    Scope(value="500-1000"),
    Scope(city="Recife", value=">1000"),
]


def reais(cents: float) -> Decimal:
    return Decimal(round(cents)) / 100


def paid_by(books: Ledger, day: date) -> pd.DataFrame:
    """Payments of notes until a day, with their notes' dates and whether they were in time."""
    items = where(books.items, [paid <= day for paid in books.items["paid_on"]]).merge(
        books.notes[["note_id", "due_date", "on_time_until"]], on="note_id"
    )
    in_time = [a <= b for a, b in zip(items["paid_on"], items["on_time_until"], strict=True)]
    return items.assign(in_time=np.array(in_time, dtype=bool))


def where(frame: pd.DataFrame, holds: list[bool]) -> pd.DataFrame:
    return frame.loc[np.array(holds, dtype=bool)]


def collections_by_hand(books: Ledger, day: date) -> list[Collection]:
    notes, items = open_at(books, day), paid_by(books, day)
    late = notes["late"] > 0
    sums = [
        frame.groupby(monthly(frame))[column].sum().to_dict()
        for frame, column in (
            (items[items["in_time"]], "principal"),
            (items[~items["in_time"]], "principal"),
            (notes[late], "open"),
            (notes[~late], "open"),
        )
    ]
    return [
        Collection(month, *(reais(found.get(month, 0)) for found in sums))
        for month in months(day, 12)
    ]


def monthly(notes: pd.DataFrame) -> list[date]:
    return [due.replace(day=1) for due in notes["due_date"]]


def receivable_by_hand(books: Ledger, day: date) -> list[DueTotal]:
    notes = open_at(books, day)
    firsts = [
        date(day.year + (day.month - 1 + k) // 12, (day.month - 1 + k) % 12 + 1, 1)
        for k in range(13)
    ]
    limits: list[tuple[date | None, date | None]] = [
        (None, date.fromordinal(firsts[0].toordinal() - 1)),
        *((first, month_end(first)) for first in firsts[:-1]),
        (firsts[-1], None),
    ]
    found = []
    for start, end in limits:
        inside = where(notes, due_between(notes, start, end))
        late = inside[inside["late"] > 0]
        sums = reais(inside["open"].sum()), reais(late["open"].sum())
        found.append(DueTotal(start, end, *sums, len(inside)))
    return found


def due_between(notes: pd.DataFrame, start: date | None, end: date | None) -> list[bool]:
    return [(not start or due >= start) and (not end or due <= end) for due in notes["due_date"]]


def check_forecast(found: Forecast, books: Ledger, day: date) -> None:
    notes = open_at(books, day)
    paid = dict.fromkeys(BANDS, 0)
    item: Any
    for item in paid_by(books, day).itertuples():
        days = 0 if item.in_time else (item.paid_on - item.due_date).days
        paid[band(days)] += item.principal
    still_open = {name: int(notes[notes["band"] == name]["open"].sum()) for name in BANDS}
    left: dict[str, tuple[int, int]] = {}
    for place, name in enumerate(BANDS):
        good = sum(paid[deeper] for deeper in BANDS[place:])
        bad = sum(still_open[deeper] for deeper in BANDS[place + 1 :] or BANDS[-1:])
        bad += 0 if place else int(paid_by(books, day)["discount"].sum())  # of notes not due
        left[name] = (good, good + bad)
    assert [(b.band, b.coming.contractual) for b in found.bands] == [
        (name, reais(cents)) for name, cents in still_open.items()
    ]
    assert {b.band: b.history.share for b in found.bands} == {
        name: Decimal(100 * good) / both if both else None for name, (good, both) in left.items()
    }
    for item in found.bands:
        assert item.coming.expected == slice_worth(still_open[item.band], *left[item.band])
    current = notes[notes["late"] == 0]
    for month in found.months:
        inside = where(current, due_between(current, month.due_from, month.due_to))
        cents = int(inside["open"].sum())
        assert month.coming.contractual == reais(cents)
        assert month.coming.expected == slice_worth(cents, *left["current"])
    after = where(current, [due > found.months[-1].due_to for due in current["due_date"]])
    assert found.later.contractual == reais(after["open"].sum())
    whole = found.within(12).contractual + found.later.contractual + found.overdue.contractual
    assert whole == reais(notes["open"].sum())


def slice_worth(cents: int, good: int, both: int) -> Decimal | None:
    if not cents:
        return Decimal(0)
    return reais((2 * cents * good + both) // (2 * both)) if both else None


def part_of(books: Ledger, scope: Scope) -> Ledger:
    wanted = {"seller_id": scope.seller, "city": scope.city, "value": scope.value}
    return books.only(**{name: value for name, value in wanted.items() if value is not None})


def check_all(dates: Iterable[date], scopes: Iterable[Scope]) -> None:
    refresh()
    with snapshot() as session:
        books = ledger(session)
        for scope in scopes:
            part = part_of(books, scope)
            for day in dates:
                assert collections.collections(session, day, scope) == collections_by_hand(
                    part, day
                )
                assert collections.receivable_by_month(session, day, scope) == receivable_by_hand(
                    part, day
                )
                check_forecast(forecast.forecast(session, day, scope), part, day)


@any_seed
def test_any_portfolio_gives_what_pandas_computes_from_notes_and_payments(
    admin: Actor, seed: int
) -> None:
    with transaction() as session:
        tables.cut(session, "sales", "customers")
        random_portfolio(session, admin, seed, sold=15)
        summaries.rebuild(session, today=TODAY)
    check_all(RANDOM_DATES, [*SCOPES, Scope(seller=admin.id)])


@needs_sample
@pytest.mark.usefixtures("sample")
def test_the_sample_shop_gives_what_pandas_computes_from_notes_and_payments() -> None:
    check_all(SAMPLE_DATES, [Scope(), Scope(value="500-1000")])
