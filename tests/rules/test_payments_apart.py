"""R6–R12, R14, R14c: random histories of payments against a second computation of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import allocated, by_right
from credigestor.rules.charges import Overpaid, Paid, State, Step, Terms, fold, new_state, owed_on
from credigestor.rules.schedule import Plan
from credigestor.rules.settlement import settlement
from tests.rules.apart import on_time_until
from tests.rules.asking import CASES, TESTS, Asked, random_sales
from tests.rules.paid_apart import Move, NoteApart, SaleApart, in_cents, random_moves

GRACE = 5


@dataclass
class Ours:
    """The same sale by the rules under test: the terms of its notes, and payments by note."""

    plan: Plan
    terms: Sequence[Terms]
    payments: list[dict[int, Paid]] = field(default_factory=list)

    def of_note(self, number: int) -> list[Paid]:
        return [each[number] for each in self.payments if number in each]

    def steps(self, number: int) -> list[Step]:
        return fold(self.terms[number], self.of_note(number))

    def state(self, number: int, day: date) -> State:
        terms = self.terms[number]
        steps = fold(terms, (each for each in self.of_note(number) if each.on <= day))
        return steps[-1].state if steps else new_state(terms)

    def open_note(self, number: int, day: date) -> OpenNote:
        terms, state = self.terms[number], self.state(number, day)
        ahead = max((terms.due_date - day).days, 0)
        owed = owed_on(terms, state, day)
        return OpenNote(
            number, str(number), terms.due_date, 0, owed, self.plan.daily_rate, days_early=ahead
        )

    def done(self, move: Move) -> bool:
        """As `SaleApart.done`."""
        before = list(self.payments)
        if move.undoes is None:
            paying = [self.open_note(number, move.day) for number in move.notes]
            parts = allocated(Decimal(move.money) / 100, paying, by_right(paying))
            made = {part.note.id: Paid(move.day, part.amount, part.discount) for part in parts}
            self.payments.append(made)
        else:
            made = self.payments[move.undoes]
            self.payments[move.undoes] = {}
        try:
            for number in made:
                self.steps(number)
        except Overpaid:
            self.payments = before
            return False
        return True


def told(step: Step) -> tuple[object, ...]:
    split, state = step.split, step.state
    left = in_cents(state.principal, state.interest, state.fine)
    return (*in_cents(split.interest, split.fine, split.principal), *left)


def both(asked: Asked, made: Plan, random: Random) -> tuple[Ours, SaleApart]:
    late, fine = random.choice([(100, 200), (100, 200), (0, 0), (50, 125), (330, 200)])
    ours = Ours(
        made,
        [
            Terms(
                note.amount,
                note.due_date,
                note.free_until,
                Decimal(late) / 100,
                Decimal(fine) / 100,
            )
            for note in made.notes
        ],
    )
    notes = [
        NoteApart(
            int(note.amount * 100),
            note.due_date,
            on_time_until(note.due_date) + timedelta(days=GRACE),
            late,
            fine,
        )
        for note in made.notes
    ]
    return ours, SaleApart(asked.sold, notes, int(made.daily_rate * 10**18))


@pytest.mark.parametrize("seed", range(TESTS))
def test_r11_random_payments_leave_the_same_to_the_cent_by_a_computation_apart(seed: int) -> None:
    random = Random(14 + seed)
    refused = moved = 0
    for asked, made in random_sales(random, CASES, GRACE):
        ours, apart = both(asked, made, random)
        for move in random_moves(random, apart, tries=random.randint(1, 8)):
            fits = apart.done(move)
            assert ours.done(move) is fits, (asked, apart.payments, move)
            refused, moved = refused + (not fits), moved + 1
        compare(ours, apart, asked)
        quoted(ours, apart, asked, random)
    assert 0 < refused < moved / 2


def compare(ours: Ours, apart: SaleApart, asked: Asked) -> None:
    """What each payment was shared into, took off each note, and left of it."""
    for theirs, mine in zip(apart.payments, ours.payments, strict=True):
        shared = {k: in_cents(paid.amount, paid.discount) for k, paid in mine.items()}
        assert shared == {k: (each.money, each.less) for k, each in (theirs or {}).items()}, asked
    for number in paid_notes(apart):
        assert [told(step) for step in ours.steps(number)] == [
            (
                *(took.interest, took.fine, took.principal),
                *(took.left.principal, took.left.interest, took.left.fine),
            )
            for took in apart.taken(number)
        ], (asked, number)


def quoted(ours: Ours, apart: SaleApart, asked: Asked, random: Random) -> None:
    """What settles notes on any day, and what that saves."""
    last = apart.notes[-1].due
    numbers = [*paid_notes(apart)][:3] + random.choices(range(len(apart.notes)), k=2)
    for number in numbers:
        day = asked.sold + timedelta(days=random.randint(0, (last - asked.sold).days + 90))
        found = settlement(
            ours.terms[number],
            ours.of_note(number),
            day,
            on_time_until=ours.plan.notes[number].on_time_until,
            daily_rate=ours.plan.daily_rate,
            contract_rate=ours.plan.contract_rate,
        )
        owed = apart.owed(number, day)
        assert in_cents(found.owed.principal, found.owed.interest, found.owed.fine) == (
            *(owed.principal, owed.interest, owed.fine),
        ), (asked, apart.payments, number, day)
        assert in_cents(found.total, found.discount) == (
            *(apart.settles(number, day), apart.saved(number, day)),
        ), (asked, apart.payments, number, day)


def paid_notes(apart: SaleApart) -> Iterator[int]:
    yield from sorted({number for each in apart.payments if each for number in each})
