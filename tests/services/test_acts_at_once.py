"""Many people acting on one note at the same moment: one order wins, the rest get a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal as D
from functools import partial
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, ActItem, Payment, PaymentItem
from credigestor.errors import BusinessError
from credigestor.reports.check.report import check
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.money import ZERO
from credigestor.rules.permissions import Actor
from credigestor.services import acts, new_dates, waivers, write_offs
from credigestor.services.new_dates import NewDates
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.services.write_offs import NewWriteOff
from tests.acting import act, give_back
from tests.portfolio import TODAY
from tests.services.paying import new_payment, note_row, receive, sell
from tests.services.renegotiating import deal, make
from tests.services.selling import at_once, count, new_customer

pytestmark = pytest.mark.usefixtures("db")

PEOPLE = 50
#: By hand a hundred: CREDIGESTOR_SEEDS=100.
SEEDS = int(os.environ.get("CREDIGESTOR_SEEDS", "3"))
DUE = date(2026, 11, 30)


def _put_off(manager: Actor, note: int, due: date, rate: D = ZERO) -> int:
    data = NewDates(
        operation_id=uuid4(),
        agreed_on=TODAY,
        note_id=note,
        due_date=due,
        rate=rate,
        reason="viajou",
    )
    with transaction() as session:
        return new_dates.put_off(session, manager, data, today=TODAY)


def _waive(manager: Actor, note: int, customer: int, interest: str) -> int:
    data = NewWaiver(
        operation_id=uuid4(),
        customer_id=customer,
        waived_on=TODAY,
        waived={note: Waived(interest=D(interest))},
        reason="bom cliente",
    )
    with transaction() as session:
        return waivers.waive(session, manager, data, today=TODAY)


def _write_off(manager: Actor, note: int) -> list[int]:
    data = NewWriteOff(operation_id=uuid4(), note_ids=(note,), written_off_on=TODAY, reason="sumiu")
    with transaction() as session:
        return write_offs.write_off(session, manager, data, today=TODAY)


def _return(manager: Actor, sale: int) -> int:
    with transaction() as session:
        return give_back(session, manager, sale, TODAY, D("40.00"))


def _rivals(
    manager: Actor, sale: int, note: int, customer: int, random: Random
) -> list[Callable[[], object]]:
    """Every kind by its own service, and money; the kinds of all of them are among fifty."""
    ways: list[Callable[[], object]] = [
        lambda: receive(manager, new_payment(TODAY, (note, "101.00"))),
        lambda: receive(manager, new_payment(TODAY, (note, "30.00"))),
        partial(_waive, manager, note, customer, "0.40"),
        partial(_return, manager, sale),
        lambda: make(manager, deal([note], customer_id=customer, installments=2)).id,
        partial(_write_off, manager, note),
        partial(_put_off, manager, note, date(2027, 1, 15)),
    ]
    return [*ways, *(random.choice(ways) for _ in range(PEOPLE - len(ways)))]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_they_do_to_one_note_the_sums_are_exact(manager: Actor, seed: int) -> None:
    """The note was put off for 1,00 of interest, which may be let go before it is late (R32)."""
    random = Random(seed)
    for _ in range(3):
        customer = new_customer()
        sold = sell(("100.00", DUE), customer=customer)
        [note] = sold.notes
        _put_off(manager, note, DUE + timedelta(days=30), D(1))
        before = count(Payment) + count(Act)
        rivals = _rivals(manager, sold.id, note, customer, random)
        random.shuffle(rivals)
        results = at_once(rivals)
        done = [result for result in results if not isinstance(result, Exception)]
        refused = [result for result in results if isinstance(result, Exception)]
        assert all(isinstance(each, BusinessError) and each.message for each in refused), refused
        assert count(Payment) + count(Act) - before == len(done) >= 1
        _sums_are_exact(note)
    with snapshot() as session:
        assert check(session, summaries=False) == []


def _sums_are_exact(note: int) -> None:
    """What was paid, let go, taken off and lost of 100,00 and 1,00 agreed is what is not owed."""
    row = note_row(note)
    off = {"principal": ZERO, "interest": ZERO, "fine": ZERO}
    back = ZERO
    with snapshot() as session:
        for item in session.scalars(select(PaymentItem).where(PaymentItem.note_id == note)):
            off["interest"] += item.interest
            off["fine"] += item.fine
            if item.closed_after == "written_off":
                back += item.principal
            else:
                off["principal"] += item.principal
        lost = ZERO
        for act in session.scalars(select(ActItem).where(ActItem.note_id == note)):
            off["principal"] += act.principal
            if act.kind == "write_off":
                lost = act.principal  # what is owed beside it stays a memo
            elif act.kind != "new_date":
                off["interest"] += act.interest
                off["fine"] += act.fine
    assert row.principal_balance == D(100) - off["principal"]
    assert row.interest_carried == D("1.00") - off["interest"]
    assert row.fine_carried == off["fine"] == 0
    assert row.written_off == lost - back


def test_an_act_undone_by_eight_connections_is_undone_once(manager: Actor) -> None:
    [note] = sell(("100.00", DUE)).notes
    with transaction() as session:
        done = Acted(ActKind.WRITE_OFF, TODAY)
        act_id = act(session, manager, ActKind.WRITE_OFF, TODAY, {note: done})

    def undo() -> None:
        with transaction() as session:
            acts.reverse(session, manager, act_id=act_id, why="engano", today=TODAY)

    results = at_once([undo] * 8)
    assert len([each for each in results if each is None]) == 1
    assert note_row(note).principal_balance == D(100)
