"""A note is the fold of its acts: late interest, fine, allocation, replay (R6–R9, R11).

R9's first example: 300,00 due on 10/01/26, 100,00 paid on 25/01.

>>> from datetime import date
>>> from decimal import Decimal as D
>>> terms = Terms(D("300.00"), date(2026, 1, 10), date(2026, 1, 12), D("1"), D("2"))
>>> [step] = fold(terms, [Paid(date(2026, 1, 25), D("100.00"))])
>>> [str(v) for v in (step.split.interest, step.split.fine, step.split.principal)]
['1.50', '6.00', '92.50']
>>> owed = owed_on(terms, step.state, date(2026, 2, 24))
>>> str(owed.principal), str(owed.interest), str(owed.fine), str(owed.total)
('207.50', '2.08', '0.00', '209.58')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from credigestor.rules.money import ZERO, round_cents

#: Highest fine the law allows on consumer credit, percent (CDC art. 52 §1).
MAX_FINE_RATE = Decimal(2)
#: Late interest above this, percent a month, shows a warning (R7).
USUAL_LATE_RATE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a note was made with; nothing here ever changes (R4, R5).

    Amount in R$; rates in percent (late rate a month, fine once); `free_until` is the last
    day without charges, fixed when the note was made.
    """

    amount: Decimal
    due_date: date
    free_until: date
    late_rate: Decimal
    fine_rate: Decimal


@dataclass(frozen=True, slots=True)
class DueDates:
    """When a note is due, and its last days on time (R4) and without charges (R8)."""

    due_date: date
    on_time_until: date
    free_until: date


class Closing(StrEnum):
    """How a note ended without being paid: what an act did with it (R30, R15, R34)."""

    RETURNED = "returned"
    RENEGOTIATED = "renegotiated"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class State:
    """What is left of a note after some acts (R11).

    Principal, carried interest and carried fine in R$; `fine_charged` tells that the one
    fine of the note has been charged; interest runs from `interest_from`. `moved` are the dates
    that were agreed anew (R32), None while those stand with which the note was made. What of the
    principal was written off is `lost`, in its place: charges go on being computed on it (R34).
    """

    principal: Decimal
    interest: Decimal
    fine: Decimal
    fine_charged: bool
    interest_from: date
    moved: DueDates | None = None
    closed: Closing | None = None
    lost: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What is owed right after the last of them, R$."""
        return self.principal + self.interest + self.fine

    @property
    def in_a_deal(self) -> bool:
        """Whether a debt was started anew on it: when it was due is part of that deal (R15)."""
        return self.closed is Closing.RENEGOTIATED


@dataclass(frozen=True, slots=True)
class Owed:
    """What a note owes on a date, in R$, and how many days' interest that holds."""

    principal: Decimal
    interest: Decimal
    fine: Decimal
    days: int = 0

    @property
    def charges(self) -> Decimal:
        """Interest plus fine, R$."""
        return self.interest + self.fine

    @property
    def total(self) -> Decimal:
        """Principal plus charges, R$."""
        return self.principal + self.charges


class Act(Protocol):
    """Something that happened to a note on a day: a payment, or what `rules.acts` knows."""

    @property
    def on(self) -> date:
        """Its day."""

    @property
    def amount(self) -> Decimal:
        """The money that was handed over for the note, R$."""

    @property
    def discount(self) -> Decimal:
        """What was taken off the principal beside the money, R$ (R14)."""

    def folded(self, terms: Terms, state: State) -> Step:
        """This act after those that led to `state`. Raises Overpaid when it does not fit."""


@dataclass(frozen=True, slots=True)
class Paid:
    """Money handed over for one note on a date, and the discount agreed beside it, R$ (R14)."""

    on: date
    amount: Decimal
    discount: Decimal = ZERO

    def folded(self, terms: Terms, state: State) -> Step:
        """`settle`."""
        return settle(terms, state, self)


