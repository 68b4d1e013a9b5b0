"""Closed days in the model (R37): their figures, in cents and counts, and what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.services.shop.folds import Record
from tests.services.shop.model import Movement, Sale, Shop

#: What happened: how a list of changes names it, to what, and whether it was undone by it.
Event = tuple[str, Record | Sale | Movement, bool]


def figures(shop: Shop, day: date) -> dict[str, int]:
    """What a summary of a day tells, by what is on record now (R16, R22)."""
    there = [s for s in shop.sales.values() if s.day <= day]
    there = [s for s in there if s.cancelled is None or s.cancelled > day]
    sold, deals = ([s for s in there if bool(s.deal) is deal] for deal in (False, True))
    notes = [note for sale in there for note in shop.of_sale(sale)]
    owed = [(shop.state(note, day), shop.owed(note, day)) for note in notes]
    overdue = [left for state, left in owed if left.principal and day > state.dates.on_time]
    came = [s.taken for s in shop.settling(day) if not s.record.by_credit]
    spent = [s.taken for s in shop.settling(day) if s.record.by_credit]
    paid = (r for r in shop.records if r.kind == "payment" and r.day <= day and not r.undone)
    parts = ("principal", "interest", "fine")
    return {
        "sales": len(sold),
        "financed": sum(sale.total - sale.down for sale in sold),
        "renegotiations": len(deals),
        "renegotiated": sum(sale.total for sale in deals),
        "notes": len(notes),
        "payments": len(list(paid)),
        "receivable_principal": sum(left.principal for _, left in owed),
        "overdue_notes": len(overdue),
        **{f"overdue_{part}": sum(getattr(each, part) for each in overdue) for part in parts},
        **{f"received_{part}": sum(getattr(each, part) for each in came) for part in parts},
        "paid_by_credit": sum(each.total for each in spent),
    }


def happened(shop: Shop) -> Iterator[Event]:
    """All that is dated, and all that undid it."""
    for sale in shop.sales.values():
        yield "sale", sale, False
        if sale.down:
            yield "down_payment", sale, False
        if sale.cancelled:
            yield "cancellation", sale, True
    for record in shop.records:
        kind = "payment" if record.kind == "payment" else "act"
        yield kind, record, False
        if record.undone:
            yield f"{kind}_reversal", record, True
    for movement in shop.movements:
        yield "credit", movement, False
        if movement.undone:
            yield "credit", movement, True
