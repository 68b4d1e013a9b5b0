"""The slow second computation: pandas over notes and payments, asking nothing that is under test.

Money is integer cents. `ledger` reads the tables once; `open_at` gives the notes that still owe
at the end of a day, with how late each is.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.rules.aging import band
from credigestor.rules.value_ranges import value_range

_NOTES = """
SELECT n.id AS note_id, n.sale_id, n.customer_id, n.number, n.amount, n.due_date, n.on_time_until,
    n.free_until, s.seller_id, c.city, s.sold_on, s.cancelled_on, s.total, s.down_payment,
    s.installments, s.late_rate, s.fine_rate
FROM notes n JOIN sales s ON s.id = n.sale_id JOIN customers c ON c.id = s.customer_id
ORDER BY n.id
"""
_SALES = """
SELECT s.id AS sale_id, s.customer_id, s.seller_id, c.city, s.sold_on, s.cancelled_on, s.total,
    s.down_payment, s.installments
FROM sales s JOIN customers c ON c.id = s.customer_id ORDER BY s.id
"""
_ITEMS = """
SELECT i.note_id, i.payment_id, i.paid_on, i.amount, i.principal, i.interest, i.fine, i.discount
FROM payment_items i
WHERE NOT EXISTS (SELECT FROM reversals r WHERE r.payment_id = i.payment_id)
ORDER BY i.paid_on, i.payment_id
"""
_MONEY = {"amount", "total", "down_payment", "principal", "interest", "fine", "discount"}


@dataclass(frozen=True)
class Ledger:
    """Sales, notes, and payment items that were not reversed; dates are `date`, money cents."""

    sales: pd.DataFrame
    notes: pd.DataFrame
    items: pd.DataFrame
    whole: Ledger | None = None
    opened: dict[date, pd.DataFrame] = field(default_factory=dict)

    def only(self, **wanted: Any) -> Ledger:
        """The part whose sales have these values (seller_id, city, value), None being none."""
        sales = self.sales
        for name, value in wanted.items():
            sales = sales[sales[name].map(lambda v, value=value: v == value).astype(bool)]
        notes = self.notes[self.notes["sale_id"].isin(sales["sale_id"])]
        items = self.items[self.items["note_id"].isin(notes["note_id"])]
        return Ledger(sales, notes, items, whole=self.whole or self)


def rows(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows, each with its columns by name; `itertuples` is slow where columns are many."""
    row = namedtuple("row", frame.columns)  # type: ignore[misc]
    return map(row._make, zip(*(frame[name].tolist() for name in frame.columns), strict=True))


def ledger(session: Session) -> Ledger:
    """The whole ledger as it stands."""
    sales, notes, items = (_frame(session, query) for query in (_SALES, _NOTES, _ITEMS))
    for frame in (sales, notes):
        frame["value"] = [value_range(Decimal(cents) / 100) for cents in frame["total"]]
        frame["financed"] = frame["total"] - frame["down_payment"]
    return Ledger(sales, notes, items)


def open_at(books: Ledger, day: date) -> pd.DataFrame:
    """Notes that owe at the end of a day: their columns, `open` (cents), `late` (days), `band`.

    Computed once a day for all the books; a part of them has those of its own sales.
    """
    whole = books.whole or books
    if day not in whole.opened:
        whole.opened[day] = _open_at(whole, day)
    notes = whole.opened[day]
    return notes if books is whole else notes[notes["sale_id"].isin(books.sales["sale_id"])]


def _open_at(books: Ledger, day: date) -> pd.DataFrame:
    notes = books.notes[books.notes["sold_on"].map(lambda sold: sold <= day).astype(bool)]
    live = notes["cancelled_on"].map(lambda at: at is None or at > day)
    notes = notes[live.astype(bool)]
    items = books.items[books.items["paid_on"].map(lambda paid: paid <= day).astype(bool)]
    paid = items.assign(off=items["principal"] + items["discount"]).groupby("note_id")["off"].sum()
    notes = notes.assign(open=notes["amount"] - notes["note_id"].map(paid).fillna(0).astype(int))
    notes = notes[notes["open"] > 0]
    late = [
        (day - due).days if day > until else 0
        for due, until in zip(notes["due_date"], notes["on_time_until"], strict=True)
    ]
    return notes.assign(late=late, band=[band(days) for days in late])


def _frame(session: Session, query: str) -> pd.DataFrame:
    result = session.execute(text(query))
    frame = pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
    for name in _MONEY & set(frame.columns):
        frame[name] = [int(value * 100) for value in frame[name]]
        frame[name] = frame[name].astype("int64")
    return frame
