"""The list of payments with what was received (R22), and a payment's receipt (R24)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import NotFound
from credigestor.reports import payments
from credigestor.reports import receipt as receipts
from credigestor.reports.payments import PaymentFilters, PaymentTotals
from credigestor.reports.receipt import Receipt
from credigestor.rules.charges import Split
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, add_customer
from tests.services.paying import FEBRUARY, JANUARY, MARCH, note_row, pay, reverse, sell

pytestmark = pytest.mark.usefixtures("db")

JANUARY_25, FEBRUARY_24 = date(2026, 1, 25), date(2026, 2, 24)


def listed(**filters: object) -> list[int]:
    with snapshot() as session:
        frame = payments.list_payments(session, PaymentFilters(**filters), offset=0, limit=100)  # type: ignore[arg-type]
        sums = payments.totals(session, PaymentFilters(**filters))  # type: ignore[arg-type]
    assert sums.count == len(frame)
    live = frame[~frame["reversed"].astype(bool)]
    for name in ("amount", *payments.SUMS):
        assert getattr(sums, name) == sum(live[name], D(0))
    return [int(value) for value in frame["id"]]


def totals(**filters: object) -> PaymentTotals:
    with snapshot() as session:
        return payments.totals(session, PaymentFilters(**filters))  # type: ignore[arg-type]


def receipt(payment_id: int) -> Receipt:
    with snapshot() as session:
        return receipts.receipt(session, payment_id)


def test_the_list_is_newest_first_with_the_split_of_each(manager: Actor) -> None:
    jan, feb = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    old = pay(manager, JANUARY_25, (jan, "100.00"))
    new = pay(manager, FEBRUARY_24, (jan, "209.58"), (feb, "102.47"))
    assert listed() == [new, old]
    with snapshot() as session:
        row = payments.list_payments(session, PaymentFilters(), offset=0, limit=1).iloc[0]
    assert (row["number"], row["customer"], row["method"]) == ("000002", "Ana Luz", "cash")
    assert (row["amount"], row["principal"]) == (D("312.05"), D("307.50"))
    assert (row["interest"], row["fine"]) == (D("2.55"), D("2.00"))
    assert (row["received_by"], bool(row["reversed"])) == (manager.name, False)


def test_r22_the_sums_leave_out_what_was_reversed(manager: Actor) -> None:
    [note] = sell().notes
    pay(manager, JANUARY_25, (note, "100.00"))
    reverse(manager, pay(manager, FEBRUARY_24, (note, "9.00")))
    assert totals() == PaymentTotals(
        *(2, D("100.00"), D("92.50"), D("1.50"), D("6.00"), D(0)), {"cash": (1, D("100.00"))}
    )
    assert totals(reversed=True) == PaymentTotals(1, D(0), D(0), D(0), D(0), D(0))


def test_each_filter_finds_its_payments(manager: Actor, seller: Actor) -> None:
    jan, feb = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    [other] = sell(("50.00", MARCH)).notes
    first = pay(manager, JANUARY_25, (jan, "10.00"))
    second = pay(manager, FEBRUARY_24, (feb, "10.00"), method="pix")
    third = pay(seller, TODAY, (other, "10.00"), method="card")
    reverse(manager, second)
    assert listed(paid_from=FEBRUARY_24) == [third, second]
    assert listed(paid_to=FEBRUARY_24) == [second, first]
    assert listed(paid_from=FEBRUARY_24, paid_to=FEBRUARY_24) == [second]
    assert listed(method="pix") == [second]
    assert listed(received_by=seller.id) == [third]
    assert listed(customer_id=note_row(other).customer_id) == [third]
    assert listed(reversed=True) == [second]
    assert listed(reversed=False) == [third, first]
    with snapshot() as session:
        assert payments.receivers(session) == {
            manager.id: manager.name,
            seller.id: seller.name,
        }


@pytest.mark.parametrize("text", ["zélia", "529.982.247-25", "000002-01/01", "2"])
def test_a_text_finds_by_payer_cpf_note_sale_or_receipt(manager: Actor, text: str) -> None:
    pay(manager, JANUARY_25, (sell().notes[0], "10.00"))
    with transaction() as session:
        zelia = add_customer(session, "Zélia D'Ávila", tax_id="52998224725")
    payment = pay(manager, JANUARY_25, (sell(customer=zelia).notes[0], "10.00"))
    assert payment == 2
    assert listed(text=text) == [payment]


@pytest.mark.parametrize("text", ["%", "99", "\x00", "x" * 10_000])
def test_a_text_that_is_nobodys_finds_nothing(manager: Actor, text: str) -> None:
    pay(manager, JANUARY_25, (sell().notes[0], "10.00"))
    assert listed(text=text) == []


def test_a_page_is_cut_in_the_database(manager: Actor) -> None:
    [note] = sell().notes
    made = [pay(manager, JANUARY_25 + timedelta(days=k), (note, "1.00")) for k in range(5)]
    with snapshot() as session:
        frame = payments.list_payments(session, PaymentFilters(), offset=3, limit=3)
    assert list(frame["id"]) == [made[1], made[0]]


def test_r24_the_receipt_states_who_paid_what_and_what_is_left(manager: Actor) -> None:
    jan, feb = sell(("300.00", JANUARY), ("100.00", FEBRUARY)).notes
    payment = pay(manager, JANUARY_25, (jan, "100.00"), (feb, "40.00"), method="pix")
    found = receipt(payment)
    assert (found.number, found.amount, found.method) == ("000001", D("140.00"), "pix")
    assert (found.customer, found.received_by) == ("Ana Luz", manager.name)
    assert found.split == Split(D("1.50"), D("6.00"), D("132.50"))
    assert [(item.number, item.amount, item.after) for item in found.items] == [
        ("000001-01/02", D("100.00"), D("207.50")),
        ("000001-02/02", D("40.00"), D("60.00")),
    ]
    assert found.customer_after == D("267.50")
    assert found.undone is None


def test_r24_a_receipt_stays_the_same_after_later_payments(manager: Actor) -> None:
    [note] = sell().notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    before = receipt(payment)
    pay(manager, FEBRUARY_24, (note, "209.58"))
    assert receipt(payment) == before
    assert before.customer_after == D("207.50")


def test_r12_the_receipt_of_a_reversed_payment_says_by_whom_when_and_why(manager: Actor) -> None:
    [note] = sell().notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    reverse(manager, payment, why="troco errado")
    undone = receipt(payment).undone
    assert undone is not None
    assert (undone.on, undone.by, undone.reason) == (TODAY, manager.name, "troco errado")


def test_a_payment_that_does_not_exist_has_no_receipt() -> None:
    with pytest.raises(NotFound):
        receipt(999)
