"""The memória de cálculo explains every cent of what a note owes (R4, R6–R9, R11)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from credigestor.rules.charges import Paid, Split, Terms, fold, new_state, owed_on
from credigestor.rules.statement import Kind, Line, statement
from tests.rules.test_charges import (
    R9_TERMS,
    days_and_shares,
    payments_that_fit,
    terms_of_any_note,
)

MONDAY = date(2026, 1, 12)


def explain(paid: list[Paid], on: date, terms: Terms = R9_TERMS) -> list[Line]:
    return statement(terms, paid, on, on_time_until=min(MONDAY, terms.free_until))


def texts(lines: list[Line]) -> str:
    return "\n".join(line.text.replace("\xa0", " ") for line in lines)


def test_r9_the_first_example_is_told_step_by_step() -> None:
    lines = explain([Paid(date(2026, 1, 25), D("100.00"))], date(2026, 2, 24))
    assert [line.kind for line in lines] == [
        Kind.NOTE,
        Kind.EXTENSION,
        Kind.INTEREST,
        Kind.FINE,
        Kind.PAYMENT,
        Kind.INTEREST,
        Kind.OWED,
    ]
    first = lines[2]
    assert (first.base, first.rate, first.days, first.interest) == (D(300), 1, 15, D("1.50"))
    assert "300,00 × 1 % × 15 ÷ 30 = 1,50" in texts(lines)
    assert "300,00 × 2 % = 6,00" in texts(lines)
    assert lines[4].paid == Split(D("1.50"), D("6.00"), D("92.50"))
    assert [str(line.after.total) for line in lines[2:]] == [
        "301.50",
        "307.50",
        "207.50",
        "209.58",
        "209.58",
    ]


def test_a_note_not_yet_due_is_told_in_the_order_of_time() -> None:
    lines = explain([Paid(date(2025, 12, 20), D("100.00"))], date(2025, 12, 23))
    dates = [line.on for line in lines if line.on]
    assert dates == [date(2025, 12, 20), date(2025, 12, 23)]
    assert [line.kind for line in lines if line.on is None] == [Kind.NOTE, Kind.EXTENSION]


def test_r9_charges_left_unpaid_are_told_to_bear_nothing() -> None:
    lines = explain([Paid(date(2026, 1, 25), D("5.00"))], date(2026, 2, 24))
    assert "O que falta de encargos (multa 2,50) não rende juros." in texts(lines)
    assert "principal 300,00 + juros 3,00 + multa 2,50 = 305,50" in texts(lines)


def test_r4_a_holiday_extends_the_day_and_says_that_days_count_from_the_due_date() -> None:
    terms = Terms(D("300.00"), date(2026, 11, 20), date(2026, 11, 23), D(1), D(2))
    monday = statement(terms, [], date(2026, 11, 23), on_time_until=date(2026, 11, 23))
    assert "20/11/2026 é feriado: paga até 23/11/2026" in texts(monday)
    assert "contam desde o vencimento" in texts(monday)
    assert monday[-1].after.total == D("300.00")
    tuesday = statement(terms, [], date(2026, 11, 24), on_time_until=date(2026, 11, 23))
    assert "de 4 dias, de 20/11/2026 a 24/11/2026: 300,00 × 1 % × 4 ÷ 30 = 0,40" in texts(tuesday)
    assert tuesday[-1].after.total == D("306.40")


def test_r8_grace_is_told_with_its_last_day() -> None:
    terms = Terms(D("300.00"), MONDAY, MONDAY + timedelta(days=5), D(1), D(2))
    lines = explain([], date(2026, 1, 17), terms)
    assert "Carência de 5 dias: sem encargos até 17/01/2026." in texts(lines)
    assert lines[-1].after.charges == 0
    assert "200" not in texts(lines)


def test_a_payment_on_time_is_all_principal() -> None:
    lines = explain([Paid(date(2026, 1, 12), D("100.00"))], date(2026, 1, 12))
    assert "Pagamento de 100,00: principal 100,00. Sem encargos até 12/01/2026." in texts(lines)
    assert lines[-1].text.startswith("Devido em 12/01/2026: 200,00.")


def test_a_settled_note_says_since_when() -> None:
    lines = explain([Paid(date(2026, 1, 25), D("307.50"))], date(2026, 11, 23))
    assert lines[-1].text == "Nada a pagar: nota quitada em 25/01/2026."


def test_payments_after_the_date_are_left_out() -> None:
    lines = explain([Paid(date(2026, 1, 25), D("100.00"))], date(2026, 1, 24))
    assert Kind.PAYMENT not in {line.kind for line in lines}
    assert lines[-1].after.interest == D("1.40")


def test_rates_are_written_as_they_are() -> None:
    terms = Terms(D("300.00"), MONDAY, MONDAY, D("0.0330"), D("1.50"))
    told = texts(explain([], MONDAY + timedelta(days=30), terms))
    assert "300,00 × 0,033 % × 30 ÷ 30 = 0,10" in told
    assert "300,00 × 1,5 % = 4,50" in told


def test_a_note_without_late_interest_says_nothing_of_it() -> None:
    terms = Terms(D("300.00"), MONDAY, MONDAY, D(0), D(2))
    kinds = [line.kind for line in explain([], MONDAY + timedelta(days=30), terms)]
    assert kinds == [Kind.NOTE, Kind.FINE, Kind.OWED]


@given(terms_of_any_note, days_and_shares, st.integers(-40, 500))
def test_the_steps_add_up_to_what_the_note_owes(
    terms: Terms, wanted: list[tuple[int, int]], days: int
) -> None:
    on = terms.due_date + timedelta(days=days)
    paid = payments_that_fit(terms, wanted)
    lines = statement(terms, paid, on, on_time_until=terms.due_date)
    counted = [payment for payment in paid if payment.on <= on]
    state = fold(terms, counted)[-1].state if counted else new_state(terms)
    owed = owed_on(terms, state, on)
    last = lines[-1].after
    assert (last.principal, last.interest, last.fine) == (owed.principal, owed.interest, owed.fine)
    running = terms.amount
    for line in lines:
        running += line.interest + line.fine
        if line.paid:
            running -= line.paid.interest + line.paid.fine + line.paid.principal
        assert line.after.total == running
