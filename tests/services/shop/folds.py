"""What a note owes, and what a record takes off it (R6–R9, R11, R29–R34), in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from tests.services.shop.figures import ONE, Refused, half_up, on_time_until


@dataclass(frozen=True)
class Dates:
    """When a note is due, and its last days on time and free of charges."""

    due: date
    on_time: date
    free: date


def dates(due: date, grace: int) -> Dates:
    """R4, R8."""
    on_time = on_time_until(due)
    return Dates(due, on_time, on_time + grace * ONE)


@dataclass(frozen=True)
class Taken:
    """Cents of interest, fine and principal."""

    interest: int = 0
    fine: int = 0
    principal: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.interest + self.fine + self.principal


@dataclass(frozen=True)
class Part:
    """What a record asks of one note, in cents."""

    asked: Taken = Taken()
    paid: int = 0
    discount: int = 0
    moved: Dates | None = None


@dataclass(eq=False)
class Record:
    """A payment, or an act: what it asks of which notes (by id)."""

    kind: str
    customer: int
    day: date
    parts: dict[int, Part]
    id: int = 0
    undone: bool = False
    #: The payment beside which it was done; the sale whose goods came back, their value, the money.
    beside: Record | None = None
    sale: int = 0
    value: int = 0
    back: int = 0
    #: Of a payment: no money came, and the payment whose place it takes for the right customer.
    by_credit: bool = False
    moved: Record | None = None

    @property
    def receipt(self) -> int:
        """R12, R24: a payment that moves keeps the number of its receipt."""
        return self.moved.receipt if self.moved else self.id


@dataclass(frozen=True)
class State:
    """What is left of a note."""

    left: Taken
    dates: Dates
    since: date
    fined: bool = False
    closed: str | None = None
    lost: int = 0

    def owed(self, day: date) -> Taken:
        """R6, R7, R8; of a note that is lost, what may be recovered (R34)."""
        principal = self.left.principal + self.lost
        if day <= self.dates.free or not principal:
            return replace(self.left, principal=principal)
        interest = half_up(principal * max((day - self.since).days, 0), 3000)
        fine = 0 if self.fined else half_up(principal * 2, 100)
        return Taken(self.left.interest + interest, self.left.fine + fine, principal)

    def after(self, day: date, taken: Taken) -> State:
        """R9: what was owed less what is taken; interest then runs anew, once it is late."""
        owed, late = self.owed(day), day > self.dates.free
        rest = owed.principal - taken.principal
        left = Taken(
            owed.interest - taken.interest, owed.fine - taken.fine, 0 if self.lost else rest
        )
        return replace(
            self,
            left=left,
            lost=rest if self.lost else 0,
            fined=self.fined or late,
            since=day if late else self.since,
        )


def folded(kind: str, day: date, part: Part, state: State) -> tuple[Taken, State]:
    """What a record takes off a note that stands so, and the note after it."""
    owed, asked = state.owed(day), part.asked
    if kind == "payment":
        return _paid(day, part, state)
    if kind == "waiver":
        asked = Taken(min(asked.interest, owed.interest), min(asked.fine, owed.fine))
        if not asked.total:
            return asked, state
    if not state.left.principal or state.closed:
        raise Refused("nothing open")
    if kind == "write_off":
        lost = state.left.principal
        gone = replace(state.left, principal=0)
        return owed, replace(state, left=gone, lost=lost, closed=kind)
    closes = kind == "renegotiation" or asked.principal == owed.principal
    if (closes and asked != owed) or asked.principal > owed.principal:
        raise Refused("not what is owed")
    after = state.after(day, asked)
    if part.moved:
        if day > state.dates.free or part.moved.due <= state.dates.due:
            raise Refused("late, or no later date")
        after = replace(after, dates=part.moved, since=part.moved.due)
    return asked, replace(after, closed=kind) if closes else after


def _paid(day: date, part: Part, state: State) -> tuple[Taken, State]:
    owed = state.owed(day)
    charges = owed.interest + owed.fine
    if part.paid + part.discount > owed.total or (part.discount and part.paid < charges):
        raise Refused("more than is owed")
    interest = min(part.paid, owed.interest)
    fine = min(part.paid - interest, owed.fine)
    taken = Taken(interest, fine, part.paid - interest - fine)
    off = replace(taken, principal=taken.principal + part.discount)
    return taken, state.after(day, off)


def paid_down(owed: Mapping[int, Taken], down: int) -> dict[int, int]:
    """R15: all interest, then all fines, then principal, the oldest note first."""
    if down >= sum(each.total for each in owed.values()):
        raise Refused("nothing would be left")
    paid: dict[int, int] = {}
    for part in ("interest", "fine", "principal"):
        for note_id, each in owed.items():
            taken = min(down, getattr(each, part))
            if taken:
                paid[note_id] = paid.get(note_id, 0) + taken
            down -= taken
    return paid


def less(owed: Taken, paid: int) -> Taken:
    """R9: what is owed after so many cents."""
    interest = min(paid, owed.interest)
    fine = min(paid - interest, owed.fine)
    return Taken(
        owed.interest - interest, owed.fine - fine, owed.principal - paid + interest + fine
    )
