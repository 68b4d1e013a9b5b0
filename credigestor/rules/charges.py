"""A note is the fold of its payments: late interest, fine, allocation, replay (R6–R9, R11).

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
class State:
    """What is left of a note after some payments (R11).

    Principal, carried interest and carried fine in R$; `fine_charged` tells that the one
    fine of the note has been charged; interest runs from `interest_from`.
    """

    principal: Decimal
    interest: Decimal
    fine: Decimal
    fine_charged: bool
    interest_from: date

    @property
    def total(self) -> Decimal:
        """What is owed right after the last of them, R$."""
        return self.principal + self.interest + self.fine


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


@dataclass(frozen=True, slots=True)
class Paid:
    """Money handed over for one note on a date, and the discount agreed beside it, R$ (R14)."""

    on: date
    amount: Decimal
    discount: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Split:
    """How one payment was allocated, R$ (R9)."""

    interest: Decimal
    fine: Decimal
    principal: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One payment folded in: its allocation and the note's state after it."""

    paid: Paid
    split: Split
    state: State


class Overpaid(ValueError):
    """A payment does not fit what the note owes on its date; carries both, R$.

    Money and discount exceed what is owed, or the discount would have to take off charges.
    """

    def __init__(self, paid: Paid, owed: Owed) -> None:
        super().__init__(
            f"{paid.amount} and a discount of {paid.discount} on {paid.on}, owed {owed.total}"
        )
        self.paid = paid
        self.owed = owed


def new_state(terms: Terms) -> State:
    """State of a note nobody has paid on yet."""
    return State(terms.amount, ZERO, ZERO, False, terms.due_date)


def owed_on(terms: Terms, state: State, on: date) -> Owed:
    """What a note in `state` owes on a date, charges included (R6, R7, R8).

    Simple interest, `principal × monthly rate × days / 30`, rounded half up once; the fine
    once per note, on the principal unpaid when it became late.
    """
    if on <= terms.free_until or state.principal == 0:
        return Owed(state.principal, state.interest, state.fine)
    days = max((on - state.interest_from).days, 0)
    accrued = round_cents(state.principal * terms.late_rate * days / 3000)
    new_fine = ZERO if state.fine_charged else round_cents(state.principal * terms.fine_rate / 100)
    return Owed(state.principal, state.interest + accrued, state.fine + new_fine, days)


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
    late = paid.on > terms.free_until
    after = State(
        principal=owed.principal - split.principal - paid.discount,
        interest=owed.interest - split.interest,
        fine=owed.fine - split.fine,
        fine_charged=state.fine_charged or late,
        interest_from=paid.on if late else state.interest_from,
    )
    return Step(paid, split, after)


def fold(terms: Terms, payments: Iterable[Paid]) -> list[Step]:
    """Replay a note: its payments in order of date, equal dates as given (R11).

    The result depends on the terms and the payments alone, not on when they were recorded.
    Raises Overpaid for the first payment that exceeds what the note owes on its date.
    """
    state = new_state(terms)
    steps = []
    for paid in sorted(payments, key=lambda p: p.on):
        step = settle(terms, state, paid)
        steps.append(step)
        state = step.state
    return steps
