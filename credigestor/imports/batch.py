"""New customers, sales, notes and payments as objects that point at each other, still to write.

A file of 100 MB makes millions of them: nothing is kept that can be computed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from credigestor.db.settings import ShopSettings
from credigestor.db.steps import Recorded
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import Act, DueDates, Paid, Step, Terms
from credigestor.rules.methods import PLUS, SEVERAL, Part
from credigestor.rules.money import ZERO
from credigestor.rules.schedule import PlannedNote
from credigestor.services import sales

#: Behind all lines of a file: what follows from other rows.
AFTER_ALL = 10**9


@dataclass(slots=True)
class NewCustomer:
    """A customer to write: columns of the table; the id comes when it is written."""

    values: dict[str, Any]
    id: int = 0


@dataclass(slots=True)
class KnownCustomer:
    """A customer who is there already."""

    id: int


class Ending(StrEnum):
    """What a row says of a sale or a note that was not simply owed and paid."""

    PAID = "paid"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    RENEGOTIATED = "renegotiated"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a sale or a note ended, on which day where that is told, and by which line."""

    how: Ending
    on: date | None
    line: int


@dataclass(frozen=True, slots=True)
class Given:
    """What a row says itself of how its payment splits: charges in the money, discount beside it.

    R$.
    """

    interest: Decimal
    fine: Decimal
    discount: Decimal


@dataclass(slots=True, eq=False)
class NewAct:
    """An act to write: of a payment, whose operation it shares, or of a sale by itself.

    `value` is what came back of the sale, R$, in a return (R30).
    """

    kind: ActKind
    on: date
    reason: str
    sale: NewSale | KnownNote
    value: Decimal = ZERO
    operation: UUID | None = None
    id: int = 0


@dataclass(slots=True, eq=False)
class NewPayment:
    """A payment to write, for the note that has it, R$.

    `way` is its method, or each one's part (R36, `rules.methods`); `number` the note that its row
    names, 0 where it names none; `line` is its line in an import, `copy` which one it is of those
    alike on its note. `given` is the split that its row says, `act` what was done to its charges
    beside it; the reasons say what was taken as it was.
    """

    paid_on: date
    amount: Decimal
    way: str
    received_by: int | None = None
    line: int = 0
    copy: int = 1
    id: int = 0
    number: int = 0
    given: Given | None = None
    act: NewAct | None = None
    #: What its row says of that, as its reference has it; stays where `given` is made another.
    split: str = ""
    backdate_reason: str | None = None
    discount_reason: str | None = None

    @property
    def in_a_row(self) -> bool:
        """Whether a row of the files says it."""
        return self.line < AFTER_ALL

    @property
    def method(self) -> str:
        """The one method, or SEVERAL."""
        return SEVERAL if PLUS in self.way else self.way


@dataclass(slots=True)
class Share:
    """A note's part of a payment where that is not all of it: money and discount, R$, and before
    it what was done to the note's charges. `again`: another note has the payment's first part.
    """

    amount: Decimal
    discount: Decimal
    acted: Acted | None
    again: bool


@dataclass(slots=True, eq=False)
class NewNote:
    """A note to write, its payments, and the last step of their fold.

    `ref` is the number that it had elsewhere, `line` where an import lists it. `shares` are its
    parts of those payments that are not simply money for it; `after` is what ended it. `steps` are
    all of its fold, with what each is of, where the rules alone do not say them.
    """

    planned: PlannedNote
    terms: Terms
    payments: list[NewPayment] = field(default_factory=list)
    last: Step | None = None
    steps: list[tuple[Step, Owner]] = field(default_factory=list)
    ref: str | None = None
    line: int = 0
    id: int = 0
    shares: dict[NewPayment, Share] | None = None
    after: list[tuple[Acted, NewAct]] | None = None
    ended: Ended | None = None

    @property
    def number(self) -> int:
        """Which of its sale's notes it is."""
        return self.planned.number

    @property
    def on_time_until(self) -> date:
        """Its last day on time (R4)."""
        return self.planned.on_time_until


