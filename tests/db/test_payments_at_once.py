"""Payments by several connections at the same moment: a note is paid once, and none deadlocks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from functools import partial

import pytest

from credigestor.db.models import Payment, PaymentItem, Reversal
from credigestor.errors import Conflict
from credigestor.rules.permissions import Actor
from tests.db.paying import JANUARY, new_payment, note_row, pay, receive, reverse, sell
from tests.db.selling import at_once, count

pytestmark = pytest.mark.usefixtures("db")

CONNECTIONS, ROUNDS = 8, 25
JANUARY_25 = date(2026, 1, 25)


def test_eight_connections_paying_one_note_in_full_make_one_payment_in_each_of_25_rounds(
    manager: Actor,
) -> None:
    sale = sell(*[("300.00", JANUARY)] * ROUNDS)
    for done, note in enumerate(sale.notes, start=1):
        rivals = [new_payment(JANUARY_25, (note, "307.50")) for _ in range(CONNECTIONS)]
        results = at_once([partial(receive, manager, data) for data in rivals])
        refusals = [result for result in results if isinstance(result, Conflict)]
        assert len(refusals) == CONNECTIONS - 1, results
        assert all("já está paga" in refusal.message for refusal in refusals)
        assert note_row(note).principal_balance == 0
        assert count(Payment) == count(PaymentItem) == done


def test_one_operation_sent_by_eight_connections_makes_one_row(manager: Actor) -> None:
    sale = sell(*[("300.00", JANUARY)] * 5)
    for done, note in enumerate(sale.notes, start=1):
        data = new_payment(JANUARY_25, (note, "100.00"))
        results = at_once([partial(receive, manager, data)] * CONNECTIONS)
        assert len(set(results)) == 1, results
        assert count(Payment) == count(PaymentItem) == done
        assert note_row(note).principal_balance == D("207.50")


def test_payments_of_the_same_notes_in_opposite_order_do_not_deadlock(manager: Actor) -> None:
    notes = sell(*[("300.00", JANUARY)] * 6).notes
    for _ in range(10):
        forth = new_payment(JANUARY_25, *((note, "1.00") for note in notes))
        back = new_payment(JANUARY_25, *((note, "1.00") for note in reversed(notes)))
        results = at_once([partial(receive, manager, data) for data in (forth, back)])
        assert all(isinstance(result, int) for result in results), results
    assert count(Payment) == 20
    assert {note_row(note).principal_balance for note in notes} == {D("287.50")}


def test_a_payment_reversed_by_eight_connections_is_reversed_once(manager: Actor) -> None:
    [note] = sell().notes
    payment = pay(manager, JANUARY_25, (note, "100.00"))
    results = at_once([partial(reverse, manager, payment)] * CONNECTIONS)
    assert sum(isinstance(result, Conflict) for result in results) == CONNECTIONS - 1, results
    assert count(Reversal) == 1
    assert note_row(note).principal_balance == D("300.00")
