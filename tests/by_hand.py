"""The slow second computation: pandas over notes, payments and acts, asking nothing under test.

Money is integer cents. `ledger` reads the tables once; `open_at` gives the notes that still owe
at the end of a day, with how late each is then.
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
SELECT n.id AS note_id, n.sale_id, n.customer_id, n.number, n.amount,
    coalesce(n.original_due_date, n.due_date) AS due_date,
    coalesce(n.original_on_time_until, n.on_time_until) AS on_time_until,
    coalesce(n.original_free_until, n.free_until) AS free_until, s.seller_id, c.city, s.sold_on,
    s.cancelled_on, s.total, s.down_payment,
    s.installments, s.late_rate, s.fine_rate
FROM notes n JOIN sales s ON s.id = n.sale_id JOIN customers c ON c.id = s.customer_id
ORDER BY n.id
"""
_SALES = """
SELECT s.id AS sale_id, s.customer_id, s.seller_id, c.city, s.sold_on, s.cancelled_on, s.total,
    s.down_payment, s.installments, r.days_late AS inherited, r.old_interest, r.old_fine
FROM sales s JOIN customers c ON c.id = s.customer_id LEFT JOIN renegotiations r ON r.sale_id = s.id
ORDER BY s.id
"""
_ITEMS = """
SELECT i.note_id, i.payment_id, i.paid_on, i.amount, i.principal, i.interest, i.fine, i.discount,
    p.method = 'credit' AS by_credit, i.closed_after = 'written_off' AS recovered
FROM payment_items i JOIN payments p ON p.id = i.payment_id
WHERE NOT EXISTS (SELECT FROM reversals r WHERE r.payment_id = i.payment_id)
ORDER BY i.paid_on, i.payment_id
"""
_ACTS = """
SELECT i.note_id, i.act_id, i.kind, i.acted_on, i.interest, i.fine, i.principal, i.due_date,
    i.on_time_until, i.free_until
FROM act_items i
WHERE NOT EXISTS (SELECT FROM act_reversals r WHERE r.act_id = i.act_id)
ORDER BY i.acted_on, i.act_id
"""
_MONEY = {
    *("amount", "total", "down_payment", "principal", "interest", "fine", "discount"),
    *("old_interest", "old_fine"),
}
#: The acts that take principal off a note, and so end one of which nothing is left.
_CLOSING = ("return", "renegotiation", "write_off")


@dataclass(frozen=True)
class Ledger:
    """Sales, notes, payment items and acts that were not undone; dates are `date`, money cents.

    A note has the dates that it was made with.
    """

    sales: pd.DataFrame
    notes: pd.DataFrame
    items: pd.DataFrame
    acts: pd.DataFrame
    whole: Ledger | None = None
    opened: dict[date, pd.DataFrame] = field(default_factory=dict)

    def only(self, **wanted: Any) -> Ledger:
        """The part whose sales have these values (seller_id, city, value), None being none."""
        sales = self.sales
        for name, value in wanted.items():
            sales = sales[sales[name].map(lambda v, value=value: v == value).astype(bool)]
        notes = self.notes[self.notes["sale_id"].isin(sales["sale_id"])]
        items = self.items[self.items["note_id"].isin(notes["note_id"])]
        acts = self.acts[self.acts["note_id"].isin(notes["note_id"])]
        return Ledger(sales, notes, items, acts, whole=self.whole or self)


def rows(frame: pd.DataFrame) -> Iterable[Any]:
    """The rows, each with its columns by name; `itertuples` is slow where columns are many."""
    row = namedtuple("row", frame.columns)  # type: ignore[misc]
    return map(row._make, zip(*(frame[name].tolist() for name in frame.columns), strict=True))


def ledger(session: Session) -> Ledger:
    """The whole ledger as it stands."""
    sales, notes, items, acts = (_frame(session, q) for q in (_SALES, _NOTES, _ITEMS, _ACTS))
    sales["inherited"] = [None if pd.isna(days) else int(days) for days in sales["inherited"]]
    sales["inherited"] = sales["inherited"].astype(object).where(sales["inherited"].notna(), None)
    for frame in (sales, notes):
        frame["value"] = [value_range(Decimal(cents) / 100) for cents in frame["total"]]
        frame["financed"] = frame["total"] - frame["down_payment"]
    return Ledger(sales, notes, items, acts)


