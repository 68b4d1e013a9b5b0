"""What the records of the shop with all acts tell, counted slowly (R16–R37)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports.portfolio import collections, recovery
from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.scope import Scope
from credigestor.rules.periods import months
from tests.by_hand import Ledger, dated, open_at, received, rows, until
from tests.portfolio import TODAY

DATES = [date(2025, 8, 31), date(2026, 3, 15), date(2026, 7, 31), date(2026, 10, 9), TODAY]


def reais(cents: Any) -> Decimal:
    return Decimal(int(cents)) / 100


def parts(books: Ledger) -> list[tuple[Scope, Ledger]]:
    """All of the shop, and parts of it."""
    return [
        (Scope(), books),
        (Scope(city="Recife"), books.only(city="Recife")),
        (Scope(value="500-1000"), books.only(value="500-1000")),
        (
            Scope(city="Recife", value="500-1000"),
            books.only(city="Recife").only(value="500-1000"),
        ),
    ]


def holding(frame: pd.DataFrame, holds: list[bool]) -> pd.DataFrame:
    """The rows of which it holds."""
    return frame[pd.Series(holds, index=frame.index, dtype=bool)]


def between(notes: pd.DataFrame, first: date | None, last: date | None) -> pd.DataFrame:
    inside = [
        (not first or due >= first) and (not last or due <= last) for due in notes["due_date"]
    ]
    return holding(notes, inside)


def told(flow: Any) -> dict[str, Any]:
    names = ("sales", "sold", "financed", "principal", "interest", "fine", "discount")
    return {name: getattr(flow, name) for name in names}


def flow_by_hand(
    books: Ledger, first: date, last: date, as_of: date, sale_ids: set[int] | None = None
) -> dict[str, Any]:
    sold = books.sales[books.sales["inherited"].isna()]
    if sale_ids is not None:
        sold = sold[sold["sale_id"].isin(sale_ids)]
    sold = holding(sold, [first <= on <= last for on in sold["sold_on"]])
    sold = holding(sold, [at is None or at > as_of for at in sold["cancelled_on"]])
    money = received(books)
    money = holding(money, [first <= on <= last for on in money["paid_on"]])
    sums = {
        name: reais(money[name].sum()) for name in ("principal", "interest", "fine", "discount")
    }
    return {
        "sales": len(sold),
        "sold": reais(sold["total"].sum()),
        "financed": reais(sold["financed"].sum()),
        **sums,
    }


def acts_told(found: Any) -> dict[str, tuple[Decimal, ...]]:
    return {kind: (of.interest, of.fine, of.principal) for kind, of in found.items()}


def acts_by_hand(books: Ledger, first: date, last: date) -> dict[str, tuple[Decimal, ...]]:
    """What each kind took off, what was recovered or paid by credit, what deals brought back in."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])

    def add(kind: str, row: Any) -> None:
        for place, name in enumerate(("interest", "fine", "principal")):
            sums[kind][place] += getattr(row, name)

    for act in rows(books.acts):
        if first <= act.acted_on <= last:
            add(act.kind, act)
    for item in rows(books.items):
        if first <= item.paid_on <= last and (item.recovered is True or item.by_credit):
            add("recovery" if item.recovered is True else "credit", item)
    deals = books.sales[books.sales["inherited"].notna()]
    live = set(holding(deals, [at is None for at in deals["cancelled_on"]])["sale_id"])
    for note in rows(books.notes):
        if note.sale_id in live and first <= note.sold_on <= last:
            sums["renegotiated_in"][2] += note.amount
    return {kind: tuple(map(reais, of)) for kind, of in sums.items() if any(of)}


def credit_by_hand(
    session: Session,
    day: date,
    first: date | None = None,
    kind: str | None = None,
    customer: int | None = None,
) -> list[tuple[Decimal, int | None]]:
    """What moved customers' credit until a day, undone or not, and of which sale."""
    found = session.execute(
        text("SELECT amount, sale_id, moved_on, kind, customer_id FROM credit_movements")
    )
    return [
        (row.amount, row.sale_id)
        for row in found
        if row.moved_on <= day
        and (first is None or row.moved_on >= first)
        and kind in (None, row.kind)
        and customer in (None, row.customer_id)
    ]


def due_by_hand(notes: pd.DataFrame, row: DueTotal) -> DueTotal:
    inside = between(notes, row.due_from, row.due_to)
    late = inside[inside["late"] > 0]
    sums = reais(inside["open"].sum()), reais(late["open"].sum())
    return DueTotal(row.due_from, row.due_to, *sums, len(inside))


def collections_by_hand(books: Ledger, day: date) -> list[collections.Collection]:
    """Of each due month: what was paid in time or late, by the dates then, is open, or was lost."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    items = until(books.items[books.items["recovered"] != True], "paid_on", day)  # noqa: E712
    made = {note.note_id: note for note in rows(books.notes)}
    moved = [act for act in rows(books.acts) if act.kind == "new_date"]

    def dates(note_id: int, *moment: Any) -> Any:
        earlier = [
            act for act in moved if act.note_id == note_id and (act.acted_on, act.act_id) < moment
        ]
        return earlier[-1] if earlier else made[note_id]

    for item in rows(items):
        then = dates(item.note_id, item.paid_on, item.payment_id)
        found[then.due_date.replace(day=1)][item.paid_on > then.on_time_until] += item.principal
    for note in rows(open_at(books, day)):
        found[note.due_date.replace(day=1)][2 if note.late else 3] += note.open
    lost = until(books.acts[books.acts["kind"] == "write_off"], "acted_on", day)
    for act in rows(lost):
        then = dates(act.note_id, act.acted_on, act.act_id)
        found[then.due_date.replace(day=1)][4] += act.principal
    return [collections.Collection(m, *map(reais, found[m])) for m in months(day, 12)]


def recovery_by_hand(books: Ledger, month: date) -> tuple[int, dict[int, int]]:
    """What became overdue in a month, and what of it was paid within so many days."""
    became, paid = 0, dict.fromkeys(recovery.DAYS, 0)
    notes = dated(books, books.notes, date.max)
    first_late = [(on + timedelta(days=1)).replace(day=1) == month for on in notes["on_time_until"]]
    items = books.items[books.items["recovered"] != True]  # noqa: E712
    for note in rows(holding(notes, first_late)):
        there = open_at(books, note.on_time_until)
        became += int(there[there["note_id"] == note.note_id]["open"].sum())
        for item in rows(items[items["note_id"] == note.note_id]):
            for days in recovery.DAYS:
                if 1 <= (item.paid_on - note.on_time_until).days <= days:
                    paid[days] += item.principal
    return became, paid


def settled(books: Ledger, note: Any, limit: date) -> bool:
    """Whether money, discounts or goods had settled a note by a day."""
    items = until(books.items[books.items["recovered"] != True], "paid_on", limit)  # noqa: E712
    acts = until(books.acts[books.acts["kind"] == "return"], "acted_on", limit)
    off = sum(
        int(of[of["note_id"] == note.note_id][name].sum())
        for of, name in ((items, "principal"), (items, "discount"), (acts, "principal"))
    )
    return off == note.amount


def settled_on(books: Ledger, note_id: int) -> date:
    items = books.items[books.items["note_id"] == note_id]
    return max(items["paid_on"])
