"""R29: what a seller may let go of is of a note's day, in however many waivers."""

from __future__ import annotations

import uuid
from decimal import Decimal as D
from functools import partial

import pytest

from credigestor.db.engine import transaction
from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.rules.permissions import Actor
from credigestor.services import acts, settings, waivers
from credigestor.services.inputs import parse
from credigestor.services.waivers import NewWaiver, Waived
from tests.portfolio import TODAY, late
from tests.services.paying import new_payment, note_row, receive, sell
from tests.services.selling import at_once
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def note(admin: Actor) -> int:
    """150,00 of 13 days ago, which owe 0,65 and 3,00; a seller lets 3,00 go."""
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D("3.00")))
    return sell(("150.00", late(13))).notes[0]


def waiver(note: int, fine: str, **changes: object) -> NewWaiver:
    values = {
        "operation_id": uuid.uuid4(),
        "customer_id": note_row(note).customer_id,
        "waived_on": TODAY,
        "waived": {note: Waived(fine=D(fine))},
        "reason": "bom cliente",
    }
    return parse(NewWaiver, values | changes)


def let_go(actor: Actor, data: NewWaiver) -> int:
    with transaction() as session:
        return waivers.waive(session, actor, data, today=TODAY)


def test_r29_the_limit_holds_of_all_that_is_let_go_of_a_note_on_a_day(
    seller: Actor, manager: Actor, note: int
) -> None:
    first = waiver(note, "2.00")
    act = let_go(seller, first)
    assert let_go(seller, first) == act, "the same form again"
    with pytest.raises(InvalidInput, match=r"já se dispensaram R\$\s2,00 nesse dia"):
        let_go(seller, waiver(note, "1.01"))
    waived = {note: Waived(interest=D("0.65"), fine=D("0.50"))}
    paid = new_payment(
        TODAY, (note, "100.00"), waived=waived, waiver_reason="bom cliente", backdate_reason=None
    )
    with pytest.raises(InvalidInput, match="precisa de um gerente"):
        receive(seller, paid)
    let_go(seller, waiver(note, "1.00"))
    let_go(manager, waiver(note, "0.00", waived={note: Waived(interest=D("0.65"))}))
    sound()


def test_what_was_undone_counts_no_more(seller: Actor, manager: Actor, note: int) -> None:
    act = let_go(seller, waiver(note, "3.00"))
    with transaction() as session:
        acts.reverse(session, manager, act_id=act, why="engano", today=TODAY)
    assert let_go(seller, waiver(note, "3.00"))


def test_two_waivers_at_once_are_not_twice_the_limit(seller: Actor, note: int) -> None:
    results = at_once([partial(let_go, seller, waiver(note, "1.50")) for _ in range(3)])
    assert sum(isinstance(each, InvalidInput) for each in results) == 1
    sound()
