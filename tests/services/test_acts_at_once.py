"""Many people acting on one note at the same moment: one order wins, the rest get a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from functools import partial
from random import Random

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Act, Note, Payment
from credigestor.errors import BusinessError
from credigestor.reports.check.report import check
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import acts
from tests.acting import act, give_back, moved_to
from tests.portfolio import TODAY
from tests.services.paying import new_payment, note_row, receive, sell
from tests.services.selling import at_once, count

pytestmark = pytest.mark.usefixtures("db")

PEOPLE = 50
#: By hand a hundred: CREDIGESTOR_SEEDS=100.
SEEDS = int(os.environ.get("CREDIGESTOR_SEEDS", "3"))
DUE = date(2026, 11, 30)


def _rivals(manager: Actor, note: int, random: Random) -> list[Callable[[], object]]:
    def doing(kind: ActKind, done: Acted) -> object:
        with transaction() as session:
            return act(session, manager, kind, TODAY, {note: done})

    def returning() -> object:
        with transaction() as session:
            sale = session.get_one(Note, note).sale_id
            return give_back(session, manager, sale, TODAY, D("40.00"))

    def paying(amount: str) -> object:
        return receive(manager, new_payment(TODAY, (note, amount)))

    ways: list[Callable[[], object]] = [
        partial(paying, "100.00"),
        partial(paying, "30.00"),
        returning,
        partial(
            doing, ActKind.RENEGOTIATION, Acted(ActKind.RENEGOTIATION, TODAY, principal=D(100))
        ),
        partial(doing, ActKind.WRITE_OFF, Acted(ActKind.WRITE_OFF, TODAY)),
        partial(
            doing,
            ActKind.NEW_DATE,
            Acted(ActKind.NEW_DATE, TODAY, moved=moved_to(date(2026, 12, 20))),
        ),
    ]
    return [random.choice(ways) for _ in range(PEOPLE)]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_they_do_to_one_note_the_sums_are_exact(manager: Actor, seed: int) -> None:
    random = Random(seed)
    for _ in range(3):
        [note] = sell(("100.00", DUE)).notes
        before = count(Payment) + count(Act)
        results = at_once(_rivals(manager, note, random))
        done = [result for result in results if not isinstance(result, Exception)]
        refused = [result for result in results if isinstance(result, Exception)]
        assert all(isinstance(each, BusinessError) and each.message for each in refused), refused
        assert count(Payment) + count(Act) - before == len(done) >= 1
        row = note_row(note)
        assert row.principal_balance + row.written_off <= D(100)
    with snapshot() as session:
        assert check(session, summaries=False) == []


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
