"""Payments by several connections at the same moment: a note is paid once, and none deadlocks."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal as D
from functools import partial
from threading import Event

import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Payment, PaymentItem, Reversal
from credigestor.errors import BusinessError, Conflict
from credigestor.reports.check.report import check
from credigestor.reports.note import detail
from credigestor.rules.permissions import Actor
from credigestor.services import ledger, payments, sales
from tests.portfolio import TODAY
from tests.services.paying import (
    FEBRUARY,
    JANUARY,
    MARCH,
    new_payment,
    note_row,
    pay,
    receive,
    reverse,
    sell,
)
from tests.services.selling import at_once, count

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


def test_payments_of_one_day_replay_in_the_order_in_which_they_were_folded(
    manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    [note] = sell().notes
    slow, quick = (new_payment(JANUARY_25, (note, amount)) for amount in ("5.00", "100.00"))
    arrived, go_on = Event(), Event()

    def lock(session: Session, note_ids: Collection[int]) -> list[ledger.LockedNote]:
        if not arrived.is_set():
            arrived.set()
            assert go_on.wait(10)
        return ledger.lock_notes(session, note_ids)

    monkeypatch.setattr(payments, "lock_notes", lock)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(receive, manager, slow)
        assert arrived.wait(10)
        receive(manager, quick)
        go_on.set()
        late.result(10)
    with snapshot() as session:
        assert check(session) == []
        assert detail(session, note, as_of=JANUARY_25, today=TODAY).owed.total == D("202.50")


def test_a_sale_is_cancelled_or_paid_and_never_both(manager: Actor) -> None:
    for _ in range(10):
        sale = sell()

        def cancel(sale_id: int = sale.id) -> None:
            with transaction() as session:
                sales.cancel(session, manager, sale_id=sale_id, why="desistiu", today=TODAY)

        data = new_payment(JANUARY_25, (sale.notes[0], "100.00"))
        results = at_once([cancel, partial(receive, manager, data)])
        assert sum(isinstance(result, BusinessError) for result in results) == 1, results
    with snapshot() as session:
        assert check(session) == []


def test_payments_backdated_payments_and_reversals_at_once_leave_the_ledger_sound(
    manager: Actor,
) -> None:
    notes = sell(("300.00", JANUARY), ("300.00", FEBRUARY), ("300.00", MARCH)).notes
    for day in range(10):
        wrong = pay(manager, date(2026, 2, 1 + day), *((note, "2.00") for note in notes))
        acts: list[Callable[[], object]] = [
            partial(reverse, manager, wrong),
            partial(receive, manager, new_payment(JANUARY_25, *((n, "1.00") for n in notes))),
            partial(receive, manager, new_payment(TODAY, *((n, "1.00") for n in notes[::-1]))),
        ]
        results = at_once(acts)
        assert not any(isinstance(result, BusinessError) for result in results), results
    with snapshot() as session:
        assert check(session) == []
