"""Payments that are refused, each in words of its own, and that then leave no trace (R10, R11)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.errors import InvalidInputs
from credigestor.rules.charges import Split
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY
from tests.services.paying import (
    FEBRUARY,
    FEBRUARY_24,
    JANUARY,
    JANUARY_15,
    JANUARY_25,
    note_row,
    pay,
    refused,
    sell,
    splits,
)

pytestmark = pytest.mark.usefixtures("db")


def test_r10_more_than_a_note_owes_is_refused_with_the_exact_amount(manager: Actor) -> None:
    [note] = sell().notes
    error = refused(manager, JANUARY_25, (note, "307.51"))
    assert error.field == "amount"
    assert "deve R$\xa0307,50 em 25/01/2026" in error.message


def test_a_payment_that_fits_one_note_and_not_the_other_leaves_both_as_they_were(
    manager: Actor,
) -> None:
    jan, feb = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    refused(manager, JANUARY_25, (jan, "100.00"), (feb, "100.01"))
    assert (splits(jan), splits(feb)) == ([], [])
    assert note_row(jan).principal_balance == D("300.00")


def test_a_paid_note_cannot_be_paid_again(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "307.50"))
    assert "já está paga" in refused(manager, FEBRUARY_24, (note, "1.00")).message


def test_the_future_is_refused(manager: Actor) -> None:
    [note] = sell().notes
    error = refused(manager, TODAY + timedelta(days=1), (note, "1.00"))
    assert (error.field, error.message) == ("paid_on", "A data do pagamento não pode ser futura.")


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1989, 12, 31), date(9999, 12, 31)])
def test_a_date_out_of_all_reason_is_refused(manager: Actor, day: date) -> None:
    [note] = sell().notes
    assert refused(manager, day, (note, "1.00")).field == "paid_on"


def test_before_the_sale_is_refused(manager: Actor) -> None:
    [note] = sell().notes
    error = refused(manager, date(2025, 11, 30), (note, "1.00"))
    assert error.message == "O pagamento não pode ser antes da venda (01/12/2025)."


def test_r11_further_back_than_the_setting_needs_a_manager(seller: Actor, manager: Actor) -> None:
    [note] = sell().notes
    assert pay(seller, TODAY - timedelta(days=7), (note, "1.00"), backdate_reason=None)
    error = refused(seller, TODAY - timedelta(days=8), (note, "1.00"))
    assert error.message == "Pagamento com data de mais de 7 dias atrás precisa de um gerente."
    assert pay(manager, TODAY - timedelta(days=8), (note, "1.00"))


@pytest.mark.parametrize("reason", [None, "", "  ", "x"])
def test_r11_further_back_than_the_setting_needs_a_reason(
    manager: Actor, reason: str | None
) -> None:
    [note] = sell().notes
    error = refused(manager, JANUARY_25, (note, "1.00"), backdate_reason=reason)
    assert error.field == "backdate_reason"


def test_a_note_of_another_customer_is_refused(manager: Actor) -> None:
    [ours], [theirs] = sell().notes, sell().notes
    error = refused(manager, JANUARY_25, (ours, "1.00"), (theirs, "1.00"))
    assert error.message == "A nota é de outro cliente."


def test_a_note_that_does_not_exist_is_refused(manager: Actor) -> None:
    [note] = sell().notes
    assert "não encontrada" in refused(manager, JANUARY_25, (note, "1.00"), (999, "1.00")).message


@pytest.mark.parametrize("amount", ["0", "-5", "0.005", "1E+30"])
def test_an_amount_that_is_no_money_is_refused(manager: Actor, amount: str) -> None:
    [note] = sell().notes
    assert refused(manager, JANUARY_25, (note, amount)).field == "amount"


@pytest.mark.parametrize("discount", ["-5", "0.005", "1E+30"])
def test_a_discount_that_is_no_money_is_refused(manager: Actor, discount: str) -> None:
    [note] = sell().notes
    error = refused(manager, JANUARY_25, (note, "1.00"), discounts={note: D(discount)})
    assert error.field == "discount"


@pytest.mark.parametrize("amount", ["NaN", "Infinity"])
def test_an_amount_that_is_no_number_is_refused(manager: Actor, amount: str) -> None:
    [note] = sell().notes
    assert isinstance(refused(manager, JANUARY_25, (note, amount)), InvalidInputs)


def test_a_value_that_no_column_can_hold_is_refused(manager: Actor) -> None:
    [note] = sell(("9999999999.99", JANUARY), late_rate="100").notes
    for items in ([(note, "1.00"), (2**40, "1.00")], [(note, "1.00")]):  # an id; the interest
        assert "maior do que o sistema" in refused(manager, TODAY, *items).message


def test_no_note_and_one_note_twice_are_refused(manager: Actor) -> None:
    [note] = sell().notes
    assert refused(manager, JANUARY_25, (note, "1.00"), items=()).field == "items"
    assert refused(manager, JANUARY_25, (note, "1.00"), (note, "1.00")).field == "items"


def test_a_cancelled_note_takes_no_payment(manager: Actor) -> None:
    sale = sell()
    with transaction() as session:
        sales.cancel(session, manager, sale_id=sale.id, why="desistiu", today=TODAY)
    assert "foi cancelada" in refused(manager, TODAY, (sale.notes[0], "1.00")).message


def test_an_allocation_that_is_no_longer_the_previewed_one_is_refused(manager: Actor) -> None:
    [note] = sell().notes
    shown = {note: Split(D("1.50"), D("6.00"), D("92.50"))}
    pay(manager, JANUARY_15, (note, "50.00"))
    error = refused(manager, JANUARY_25, (note, "100.00"), previewed=shown)
    assert "mudou desde a prévia" in error.message
    now = {note: Split(D("0.86"), D("0.00"), D("99.14"))}
    assert pay(manager, JANUARY_25, (note, "100.00"), previewed=now)