@dataclass(frozen=True, slots=True)
class Split:
    """What one act took off a note, R$: a payment's allocation (R9), what a waiver let go …"""

    interest: Decimal
    fine: Decimal
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One act folded in: what it took off the note, and the note's state after it."""

    act: Act
    split: Split
    state: State


class Overpaid(ValueError):
    """An act does not fit what the note owes on its date; carries both, R$.

    Money and discount exceed what is owed, or the discount would have to take off charges.
    """

    def __init__(self, act: Act, owed: Owed) -> None:
        super().__init__(
            f"{act.amount} and a discount of {act.discount} on {act.on}, owed {owed.total}"
        )
        self.act = act
        self.owed = owed


def new_state(terms: Terms) -> State:
    """State of a note to which nothing has happened yet."""
    return State(terms.amount, ZERO, ZERO, False, terms.due_date)


def due_date(terms: Terms, state: State) -> date:
    """When a note in `state` is due: as made, or as agreed anew (R32)."""
    return state.moved.due_date if state.moved else terms.due_date


def free_until(terms: Terms, state: State) -> date:
    """The last day without charges of a note in `state` (R8, R32)."""
    return state.moved.free_until if state.moved else terms.free_until


def owed_on(terms: Terms, state: State, on: date) -> Owed:
    """What a note in `state` owes on a date, charges included (R6, R7, R8).

    Simple interest, `principal × monthly rate × days / 30`, rounded half up once; the fine
    once per note, on the principal unpaid when it became late. Of a note that was written off,
    what may be recovered (R34).
    """
    principal = state.principal + state.lost
    if on <= free_until(terms, state) or principal == 0:
        return Owed(principal, state.interest, state.fine)
    days = max((on - state.interest_from).days, 0)
    accrued = round_cents(principal * terms.late_rate * days / 3000)
    new_fine = ZERO if state.fine_charged else round_cents(principal * terms.fine_rate / 100)
    return Owed(principal, state.interest + accrued, state.fine + new_fine, days)


def allocate(owed: Owed, amount: Decimal) -> Split:
    """Split R$ among what is owed: interest first, then fine, then principal (R9)."""
    interest = min(amount, owed.interest)
    fine = min(amount - interest, owed.fine)
    return Split(interest, fine, amount - interest - fine)


def settle(terms: Terms, state: State, paid: Paid) -> Step:
    """Fold one payment in: interest first, then fine, then principal (R9).

    Its discount comes off the principal beside the money, never off charges (R14). Raises
    Overpaid when both together exceed what is owed on the payment's date.
    """
    owed = owed_on(terms, state, paid.on)
    if paid.amount + paid.discount > owed.total or (paid.discount and paid.amount < owed.charges):
        raise Overpaid(paid, owed)
    split = allocate(owed, paid.amount)
    taken = split
    if paid.discount:
        taken = Split(split.interest, split.fine, split.principal + paid.discount)
    return Step(paid, split, left(terms, state, owed, paid.on, taken))


def left(terms: Terms, state: State, owed: Owed, on: date, taken: Split) -> State:
    """The state after so much, R$, was taken off what a note in `state` `owed` on a day.

    Once it is late, what it owed until then is charged, and interest runs anew from the day (R9).
    """
    late = on > free_until(terms, state)
    principal = owed.principal - taken.principal
    return State(
        principal=ZERO if state.lost else principal,
        interest=owed.interest - taken.interest,
        fine=owed.fine - taken.fine,
        fine_charged=state.fine_charged or late,
        interest_from=on if late else state.interest_from,
        moved=state.moved,
        closed=state.closed,
        lost=principal if state.lost else ZERO,
    )


def fold(terms: Terms, acts: Iterable[Act]) -> list[Step]:
    """Replay a note: its acts in order of date, equal dates as given (R11).

    The result depends on the terms and the acts alone, not on when they were recorded.
    Raises Overpaid for the first act that does not fit what the note owes on its date.
    """
    state = new_state(terms)
    steps = []
    for act in sorted(acts, key=lambda act: act.on):
        step = act.folded(terms, state)
        steps.append(step)
        state = step.state
    return steps
