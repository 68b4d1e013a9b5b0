"""R14: what settles a note early, and its discount in the fold and in the memória de cálculo."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.calendar import HolidayRules
from credigestor.rules.charges import Overpaid, Paid, Terms, fold, new_state, owed_on, settle
from credigestor.rules.early import discount, present_value, settled_by
from credigestor.rules.schedule import plan
from credigestor.rules.statement import Kind, statement
from credigestor.rules.true_rate import of_month
from tests.rules.test_charges import amounts, payments_that_fit, terms_of_any_note

DUE = date(2026, 3, 2)
TERMS = Terms(D("88.85"), DUE, DUE, D(1), D(2))
DAY = DUE - timedelta(days=47)
SETTLED = Paid(DAY, D("87.48"), D("1.37"))

ONE = of_month(D(1))

daily_rates = st.decimals(D("0.000001"), D("0.03"), places=18)
days_before = st.integers(1, 400)
part_payments_before = st.lists(st.tuples(st.integers(-800, -401), st.integers(1, 60)), max_size=4)


def told(*paid: Paid, on: date = DAY, rate: str = "1", reason: str | None = None) -> list[str]:
    """The lines about payments."""
    lines = statement(
        TERMS,
        paid,
        on,
        on_time_until=DUE,
        daily_rate=of_month(D(rate)),
        reasons={one: reason for one in paid if reason},
    )
    return [line.text.replace("\xa0", " ") for line in lines if line.kind is Kind.PAYMENT]


def test_r14_three_notes_settled_thirty_sixty_and_ninety_days_early_save_5_24() -> None:
    values = [present_value(D("88.85"), ONE, days) for days in (30, 60, 90)]
    assert values == [D("87.97"), D("87.10"), D("86.24")]
    assert sum(values) == D("261.31")
    assert sum(discount(D("88.85"), ONE, days) for days in (30, 60, 90)) == D("5.24")


def test_r14_forty_seven_days_early_settles_for_87_48() -> None:
    assert present_value(D("88.85"), ONE, 47) == D("87.48")


@given(amounts, daily_rates, days_before)
def test_r14_the_present_value_is_the_nearest_cent_to_the_exact_one(
    amount: D, rate: D, days: int
) -> None:
    value = present_value(amount, rate, days)
    assert D("0.01") <= value <= amount
    exact: Fraction = Fraction(amount) / Fraction(1 + rate) ** days
    assert value == D("0.01") or Fraction(value) - Fraction(1, 200) <= exact
    assert exact <= Fraction(value) + Fraction(1, 200)


@given(amounts, daily_rates, days_before, st.data())
def test_r14c_a_part_settles_what_it_is_worth_on_the_due_date_and_never_the_last_cent(
    left: D, rate: D, days: int, data: st.DataObject
) -> None:
    value = present_value(left, rate, days)
    paid = D(data.draw(st.integers(1, int(value * 100)))) / 100
    settled = settled_by(paid, left, rate, days)
    if paid == value:
        assert settled == left
        return
    exact: Fraction = Fraction(paid) * Fraction(1 + rate) ** days
    assert settled == left - D("0.01") or abs(Fraction(settled) - exact) <= Fraction(1, 200)
    assert settled <= min(left - D("0.01"), D(exact.__ceil__()) + 1)
    # By right: judged from the money and the discount alone, whatever the note owed.
    assert settled - paid <= discount(settled, rate, days)


def test_r14c_fifty_of_a_note_of_88_85_settle_50_79() -> None:
    assert settled_by(D("50.00"), D("88.85"), ONE, 47) == D("50.79")


def test_r14_all_notes_on_the_day_of_the_sale_cost_what_was_financed() -> None:
    """Whatever the first due date; to half a cent a note."""
    sold = date(2026, 11, 29)
    for first in (sold, date(2026, 12, 9), date(2026, 12, 29), date(2027, 2, 28), date(2028, 1, 5)):
        for rate, count in ((D(5), 3), (D(1), 12), (D("0.0001"), 7), (D(100), 12)):
            made = plan(D(1000), rate, count, first, sold_on=sold, holidays=HolidayRules())
            days = [(note.due_date - sold).days for note in made.notes]
            cost = sum(
                (
                    present_value(note.amount, made.daily_rate, early)
                    for note, early in zip(made.notes, days, strict=True)
                ),
                D(0),
            )
            assert abs(cost - 1000) <= D("0.005") * count, (first, rate)


def test_r14_a_note_due_far_ahead_is_settled_for_a_cent_not_for_nothing() -> None:
    assert present_value(D("0.50"), of_month(D(100)), 720) == D("0.01")
    assert discount(D("0.50"), of_month(D(100)), 720) == D("0.49")
    assert present_value(D("0.01"), of_month(D(100)), 720) == D("0.01")
    assert present_value(D("0.00"), of_month(D(100)), 720) == 0


@given(amounts, daily_rates, days_before, st.integers(1, 500))
def test_r14_who_owes_more_saves_no_less(amount: D, rate: D, days: int, cents: int) -> None:
    more = amount + D(cents) / 100
    assert discount(more, rate, days) >= discount(amount, rate, days)


def test_r14_the_discount_comes_off_the_principal_beside_the_money() -> None:
    [step] = fold(TERMS, [SETTLED])
    assert (step.split.interest, step.split.fine, step.split.principal) == (0, 0, D("87.48"))
    assert step.state.principal == 0
    assert owed_on(TERMS, step.state, DUE + timedelta(days=400)).total == 0


def test_r14_money_and_discount_together_may_not_pass_what_is_owed() -> None:
    with pytest.raises(Overpaid) as caught:
        settle(TERMS, new_state(TERMS), Paid(DAY, D("87.48"), D("1.38")))
    assert caught.value.owed.total == D("88.85")


def test_r14_a_discount_never_takes_off_charges() -> None:
    late = DUE + timedelta(days=30)
    charges = owed_on(TERMS, new_state(TERMS), late).charges
    assert charges == D("0.89") + D("1.78")
    with pytest.raises(Overpaid):
        settle(TERMS, new_state(TERMS), Paid(late, charges - D("0.01"), D("5.00")))
    step = settle(TERMS, new_state(TERMS), Paid(late, charges, D("5.00")))
    assert (step.split.principal, step.state.principal) == (0, D("83.85"))


@given(terms_of_any_note, part_payments_before, daily_rates, days_before, st.data())
def test_r14_every_cent_of_a_note_settled_early_is_accounted_for_whatever_is_reversed(
    terms: Terms, wanted: list[tuple[int, int]], rate: D, days: int, data: st.DataObject
) -> None:
    paid = payments_that_fit(terms, wanted)
    day = terms.due_date - timedelta(days=days)
    left = fold(terms, paid)[-1].state.principal if paid else terms.amount
    off = discount(left, rate, days)
    if left:
        paid.append(Paid(day, left - off, off))
        assert fold(terms, paid)[-1].state.principal == 0
    # R11, R12: what is reversed is owed again, and the discount agreed stays as it was.
    kept = [one for one in paid if data.draw(st.booleans())]
    steps = fold(terms, kept)
    assert [step.act for step in steps] == kept
    money = sum(step.split.principal for step in steps)
    discounts = sum(step.act.discount for step in steps)
    owed = steps[-1].state.principal if steps else terms.amount
    assert money + discounts + owed == terms.amount
    for step in steps:
        assert (step.split.interest, step.split.fine, step.split.principal) == (
            *(0, 0),
            step.act.amount,
        )
        assert step.act.discount <= discount(step.split.principal + step.act.discount, rate, days)


def test_r14_the_statement_tells_how_the_discount_by_right_is_counted() -> None:
    assert told(SETTLED) == [
        "Pagamento de 87,48: principal 87,48. Desconto de 1,37 por pagar 47 dias antes do "
        "vencimento: 88,85 ÷ 1,000331732706^47 = 87,48."
    ]
    half = Paid(DAY, D("86.80"), D("2.05"))
    assert told(half, rate="1.5")[0].endswith("88,85 ÷ 1,000496410254^47 = 86,80.")


def test_r14_the_statement_tells_why_a_manager_granted_more() -> None:
    granted = Paid(DAY, D("83.85"), D("5.00"))
    assert told(granted, reason="cliente antigo.") == [
        "Pagamento de 83,85: principal 83,85. Desconto de 5,00 concedido: cliente antigo."
    ]


def test_r14_the_statement_says_so_when_less_was_taken_off_than_could_be() -> None:
    [line] = told(Paid(DUE - timedelta(days=1), D("88.84"), D("0.01")), on=DUE)
    assert line.endswith("Desconto de 0,01 por pagar 1 dia antes do vencimento.")


def test_r14c_a_part_paid_early_tells_what_it_settles() -> None:
    [line] = told(Paid(DAY, D("50.00"), D("0.79")))
    assert line == (
        "Pagamento de 50,00: principal 50,00. Desconto de 0,79 por pagar 47 dias antes do "
        "vencimento: 50,00 × 1,000331732706^47 = 50,79."
    )


def test_r14_a_discount_by_the_contract_rate_of_before_is_still_told_by_it() -> None:
    lines = statement(
        TERMS,
        [SETTLED],
        DAY,
        on_time_until=DUE,
        daily_rate=of_month(D("0.9")),
        contract_rate=D(1),
    )
    assert lines[-2].text.endswith("88,85 ÷ 1,000331732706^47 = 87,48.")


def test_r14_a_partial_payment_is_told_beside_the_settlement_of_the_rest() -> None:
    lines = told(Paid(DAY, D("38.85")), Paid(DAY, D("49.23"), D("0.77")))
    assert lines[0] == "Pagamento de 38,85: principal 38,85. Sem encargos até 02/03/2026."
    assert lines[1].endswith("50,00 ÷ 1,000331732706^47 = 49,23.")
