"""R6–R9, R11, R12: fine, late interest, grace, allocation, and the replay of a note."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.charges import (
    Overpaid,
    Owed,
    Paid,
    State,
    Step,
    Terms,
    allocate,
    fold,
    new_state,
    owed_on,
    settle,
)

R9_TERMS = Terms(D("300.00"), date(2026, 1, 10), date(2026, 1, 12), D(1), D(2))


def note(amount: str, *, late_rate: str = "1", fine_rate: str = "2", free_days: int = 0) -> Terms:
    """A note due on Monday 02/03/26."""
    due = date(2026, 3, 2)
    return Terms(D(amount), due, due + timedelta(days=free_days), D(late_rate), D(fine_rate))


def owed_after(terms: Terms, days: int, *paid: Paid) -> Owed:
    """What the note owes some days after it was due."""
    steps = fold(terms, paid)
    state = steps[-1].state if steps else new_state(terms)
    return owed_on(terms, state, terms.due_date + timedelta(days=days))


def parts(step: Step) -> tuple[D, D, D]:
    return step.split.interest, step.split.fine, step.split.principal


# Worked examples


@pytest.mark.parametrize(
    ("amount", "days", "interest", "fine"),
    [
        ("200.00", 15, "1.00", "4.00"),
        ("123.45", 17, "0.70", "2.47"),
        ("1500.00", 20, "10.00", "30.00"),  # a daily rate rounded to 0,033 % would give 9,90
        ("208.50", 30, "2.09", "4.17"),  # half up
        ("0.01", 30, "0.00", "0.00"),
    ],
)
def test_r7_interest_is_principal_by_rate_by_days_over_thirty(
    amount: str, days: int, interest: str, fine: str
) -> None:
    owed = owed_after(note(amount), days)
    assert (owed.principal, owed.interest, owed.fine) == (D(amount), D(interest), D(fine))
    assert owed.total == D(amount) + D(interest) + D(fine)


def test_r7_interest_is_simple_and_does_not_grow_on_interest() -> None:
    assert owed_after(note("1000.00"), 360).interest == D("120.00")


def test_r7_another_rate_counts_as_written_in_the_contract() -> None:
    assert owed_after(note("1000.00", late_rate="0.033"), 30).interest == D("0.33")


def test_r4_charges_begin_after_the_last_free_day_and_count_from_the_due_date() -> None:
    terms = Terms(D("300.00"), date(2026, 11, 20), date(2026, 11, 23), D(1), D(2))
    assert owed_on(terms, new_state(terms), date(2026, 11, 23)).total == D("300.00")
    tuesday = owed_on(terms, new_state(terms), date(2026, 11, 24))
    assert (tuesday.days, tuesday.interest, tuesday.fine) == (4, D("0.40"), D("6.00"))
    assert tuesday.total == D("306.40")


def test_r4_a_part_paid_on_the_last_free_day_leaves_the_rest_counting_from_the_due_date() -> None:
    terms = Terms(D("300.00"), date(2026, 11, 20), date(2026, 11, 23), D(1), D(2))
    [step] = fold(terms, [Paid(date(2026, 11, 23), D("100.00"))])
    assert parts(step) == (0, 0, D("100.00"))
    tuesday = owed_on(terms, step.state, date(2026, 11, 24))
    assert (tuesday.days, tuesday.interest, tuesday.fine) == (4, D("0.27"), D("4.00"))


def test_r8_grace_charges_nothing_within_and_from_the_due_date_after() -> None:
    terms = note("300.00", free_days=5)
    assert owed_after(terms, 5) == Owed(D("300.00"), D("0.00"), D("0.00"))
    assert owed_after(terms, 6) == Owed(D("300.00"), D("0.60"), D("6.00"), 6)


def test_r6_the_fine_is_on_what_is_unpaid_when_the_note_becomes_late() -> None:
    terms = note("300.00")
    early = Paid(terms.due_date - timedelta(days=10), D("100.00"))
    owed = owed_after(terms, 15, early)
    assert (owed.principal, owed.interest, owed.fine) == (D("200.00"), D("1.00"), D("4.00"))


def test_r6_the_fine_is_charged_once_whatever_the_number_of_payments() -> None:
    late = [Paid(R9_TERMS.due_date + timedelta(days=d), D("50.00")) for d in (5, 10, 40)]
    steps = fold(R9_TERMS, late)
    assert sum(step.split.fine for step in steps) == D("6.00")


def test_r9_a_late_part_pays_interest_then_fine_then_principal() -> None:
    [step] = fold(R9_TERMS, [Paid(date(2026, 1, 25), D("100.00"))])
    assert parts(step) == (D("1.50"), D("6.00"), D("92.50"))
    assert step.state == State(D("207.50"), D("0.00"), D("0.00"), True, date(2026, 1, 25))


def test_r9_interest_restarts_at_the_payment_on_the_remaining_principal() -> None:
    [step] = fold(R9_TERMS, [Paid(date(2026, 1, 25), D("100.00"))])
    owed = owed_on(R9_TERMS, step.state, date(2026, 2, 24))
    assert (owed.principal, owed.interest, owed.fine) == (D("207.50"), D("2.08"), D("0.00"))
    last = settle(R9_TERMS, step.state, Paid(date(2026, 2, 24), D("209.58")))
    assert parts(last) == (D("2.08"), D("0.00"), D("207.50"))
    assert last.state.principal == 0


def test_r9_a_tiny_payment_leaves_charges_that_are_carried_and_bear_nothing() -> None:
    [step] = fold(R9_TERMS, [Paid(date(2026, 1, 25), D("5.00"))])
    assert parts(step) == (D("1.50"), D("3.50"), D("0.00"))
    same_day = owed_on(R9_TERMS, step.state, date(2026, 1, 25))
    assert (same_day.principal, same_day.fine) == (D("300.00"), D("2.50"))
    assert owed_on(R9_TERMS, step.state, date(2026, 2, 24)).total == D("305.50")


def test_r9_more_than_is_owed_is_refused_with_the_exact_amount() -> None:
    with pytest.raises(Overpaid) as caught:
        fold(R9_TERMS, [Paid(date(2026, 1, 25), D("307.51"))])
    assert caught.value.owed.total == D("307.50")


def test_r9_a_settled_note_owes_nothing_ever_after() -> None:
    steps = fold(R9_TERMS, [Paid(date(2026, 1, 25), D("307.50"))])
    assert owed_on(R9_TERMS, steps[-1].state, date(2036, 1, 25)).total == 0


def test_r11_a_backdated_payment_replays_those_after_it() -> None:
    first, second = fold(
        R9_TERMS, [Paid(date(2026, 1, 25), D("100.00")), Paid(date(2026, 1, 15), D("50.00"))]
    )
    assert parts(first) == (D("0.50"), D("6.00"), D("43.50"))
    assert first.state.principal == D("256.50")
    assert parts(second) == (D("0.86"), D("0.00"), D("99.14"))
    assert second.state.principal == D("157.36")


# Whatever the note and its payments

rates = st.decimals(D(0), D(5), places=4)
amounts = st.decimals(D("0.01"), D("99999.99"), places=2)
terms_of_any_note = st.builds(
    lambda amount, late, fine, free: Terms(
        amount, date(2026, 3, 2), date(2026, 3, 2) + timedelta(days=free), late, fine
    ),
    st.decimals(D("1.00"), D("99999.99"), places=2),
    rates,
    st.decimals(D(0), D(2), places=2),
    st.integers(0, 30),
)
days_and_shares = st.lists(
    st.tuples(st.integers(-40, 400), st.integers(1, 100)), min_size=1, max_size=8
)


def payments_that_fit(terms: Terms, wanted: list[tuple[int, int]]) -> list[Paid]:
    """One payment a day, each a percentage of what is owed then; none once all is paid."""
    state, made = new_state(terms), []
    for days, share in sorted(dict(wanted).items()):
        on = terms.due_date + timedelta(days=days)
        owed = owed_on(terms, state, on).total
        amount = (owed * share / 100).quantize(D("0.01"))
        if amount > 0:
            paid = Paid(on, min(amount, owed))
            state = settle(terms, state, paid).state
            made.append(paid)
    return made


@given(amounts, amounts, amounts, amounts)
def test_r9_an_allocation_sums_to_the_payment_and_no_part_is_negative(
    principal: D, interest: D, fine: D, paid: D
) -> None:
    owed = Owed(principal, interest, fine)
    split = allocate(owed, min(paid, owed.total))
    assert split.interest + split.fine + split.principal == min(paid, owed.total)
    assert 0 <= split.interest <= interest
    assert 0 <= split.fine <= fine
    assert 0 <= split.principal <= principal
    assert split.fine == 0 or split.interest == interest
    assert split.principal == 0 or split.fine == fine


@given(terms_of_any_note, days_and_shares)
def test_r9_every_cent_of_a_note_is_accounted_for(
    terms: Terms, wanted: list[tuple[int, int]]
) -> None:
    paid = payments_that_fit(terms, wanted)
    steps = fold(terms, paid)
    for payment, step in zip(paid, steps, strict=True):
        assert sum(parts(step)) == payment.amount
        assert min(parts(step)) >= 0
        assert min(step.state.principal, step.state.interest, step.state.fine) >= 0
    assert sum(step.split.principal for step in steps) + steps[-1].state.principal == terms.amount


@given(terms_of_any_note, days_and_shares, st.randoms(use_true_random=False))
def test_r11_the_order_in_which_payments_were_recorded_does_not_matter(
    terms: Terms, wanted: list[tuple[int, int]], random: object
) -> None:
    paid = payments_that_fit(terms, wanted)
    shuffled = list(paid)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(terms, shuffled) == fold(terms, paid)


@given(terms_of_any_note, st.integers(-40, 400), amounts, amounts)
def test_r11_two_payments_of_one_day_leave_the_same_note_in_either_order(
    terms: Terms, days: int, one: D, other: D
) -> None:
    on = terms.due_date + timedelta(days=days)
    if one + other <= owed_on(terms, new_state(terms), on).total:
        there = fold(terms, [Paid(on, one), Paid(on, other)])
        back = fold(terms, [Paid(on, other), Paid(on, one)])
        assert there[-1].state == back[-1].state


@given(terms_of_any_note, days_and_shares)
def test_r6_all_the_fine_ever_charged_is_at_most_two_percent_of_the_note(
    terms: Terms, wanted: list[tuple[int, int]]
) -> None:
    steps = fold(terms, payments_that_fit(terms, wanted))
    at_the_end = owed_on(terms, steps[-1].state, date(2028, 1, 1))
    charged = sum(step.split.fine for step in steps) + at_the_end.fine
    assert charged <= (terms.amount * 2 / 100 + D("0.005"))


@given(terms_of_any_note, days_and_shares, st.integers(1, 3000))
def test_r7_interest_never_bears_interest(
    terms: Terms, wanted: list[tuple[int, int]], later: int
) -> None:
    last = fold(terms, payments_that_fit(terms, wanted))[-1]
    without_charges = State(
        last.state.principal, D(0), D(0), last.state.fine_charged, last.state.interest_from
    )
    on = last.act.on + timedelta(days=later)
    with_them, bare = owed_on(terms, last.state, on), owed_on(terms, without_charges, on)
    assert with_them.interest - bare.interest == last.state.interest
    assert with_them.fine - bare.fine == last.state.fine


@given(terms_of_any_note, days_and_shares, st.integers(0, 7))
def test_r12_without_one_of_its_payments_a_note_still_takes_all_the_others(
    terms: Terms, wanted: list[tuple[int, int]], reversed_one: int
) -> None:
    paid = payments_that_fit(terms, wanted)
    del paid[reversed_one % len(paid)]
    assert len(fold(terms, paid)) == len(paid)
