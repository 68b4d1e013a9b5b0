"""A note is told as settled once it was paid, and by no other end; a deal's sale names the deal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.rules.returns import ReturnKind
from tests.acting import act, give_back, moved_to, undo
from tests.portfolio import TODAY, Made, late
from tests.services.paying import note_row, pay, reverse, sell
from tests.services.renegotiating import deal, make, three_late
from tests.services.renegotiating import undo as undo_deal
from tests.webhooks.receiving import endpoint, events, kinds

pytestmark = pytest.mark.usefixtures("db")

LATE = late(15)


@pytest.fixture
def sale() -> Made:
    """300,00 late by 15 days, which owes 1,50 and 6,00 beside, and 100,00 due in a month."""
    made = sell(("300.00", LATE), ("100.00", TODAY + timedelta(days=30)))
    endpoint(events=["note.settled", "note.overdue"])
    return made


def done(actor: Actor, kind: ActKind, note: int, **taken: D) -> int:
    with transaction() as session:
        moved = moved_to(TODAY + timedelta(days=60)) if kind is ActKind.NEW_DATE else None
        return act(session, actor, kind, TODAY, {note: Acted(kind, TODAY, moved=moved, **taken)})


def undone(actor: Actor, act_id: int) -> None:
    with transaction() as session:
        undo(session, actor, act_id)


def test_a_note_that_was_written_off_is_overdue_again_where_that_is_undone(
    sale: Made, manager: Actor
) -> None:
    note, _ = sale.notes
    lost = done(manager, ActKind.WRITE_OFF, note)
    assert kinds() == []
    undone(manager, lost)
    assert kinds() == ["note.overdue"]


def test_one_that_was_written_off_is_settled_once_all_of_it_is_recovered(
    sale: Made, manager: Actor
) -> None:
    note, _ = sale.notes
    pay(manager, TODAY - timedelta(days=1), (note, "50.00"))
    lost = done(manager, ActKind.WRITE_OFF, note)
    pay(manager, TODAY, (note, "100.00"))
    assert kinds() == []
    rest = note_row(note).written_off
    paid = pay(manager, TODAY, (note, str(rest)))
    [told] = events()
    assert (told.type, told.data["note_id"]) == ("note.settled", note)
    assert (told.data["settled_on"], told.data["recovered"]) == (str(TODAY), True)
    reverse(manager, paid)
    assert kinds() == ["note.settled"], "it is lost again, and receivable no more"
    pay(manager, TODAY, (note, str(rest)))
    assert kinds() == ["note.settled"] * 2
    undone(manager, lost)
    assert note_row(note).closed is None
    assert kinds() == ["note.settled"] * 2, "what was paid stays paid"


def test_one_that_came_back_whole_is_no_settled_one(sale: Made, manager: Actor) -> None:
    _, note = sale.notes
    with transaction() as session:
        back = give_back(session, manager, sale.id, TODAY, D("100.00"), ReturnKind.REGRET)
    assert (note_row(note).closed, kinds()) == ("returned", [])
    undone(manager, back)
    assert (note_row(note).settled_on, kinds()) == (None, [])


def test_one_of_which_a_part_came_back_is_settled_by_who_pays_the_rest(
    sale: Made, manager: Actor
) -> None:
    _, note = sale.notes
    with transaction() as session:
        give_back(session, manager, sale.id, TODAY, D("40.00"), ReturnKind.REGRET)
    pay(manager, TODAY, (note, "60.00"))
    assert [(each.type, each.data["recovered"]) for each in events()] == [("note.settled", False)]


def test_a_waiver_and_a_new_date_settle_nothing_and_what_is_paid_after_them_does(
    sale: Made, manager: Actor
) -> None:
    first, second = sale.notes
    done(manager, ActKind.WAIVER, first, interest=D("1.50"), fine=D("6.00"))
    done(manager, ActKind.NEW_DATE, second)
    assert kinds() == []
    pay(manager, TODAY, (first, "300.00"), (second, "100.00"))
    assert [(each.type, each.data["note_id"]) for each in events()] == [
        ("note.settled", first),
        ("note.settled", second),
    ]


def test_a_renegotiation_settles_no_note_and_its_sale_is_told_with_it_made_and_undone(
    manager: Actor,
) -> None:
    old = three_late()
    endpoint()
    made = make(manager, deal(old.notes))
    [created] = events()
    assert (created.type, created.data["sale_id"]) == ("sale.created", made.sale_id)
    assert created.data["renegotiation_id"] == made.id
    undo_deal(manager, made)
    assert kinds()[1:] == ["note.overdue"] * 3 + ["sale.cancelled"]
    assert events()[-1].data["renegotiation_id"] == made.id
    sell()
    assert events()[-1].data["renegotiation_id"] is None


def test_what_a_deals_down_payment_pays_whole_is_settled_by_it(manager: Actor) -> None:
    old = three_late()
    endpoint(events=["note.settled"])
    make(manager, deal(old.notes, down_payment=D("200.00"), method="cash"))
    assert [each.data["note_id"] for each in events()] == old.notes[:1]