@dataclass(slots=True, eq=False)
class NewSale:
    """A sale to write with its notes: columns of the table but for ids."""

    customer: NewCustomer | KnownCustomer
    values: dict[str, Any]
    notes: list[NewNote]
    #: How its down payment was handed over; empty where nobody said (R35).
    paid_down: tuple[Part, ...] = ()
    #: Whether no row says how a payment of it split, or how it or a note ended.
    plain: bool = True
    #: Payments that name none of its notes.
    loose: list[NewPayment] = field(default_factory=list)
    #: How it ended, as its row says, and the day of that where it says one.
    ended: Ended | None = None
    #: When it was cancelled, and nothing of it paid.
    cancelled_on: date | None = None
    #: Its notes by the numbers they had elsewhere, where those are not 1, 2, 3 …
    by_number: dict[int, NewNote] | None = None
    id: int = 0

    def note(self, number: int) -> NewNote | None:
        """The note that an import calls by a number."""
        if self.by_number is not None:
            return self.by_number.get(number)
        return self.notes[number - 1] if 1 <= number <= len(self.notes) else None


@dataclass(slots=True, eq=False)
class KnownNote:
    """A note that is there and gets payments, with its live acts and the dates it was made with."""

    id: int
    sale_id: int
    customer: KnownCustomer
    sale_ref: str
    number: int
    terms: Terms
    made: DueDates
    rate: Decimal  # its sale's true one, a day (R2b)
    payments: list[NewPayment]
    there: list[Recorded] = field(default_factory=list)
    last: Step | None = None
    shares: dict[NewPayment, Share] | None = None
    after: list[tuple[Acted, NewAct]] | None = None
    ended: Ended | None = None

    @property
    def on_time_until(self) -> date:
        """Its last day on time, as made (R4)."""
        return self.made.on_time_until


#: What an act is: a new payment or act, or one that is there.
Owner = NewPayment | NewAct | Recorded


@dataclass
class Batch:
    """What one load writes; `payments` are all the new ones, in the order of their ids."""

    customers: list[NewCustomer] = field(default_factory=list)
    sales: list[NewSale] = field(default_factory=list)
    payments: list[NewPayment] = field(default_factory=list)
    known_notes: list[KnownNote] = field(default_factory=list)
    #: Acts that belong to no payment.
    acts: list[NewAct] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.customers or self.sales or self.payments or self.acts)

    def numbered(self) -> Iterator[NewPayment | NewAct]:
        """Payments and acts in the order of their ids: what is beside a payment comes before it."""
        for payment in self.payments:
            if payment.act is not None:
                yield payment.act
            yield payment
        yield from self.acts

    def let_go(self) -> None:
        """Cut what points back once all is written, so that it goes with its last name."""
        for each in self.numbered():
            if isinstance(each, NewAct):
                del each.sale

    def days(self) -> Iterator[date]:
        """The date of each sale and each payment."""
        yield from (sale.values["sold_on"] for sale in self.sales)
        yield from (payment.paid_on for payment in self.payments)
        yield from (act.on for act in self.acts)


def entries(note: NewNote | KnownNote) -> list[tuple[Act, Owner]]:
    """What happened to a note in the order of its fold.

    On one day, what was there comes first and the new payments in their order, as in a replay.
    """
    there: list[tuple[Act, Owner]] = []
    if isinstance(note, KnownNote):
        there = [(each.act, each) for each in note.there]
    new: list[tuple[Act, Owner]] = []
    for payment in note.payments:
        share = note.shares.get(payment) if note.shares else None
        if share is None:
            new.append((Paid(payment.paid_on, payment.amount), payment))
            continue
        if share.acted is not None and payment.act is not None:
            new.append((share.acted, payment.act))
        new.append((Paid(payment.paid_on, share.amount, share.discount), payment))
    return sorted([*there, *new, *(note.after or ())], key=lambda entry: entry[0].on)


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