def open_at(books: Ledger, day: date) -> pd.DataFrame:
    """Notes that owe at the end of a day: their columns, `open` (cents), `late` (days), `band`.

    Computed once a day for all the books; a part of them has those of its own sales.
    """
    whole = books.whole or books
    if day not in whole.opened:
        whole.opened[day] = _open_at(whole, day)
    notes = whole.opened[day]
    return notes if books is whole else notes[notes["sale_id"].isin(books.sales["sale_id"])]


def until(frame: pd.DataFrame, column: str, day: date) -> pd.DataFrame:
    """The rows of a day or before."""
    return frame[frame[column].map(lambda on: on <= day).astype(bool)]


def _open_at(books: Ledger, day: date) -> pd.DataFrame:
    notes = until(books.notes, "sold_on", day)
    live = notes["cancelled_on"].map(lambda at: at is None or at > day)
    notes = notes[live.astype(bool)]
    notes = dated(books, notes, day)
    taken = _taken(books, day)
    off = notes["note_id"].map(taken.groupby("note_id")["off"].sum()).fillna(0).astype("int64")
    notes = notes.assign(open=notes["amount"] - off)
    risk = _risk(books, notes, taken)
    notes = notes[notes["open"] > 0]
    late = [
        (day - due).days if day > until else 0
        for due, until in zip(notes["due_date"], notes["on_time_until"], strict=True)
    ]
    inherited = notes["sale_id"].map(risk).fillna(0).astype("int64")
    worse = [band(max(days)) for days in zip(late, inherited, strict=True)]
    return notes.assign(late=late, inherited=inherited, band=worse)


def dated(books: Ledger, notes: pd.DataFrame, day: date) -> pd.DataFrame:
    """Notes with the dates that were in force at the end of a day, and the first as `first_due`."""
    acts = until(books.acts, "acted_on", day)
    newest = acts[acts["kind"] == "new_date"].drop_duplicates("note_id", keep="last")
    found = notes.assign(first_due=notes["due_date"])
    for name in ("due_date", "on_time_until", "free_until"):
        agreed = dict(zip(newest["note_id"], newest[name], strict=True))
        found[name] = [
            agreed.get(id_, at) for id_, at in zip(found["note_id"], found[name], strict=True)
        ]
    return found


def _taken(books: Ledger, day: date) -> pd.DataFrame:
    """All that came off notes' principal until a day, in order: `off`, and whether it was paid."""
    items, acts = until(books.items, "paid_on", day), until(books.acts, "acted_on", day)
    items = items[items["recovered"] != True]  # noqa: E712  # None: not closed
    paid = items.assign(off=items["principal"] + items["discount"], paid=True)
    acts = acts[acts["kind"].isin(_CLOSING)].assign(off=lambda frame: frame["principal"])
    names = {"paid_on": "on", "acted_on": "on", "payment_id": "id", "act_id": "id"}
    both = [each.rename(columns=names) for each in (paid, acts.assign(paid=False))]
    found = pd.concat([each[["note_id", "on", "id", "off", "paid"]] for each in both])
    return found.sort_values(["on", "id"])


def _risk(books: Ledger, notes: pd.DataFrame, taken: pd.DataFrame) -> dict[int, int]:
    """The days late that sales inherit of what they took the place of, while they do (R15)."""
    by_money = taken.drop_duplicates("note_id", keep="last").set_index("note_id")["paid"]
    gone = notes[notes["open"] == 0]
    paid = gone[gone["note_id"].map(by_money).fillna(False).astype(bool)].groupby("sale_id").size()
    made = notes.groupby("sale_id").size()
    return {
        sale.sale_id: int(sale.inherited)
        for sale in rows(books.sales)
        if sale.inherited is not None
        and paid.get(sale.sale_id, 0) < min(3, made.get(sale.sale_id, 3))
    }


