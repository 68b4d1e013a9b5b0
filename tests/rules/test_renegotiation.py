"""R15: what enters a renegotiation, what a down payment settles, and what the new notes hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.errors import InvalidInput
from credigestor.rules.calendar import HolidayRules
from credigestor.rules.charges import Split
from credigestor.rules.renegotiation import (
    amount,
    held,
    held_until,
    left_over,
    paid_down,
    total,
    tried_on,
)
from credigestor.rules.schedule import plan

FINES = {
    1: Split(D("3.75"), D("3.00"), D("150.00")),
    2: Split(D("2.25"), D("3.00"), D("150.00")),
    3: Split(D("0.75"), D("3.00"), D("150.00")),
}
WAIVED = {note: Split(owed.interest, D(0), owed.principal) for note, owed in FINES.items()}


def planned(financed: str, count: int = 4, rate: str = "0") -> list[str]:
    made = plan(
        D(financed),
        D(rate),
        count,
        date(2026, 12, 29),
        sold_on=date(2026, 11, 29),
        holidays=HolidayRules(),
    )
    return [str(note.amount) for note in made.notes]


def after(owed: dict[int, Split], down: str) -> Split:
    paid = paid_down(owed, D(down))
    return total(left_over(each, paid.get(note, D(0))) for note, each in owed.items())


def test_r15_all_that_is_owed_enters() -> None:
    assert amount(total(FINES.values())) == D("465.75")
    assert amount(total(WAIVED.values())) == D("456.75")


def test_r15_a_down_payment_settles_interest_then_fine_then_principal_oldest_first() -> None:
    assert paid_down(WAIVED, D("60.00")) == {1: D("57.00"), 2: D("2.25"), 3: D("0.75")}
    assert after(WAIVED, "60.00") == Split(D(0), D(0), D("396.75"))
    assert planned("396.75") == ["99.19", "99.19", "99.19", "99.18"]
    assert after(FINES, "10.00") == Split(D(0), D("5.75"), D("450.00"))
    assert paid_down(FINES, D("10.00")) == {1: D("6.75"), 2: D("2.50"), 3: D("0.75")}
    assert after(FINES, "165.75") == Split(D(0), D(0), D("300.00")), "the oldest is paid"


def test_r15_without_one_the_new_notes_hold_the_old_interest() -> None:
    notes = planned("456.75")
    assert notes == ["114.19", "114.19", "114.19", "114.18"]
    assert held([D(each) for each in notes], D("6.75")) == [
        *(D("1.69"), D("1.69"), D("1.68"), D("1.69"))
    ]


def test_r15_with_contract_interest() -> None:
    assert planned("396.75", rate="1") == ["101.68"] * 4


def test_r15_what_a_note_holds_is_received_as_it_is_paid() -> None:
    assert held_until(D("1.69"), D("114.19"), D("57.00")) == D("0.84")
    assert held_until(D("1.69"), D("114.19"), D("114.19")) == D("1.69")


@pytest.mark.parametrize("down", ["456.75", "500.00"])
def test_a_down_payment_of_the_whole_debt_is_no_renegotiation(down: str) -> None:
    with pytest.raises(InvalidInput, match="menor que a dívida"):
        paid_down(WAIVED, D(down))


def test_r15_three_notes_paid_make_the_new_sale_its_own_risk() -> None:
    paid = [date(2026, 1, 10), date(2026, 2, 10), None, None]
    assert tried_on(paid, 4) is None
    assert tried_on([*paid[:2], date(2026, 3, 1), None], 4) == date(2026, 3, 1)
    assert tried_on(paid[:2], 2) == date(2026, 2, 10), "all there are"
