"""New customers, sales, notes and payments as objects that point at each other, still to write.

A file of 100 MB makes millions of them: nothing is kept that can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from credigestor.db.settings import ShopSettings
from credigestor.db.steps import Recorded
from credigestor.rules.charges import Act, DueDates, Paid, Step, Terms
from credigestor.rules.methods import PLUS, SEVERAL, Part
from credigestor.rules.schedule import PlannedNote
from credigestor.services import sales


@dataclass(slots=True)
class NewCustomer:
    """A customer to write: columns of the table; the id comes when it is written."""

    values: dict[str, Any]
    id: int = 0


@dataclass(slots=True)
class KnownCustomer:
    """A customer who is there already."""

    id: int


@dataclass(slots=True)
class NewPayment:
    """A payment to write, for the note that has it, R$.

    `way` is its method, or each one's part (R36, `rules.methods`);
    `line` is its line in an import, `copy` which one it is of those alike on its note.
    """

    paid_on: date
    amount: Decimal
    way: str
    received_by: int | None = None
    line: int = 0
    copy: int = 1
    id: int = 0

    @property
    def method(self) -> str:
        """The one method, or SEVERAL."""
        return SEVERAL if PLUS in self.way else self.way


@dataclass(slots=True)
class NewNote:
    """A note to write, its payments, and the last step of their fold.

    `ref` is the number that it had elsewhere, `line` where an import lists it.
    """

    planned: PlannedNote
    terms: Terms
    payments: list[NewPayment] = field(default_factory=list)
    last: Step | None = None
    ref: str | None = None
    line: int = 0
    id: int = 0


@dataclass(slots=True)
class NewSale:
    """A sale to write with its notes: columns of the table but for ids."""

    customer: NewCustomer | KnownCustomer
    values: dict[str, Any]
    notes: list[NewNote]
    #: How its down payment was handed over; empty where nobody said (R35).
    paid_down: tuple[Part, ...] = ()
    #: Its notes by the numbers they had elsewhere, where those are not 1, 2, 3 …
    by_number: dict[int, NewNote] | None = None
    id: int = 0

    def note(self, number: int) -> NewNote | None:
        """The note that an import calls by a number."""
        if self.by_number is not None:
            return self.by_number.get(number)
        return self.notes[number - 1] if 1 <= number <= len(self.notes) else None


@dataclass(slots=True)
class KnownNote:
    """A note that is there and gets payments, with its live acts and the dates it was made with."""

    id: int
    customer: KnownCustomer
    sale_ref: str
    number: int
    terms: Terms
    made: DueDates
    payments: list[NewPayment]
    there: list[Recorded] = field(default_factory=list)
    last: Step | None = None


#: What an act is: a new payment, or one that is there.
Owner = NewPayment | Recorded


@dataclass
class Batch:
    """What one load writes; `payments` are all the new ones, in the order of their ids."""

    customers: list[NewCustomer] = field(default_factory=list)
    sales: list[NewSale] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    known_notes: list[KnownNote] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.customers or self.sales or self.payments)

    def days(self) -> Iterator[date]:
        """The date of each sale and each payment."""
        yield from (sale.values["sold_on"] for sale in self.sales)
        yield from (payment.paid_on for payment in self.payments)


def entries(note: NewNote | KnownNote) -> list[tuple[Act, Owner]]:
    """What happened to a note in the order of its fold.

    On one day, what was there comes first and the new payments in their order, as in a replay.
    """
    there: list[tuple[Act, Owner]] = []
    if isinstance(note, KnownNote):
        there = [(each.act, each) for each in note.there]
    new: list[tuple[Act, Owner]] = [(Paid(p.paid_on, p.amount), p) for p in note.payments]
    return sorted(there + new, key=lambda entry: entry[0].on)


def payment_ref(sale_ref: str, number: int, payment: NewPayment) -> str:
    """What identifies a payment in an import: note, date, amount, method, which of those alike."""
    return (
        f"{sale_ref}/{number}/{payment.paid_on.isoformat()}/{payment.amount}/"
        f"{payment.method}#{payment.copy}"
    )


def make_sale(
    customer: NewCustomer | KnownCustomer,
    data: sales.NewSale,
    settings: ShopSettings,
    *,
    today: date,
    ref: str | None = None,
) -> NewSale:
    """A sale with its notes, nothing paid, under the settings in force (R1–R5, R8).

    The customer is the object given, not the data's id. Raises InvalidInput as the counter does.
    """
    planned = sales.plan_notes(data, settings, today=today, suggested=False)
    notes = planned.notes
    late_rate, fine_rate = settings.late_rate, settings.fine_rate
    return NewSale(
        customer,
        {
            "ref": ref,
            "seller_id": data.seller_id,
            "sold_on": data.sold_on,
            "description": data.description,
            "total": data.total,
            "down_payment": data.down_payment,
            "installments": len(notes),
            "first_due_date": notes[0].due_date if notes else None,
            "contract_rate": planned.contract_rate,
            **planned.made_by,
            "late_rate": late_rate,
            "fine_rate": fine_rate,
            "grace_days": settings.grace_days,
            "created_by": data.seller_id,
        },
        [
            NewNote(n, Terms(n.amount, n.due_date, n.free_until, late_rate, fine_rate))
            for n in notes
        ],
        data.down_payment_methods,
    )