def _frame(session: Session, query: str) -> pd.DataFrame:
    result = session.execute(text(query))
    frame = pd.DataFrame(result.all(), columns=list(result.keys()), dtype=object)
    for name in _MONEY & set(frame.columns):
        frame[name] = [0 if value is None else int(value * 100) for value in frame[name]]
        frame[name] = frame[name].astype("int64")
    return frame


def received(books: Ledger) -> pd.DataFrame:
    """What came in for notes: no credit, nothing recovered, old charges as such (R15, R31, R34).

    Discounts stand there whatever came.
    """
    held, off, found = _held(books), dict[int, int](), []
    money = {(item.note_id, item.payment_id): item for item in rows(books.items)}
    for step in rows(_taken(books, date.max)):
        before = off.get(step.note_id, 0)
        off[step.note_id] = before + step.off
        item = money.get((step.note_id, step.id)) if step.paid else None
        if item is None:
            continue
        took = {name: getattr(item, name) for name in ("principal", "interest", "fine")}
        amount, old = held.get(step.note_id, (1, {}))
        for name, part in old.items():
            share = _half_up(part * off[step.note_id], amount) - _half_up(part * before, amount)
            took[name] += share
            took["principal"] -= share
        if item.by_credit:
            took = dict.fromkeys(took, 0)
        found.append({**item._asdict(), **took})
    sale_of = dict(zip(books.notes["note_id"], books.notes["sale_id"], strict=True))
    frame = pd.DataFrame(found, columns=books.items.columns)
    return frame.assign(sale_id=frame["note_id"].map(sale_of))


def _held(books: Ledger) -> dict[int, tuple[int, dict[str, int]]]:
    """Of each note in the place of others: its amount, what it holds of their charges (R15)."""
    found = {}
    for sale in rows(books.sales):
        if sale.inherited is None:
            continue
        theirs = books.notes[books.notes["sale_id"] == sale.sale_id].sort_values("number")
        upto, whole = 0, int(theirs["amount"].sum())
        for note in rows(theirs):
            upto += note.amount
            before = upto - note.amount
            found[note.note_id] = (
                note.amount,
                {
                    name: _half_up(old * upto, whole) - _half_up(old * before, whole)
                    for name, old in (("interest", sale.old_interest), ("fine", sale.old_fine))
                },
            )
    return found


def _half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def charges_at(books: Ledger, day: date) -> dict[int, tuple[int, int]]:
    """Late interest and fine of every open note that is past its free days, by replay (R9)."""
    items, acts = until(books.items, "paid_on", day), until(books.acts, "acted_on", day)
    steps: dict[int, list[tuple[date, int, Any]]] = {}
    for each in rows(items):
        steps.setdefault(each.note_id, []).append((each.paid_on, each.payment_id, each))
    for each in rows(acts):
        steps.setdefault(each.note_id, []).append((each.acted_on, each.act_id, each))
    there = set(open_at(books, day)["note_id"])
    return {
        note.note_id: _charges(note, sorted(steps.get(note.note_id, []), key=lambda s: s[:2]), day)
        for note in rows(books.notes)
        if note.note_id in there
    }


def _charges(note: Any, steps: list[tuple[date, int, Any]], day: date) -> tuple[int, int]:
    principal, since, free = note.amount, note.due_date, note.free_until
    owed, fined = [0, 0], False

    def accrue(on: date) -> None:
        nonlocal since, fined
        if on > free:
            owed[0] += _half_up(
                principal * int(note.late_rate * 100) * max((on - since).days, 0), 300_000
            )
            owed[1] += 0 if fined else _half_up(principal * int(note.fine_rate * 100), 10_000)
            since, fined = on, True

    for on, _, step in steps:
        lapsed = getattr(step, "kind", "") in ("waiver", "charged") and not (
            step.interest or step.fine
        )
        if lapsed or getattr(step, "kind", "") == "write_off":
            continue
        accrue(on)
        owed[0] -= step.interest
        owed[1] -= step.fine
        principal -= step.principal + getattr(step, "discount", 0)
        if getattr(step, "kind", "") == "new_date":
            since, free = step.due_date, step.free_until
    accrue(day)
    return (owed[0], owed[1])
