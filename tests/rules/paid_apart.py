"""A second computation of what is paid on a sale's notes, in whole cents (R6–R12, R14, R14c).

It shares no code with the rules: `SaleApart` takes the moves of `random_move` as a shop would, and
knows what each payment did to each note, and what settles a note on a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from random import Random

from tests.rules.apart import ONE, power


def nearest(number: int, divided_by: int) -> int:
    """A quotient that is not negative, rounded half up."""
    return (2 * number + divided_by) // (2 * divided_by)


def in_cents(*values: Decimal) -> tuple[int, ...]:
    """Amounts in R$ of the rules under test, as they are here."""
    return tuple(int(value * 100) for value in values)


@dataclass(frozen=True)
class Money:
    """R$ in cents handed over for a note on a day, and what the law took off beside it (R14)."""

    day: date
    money: int
    less: int = 0


@dataclass(frozen=True)
class Left:
    """What is left of a note, cents; interest runs from the day `since`."""

    principal: int
    interest: int
    fine: int
    fined: bool
    since: date

    @property
    def charges(self) -> int:
        return self.interest + self.fine


@dataclass(frozen=True)
class Took:
    """What the money of a payment took off a note, and what it left beside the reduction."""

    interest: int
    fine: int
    principal: int
    left: Left


@dataclass(frozen=True)
class NoteApart:
    """A note as it was made, cents; rates in hundredths of a percent, late interest's a month."""

    amount: int
    due: date
    free_until: date
    late_rate: int = 100
    fine_rate: int = 200

    def on(self, day: date, left: Left) -> Left:
        """What is owed on a day of what was left after the last payment."""
        if day <= self.free_until:
            return left
        late = nearest(left.principal * self.late_rate * (day - left.since).days, 300_000)
        fine = 0 if left.fined else nearest(left.principal * self.fine_rate, 10_000)
        return Left(left.principal, left.interest + late, left.fine + fine, True, day)

    def paid(self, all_money: Iterable[Money]) -> list[Took] | None:
        """What each payment took, by their days; None where one is more than was owed."""
        left = Left(self.amount, 0, 0, False, self.due)
        taken = []
        for each in sorted(all_money, key=lambda each: each.day):
            owed = self.on(each.day, left)
            interest = min(each.money, owed.interest)
            fine = min(each.money - interest, owed.fine)
            principal = each.money - interest - fine
            whole = interest == owed.interest and fine == owed.fine
            if principal + each.less > owed.principal or (each.less and not whole):
                return None
            left = Left(
                owed.principal - principal - each.less,
                owed.interest - interest,
                owed.fine - fine,
                owed.fined,
                owed.since,
            )
            taken.append(Took(interest, fine, principal, left))
        return taken


@dataclass(frozen=True)
class Move:
    """A payment for some notes on a day, cents, or the reversal of the payment so numbered."""

    day: date
    notes: tuple[int, ...] = ()
    money: int = 0
    undoes: int | None = None


@dataclass
class SaleApart:
    """A sale's notes and what was paid on them: payments in order, each by note; None: reversed."""

    sold: date
    notes: Sequence[NoteApart]
    kept_rate: int  # a day, times 10^18
    payments: list[dict[int, Money] | None] = field(default_factory=list)

    @cached_property
    def growth(self) -> int:
        return ONE + self.kept_rate * ONE // 10**18

    def of_note(self, number: int) -> list[Money]:
        """What was handed over for a note and not reversed, as it was recorded."""
        return [each[number] for each in self.payments if each and number in each]

    def taken(self, number: int) -> list[Took]:
        """What each of them took, by their days."""
        taken = self.notes[number].paid(self.of_note(number))
        assert taken is not None
        return taken

    def still_open(self) -> list[int]:
        """Numbers of the notes that owe something after all that is recorded."""
        return [k for k in range(len(self.notes)) if self._after(self.of_note(k), k).principal]

    def owed(self, number: int, day: date) -> Left:
        """What a note owes on a day, by what was paid until then."""
        until = [each for each in self.of_note(number) if each.day <= day]
        return self.notes[number].on(day, self._after(until, number))

    def settles(self, number: int, day: date) -> int:
        """What settles a note on a day (R14)."""
        owed = self.owed(number, day)
        ahead = (self.notes[number].due - day).days
        if ahead <= 0 or not self.kept_rate or not owed.principal:
            return owed.charges + owed.principal
        return max(nearest(owed.principal * ONE, power(self.growth, ahead)), 1)

    def saved(self, number: int, day: date) -> int:
        """What that takes off."""
        owed = self.owed(number, day)
        return owed.principal + owed.charges - self.settles(number, day)

    def shared(self, move: Move) -> dict[int, Money]:
        """How money for some notes is shared over them, the first first (R10, R14c)."""
        left, parts = move.money, {}
        for number in move.notes:
            whole = self.settles(number, move.day)
            money = min(left, whole)
            if money:
                less = self._reduction(number, move.day, money, settles=money == whole)
                parts[number] = Money(move.day, money, less)
                left -= money
        return parts

    def done(self, move: Move) -> bool:
        """Take a move down; False, and nothing changes, where a later payment no longer fits."""
        before = list(self.payments)
        if move.undoes is None:
            touched = self.shared(move)
            self.payments.append(touched)
        else:
            touched = self.payments[move.undoes] or {}
            self.payments[move.undoes] = None
        if all(self.notes[k].paid(self.of_note(k)) is not None for k in touched):
            return True
        self.payments = before
        return False

    def _reduction(self, number: int, day: date, money: int, *, settles: bool) -> int:
        face, ahead = self.owed(number, day).principal, (self.notes[number].due - day).days
        if ahead <= 0 or not self.kept_rate:
            return 0
        if settles:
            return face - money
        return min(nearest(money * power(self.growth, ahead), ONE), face - 1) - money

    def _after(self, money: Iterable[Money], number: int) -> Left:
        note = self.notes[number]
        taken = note.paid(money)
        assert taken is not None
        return taken[-1].left if taken else Left(note.amount, 0, 0, False, note.due)


def random_moves(random: Random, sale: SaleApart, tries: int) -> Iterator[Move]:
    """Payments early, on time and late, whole and in part, in no order of days; and reversals."""
    for _ in range(tries):
        live = [k for k, each in enumerate(sale.payments) if each]
        if live and random.random() < 0.2:
            yield Move(sale.sold, undoes=random.choice(live))
            continue
        there = sale.still_open()
        if not there:
            return
        day = _day(random, sale, random.choice(there))
        notes = random.choice([there[:12], [random.choice(there)], there[: random.randint(1, 4)]])
        values = [sale.settles(k, day) for k in notes]
        some, whole = random.choice(values), sum(values)
        money = random.choice([whole, some, random.randint(1, some), random.randint(1, whole)])
        if money := random.choice([money, money, money - 1]):
            yield Move(day, tuple(notes), money)


def _day(random: Random, sale: SaleApart, number: int) -> date:
    """The day of the sale, or one around that on which a note is due."""
    away = random.choice([-400, -200, -75, -47, -30, -9, -1, 0, 1, 2, 3, 20, 45, 200])
    due = sale.notes[number].due + timedelta(days=away)
    return random.choice([sale.sold, *[max(due, sale.sold)] * 9])
