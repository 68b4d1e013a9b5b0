"""R29–R34 and R15 on one note: the fold beside a model of its own, in whole cents."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest

from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.charges import (
    Act,
    DueDates,
    Overpaid,
    Paid,
    Terms,
    fold,
    new_state,
    owed_on,
)

START = date(2026, 1, 5)
#: So many notes, and so many things that are tried on each.
NOTES, STEPS = (300, 50) if "CI" in os.environ else (60, 40)


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def money(value: int) -> Decimal:
    return Decimal(value).scaleb(-2)


def half_up(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


@dataclass
class Model:
    """A note in whole cents, told day by day: what is open or lost, what is owed beside it."""

    open: int
    late_rate: int
    fine_rate: int
    due: int
    free: int
    since: int = 0
    lost: int = 0
    interest: int = 0
    fine: int = 0
    fined: bool = False
    ended: str | None = None

    def owes(self, day: int) -> tuple[int, int, int]:
        base = self.open + self.lost
        interest, fine = self.interest, self.fine
        if base and day > self.free:
            grown = Fraction(base * self.late_rate * max(day - self.since, 0), 100 * 30)
            interest += half_up(grown)
            fine += 0 if self.fined else half_up(Fraction(base * self.fine_rate, 100))
        return base, interest, fine

    def charge(self, day: int) -> None:
        _, self.interest, self.fine = self.owes(day)
        if day > self.free:
            self.fined, self.since = True, day

    def take(self, principal: int) -> None:
        if self.lost:
            self.lost -= principal
        else:
            self.open -= principal

    def let_go(self, day: int, interest: int, fine: int) -> bool:
        if (interest, fine) == (0, 0):
            return True
        if self.ended or not self.open:
            return False
        self.charge(day)
        self.interest -= interest
        self.fine -= fine
        return True

    def stays(self, day: int, moved: DueDates | None) -> bool:
        """R32: it is put off before it is late, and not to an earlier day."""
        return moved is not None and (day > self.free or (moved.due_date - START).days <= self.due)

    def happens(self, day: int, act: Act) -> bool:
        """Do it, or tell that it cannot be."""
        base, interest, fine = self.owes(day)
        if isinstance(act, Paid):
            paid = cents(act.amount)
            if paid > base + interest + fine:
                return False
            self.charge(day)
            self.interest -= (of_interest := min(paid, self.interest))
            self.fine -= (of_fine := min(paid - of_interest, self.fine))
            self.take(paid - of_interest - of_fine)
            return True
        assert isinstance(act, Acted)
        asked = cents(act.interest), cents(act.fine), cents(act.principal)
        if act.kind in (ActKind.WAIVER, ActKind.CHARGED):
            return self.let_go(day, min(asked[0], interest), min(asked[1], fine))
        if self.ended or not self.open or self.stays(day, act.moved):
            return False
        if act.kind is ActKind.WRITE_OFF:
            self.lost, self.open, self.ended = self.open, 0, "written_off"
            return True
        whole = asked[2] == base or act.kind is ActKind.RENEGOTIATION
        if asked[2] > base or (whole and asked != (interest, fine, base)):
            return False
        self.charge(day)
        self.interest -= asked[0]
        self.take(asked[2])
        self.fine -= asked[1]
        if act.moved:
            self.due = self.since = (act.moved.due_date - START).days
            self.free = (act.moved.free_until - START).days
        if not self.open:
            self.ended = "renegotiated" if act.kind is ActKind.RENEGOTIATION else "returned"
        return True


def told(terms: Terms, acts: list[Act]) -> Model | None:
    """The model after the acts in order of day, or None where one of them cannot be."""
    due = (terms.due_date - START).days
    model = Model(
        *(cents(terms.amount), int(terms.late_rate), int(terms.fine_rate), due),
        *((terms.free_until - START).days, due),
    )
    ordered = sorted(acts, key=lambda act: act.on)
    done = all(model.happens((act.on - START).days, act) for act in ordered)
    return model if done else None


def some_act(random: Random, terms: Terms, acts: list[Act]) -> Act:
    day = START + timedelta(days=random.randint(0, 200))
    before = fold(terms, [act for act in acts if act.on <= day])
    owed = owed_on(terms, before[-1].state if before else new_state(terms), day)
    kind = random.choice([None, None, None, *ActKind])

    def part(whole: Decimal) -> Decimal:
        return random.choice([whole, money(random.randint(0, cents(whole) + 3))])

    match kind:
        case None:
            return Paid(day, max(part(random.choice([owed.total, owed.principal])), money(1)))
        case ActKind.WAIVER:
            return Acted(kind, day, part(owed.interest), part(owed.fine))
        case ActKind.CHARGED:
            return Acted(kind, day, -money(random.randint(1, 900)), part(owed.fine))
        case ActKind.RETURN:
            return Acted(kind, day, principal=max(part(owed.principal), money(1)))
        case ActKind.NEW_DATE:
            later = day + timedelta(days=random.randint(1, 60))
            free = later + timedelta(days=random.randint(0, 5))
            agreed = random.choice([money(0), money(random.randint(1, 300))])
            return Acted(kind, day, -agreed, moved=DueDates(later, free, free))
        case ActKind.RENEGOTIATION:
            return Acted(kind, day, owed.interest, owed.fine, owed.principal)
        case ActKind.WRITE_OFF:
            return Acted(kind, day)
    raise AssertionError(kind)


@pytest.mark.parametrize("part", range(3))
def test_acts_recorded_dated_back_and_undone_fold_as_a_model_in_whole_cents(part: int) -> None:
    random = Random(f"acts {part}")
    refused = kept = 0
    for _ in range(NOTES // 3):
        due = START + timedelta(days=random.randint(0, 90))
        free = due + timedelta(days=random.randint(0, 4))
        rate, fine = (Decimal(random.choice(some)) for some in (("1", "2", "3"), ("0", "1", "2")))
        terms = Terms(money(random.randint(1, 100_000)), due, free, rate, fine)
        acts: list[Act] = []
        for _ in range(STEPS):
            undoing = acts and random.random() < 0.2
            new = [*acts]
            if undoing:
                new.remove(random.choice(acts))
            else:
                new.append(some_act(random, terms, acts))
            model = told(terms, new)
            try:
                steps = fold(terms, new)
            except Overpaid:
                assert model is None, new
                refused += 1
                continue
            assert model is not None, new
            acts, kept = new, kept + 1
            state = steps[-1].state if steps else new_state(terms)
            assert (cents(state.principal), cents(state.lost)) == (model.open, model.lost)
            assert (state.closed and state.closed.value) == model.ended
            for day in (0, 30, 100, 201, 260):
                owed = owed_on(terms, state, START + timedelta(days=day))
                if day >= max(((act.on - START).days for act in new), default=0):
                    assert (
                        cents(owed.principal), cents(owed.interest), cents(owed.fine)
                    ) == model.owes(day), new  # fmt: skip
            # What was made of it: paid, discounted, returned, renegotiated, lost, or still open.
            taken = sum(cents(step.split.principal) for step in steps)
            recovered = sum(
                cents(step.split.principal)
                for step in steps
                if isinstance(step.act, Paid) and step.state.closed
            )
            assert cents(terms.amount) == taken - recovered + model.open
    assert kept > 100
    assert refused > 100


def test_an_act_that_takes_the_whole_principal_takes_the_charges_too() -> None:
    """R30: a late note's charges are untouched, so a return stops before its last cent."""
    terms = Terms(Decimal(100), START, START, Decimal(1), Decimal(2))
    late = START + timedelta(days=30)
    with pytest.raises(Overpaid):
        fold(terms, [Acted(ActKind.RETURN, late, principal=Decimal(100))])
    [step] = fold(terms, [Acted(ActKind.RETURN, late, principal=Decimal("99.99"))])
    assert (step.state.principal, step.state.interest, step.state.fine) == (
        *(Decimal("0.01"), Decimal(1), Decimal(2)),
    )
    assert replace(step.state, closed=None) == step.state
