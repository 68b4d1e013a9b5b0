"""The counter's writes take few statements, however many notes they touch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import event

from credigestor.db.engine import get_engine, snapshot
from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from credigestor.services.payments import NewPayment
from tests.portfolio import TODAY
from tests.services.paying import FEBRUARY, JANUARY, MARCH, new_payment, note_row, receive, sell
from tests.services.selling import new_customer, new_sale, notes_of, register

pytestmark = pytest.mark.usefixtures("db")

JANUARY_25, FEBRUARY_24 = date(2026, 1, 25), date(2026, 2, 24)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Those that are run meanwhile, a many-rowed one as often as it has rows."""
    seen: list[str] = []

    def see(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, many: bool) -> None:
        seen.extend([statement] * (len(given) if many else 1))

    event.listen(get_engine(), "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(get_engine(), "before_cursor_execute", see)


def statements_of(actor: Actor, payment: NewPayment) -> int:
    with statements() as seen:
        receive(actor, payment)
    return len(seen)


def test_a_sale_with_12_notes_takes_at_most_4_statements(seller: Actor) -> None:
    sale = new_sale(new_customer(credit_limit=D("5000.00")), installments=12)
    with statements() as seen:
        sale_id = register(seller, sale)
    assert len(notes_of(sale_id)) == 12
    assert len(seen) <= 4, seen


@pytest.mark.parametrize("notes", [1, 5])
@pytest.mark.parametrize("day", [TODAY, JANUARY_25], ids=["today", "backdated"])
def test_a_payment_takes_at_most_6_statements(manager: Actor, notes: int, day: date) -> None:
    sale = sell(*[("300.00", JANUARY)] * notes)
    payment = new_payment(day, *((note, "50.00") for note in sale.notes))
    assert statements_of(manager, payment) <= 6
    assert all(note_row(note).last_paid_on == day for note in sale.notes)


def test_the_second_payment_of_a_note_takes_no_more_statements(manager: Actor) -> None:
    [note] = sell().notes
    receive(manager, new_payment(JANUARY_25, (note, "100.00")))
    assert statements_of(manager, new_payment(FEBRUARY_24, (note, "209.58"))) <= 6
    assert note_row(note).settled_on == FEBRUARY_24


def test_a_payment_that_replays_some_of_its_notes_writes_them_all(manager: Actor) -> None:
    jan, feb, mar = sell(("300.00", JANUARY), ("300.00", FEBRUARY), ("300.00", MARCH)).notes
    receive(manager, new_payment(FEBRUARY_24, (jan, "50.00"), (mar, "300.00")))
    receive(manager, new_payment(JANUARY_25, (feb, "10.00"), (jan, "100.00")))
    # R9: 207,50 and 2,08 of interest are owed on 24/02 after the earlier payment.
    assert note_row(jan).principal_balance == D("207.50") - D("50.00") + D("2.08")
    assert note_row(jan).last_paid_on == FEBRUARY_24
    assert note_row(feb).principal_balance == D("290.00")
    assert note_row(mar).settled_on == FEBRUARY_24
    with snapshot() as session:
        assert check(session) == []
