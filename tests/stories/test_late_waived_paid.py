"""A story: Ana is late twice; the shop lets charges go, takes that back, and is paid in the end."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.settings import ShopSettings
from credigestor.errors import InvalidInput
from credigestor.reports.check.report import check
from credigestor.reports.note import NoteDetail, detail
from credigestor.reports.portfolio.late_charges import late_charges
from credigestor.reports.receipt import receipt
from credigestor.reports.waived import by_whom
from credigestor.rules.aging import Status
from credigestor.rules.periods import Period
from credigestor.rules.permissions import Actor
from credigestor.services import acts, settings, summaries
from credigestor.services.waivers import NewWaiver, Waived, waive
from tests.services.paying import new_payment, receive, sell

pytestmark = pytest.mark.usefixtures("db")

FACE, CHARGES = "150.00", Waived(interest=D("0.50"), fine=D("3.00"))


def note_on(note_id: int, day: date) -> NoteDetail:
    """The note as whoever asks on that day sees it."""
    with snapshot() as session:
        return detail(session, note_id, as_of=day, today=day)


def let_go(actor: Actor, note_id: int, waived: Waived, today: date) -> int:
    """The actor lets charges of a note go by themselves."""
    data = NewWaiver(
        operation_id=uuid.uuid4(),
        customer_id=note_on(note_id, today).customer_id,
        waived_on=today,
        waived={note_id: waived},
        reason="cliente antiga",
    )
    with transaction() as session:
        return waive(session, actor, data, today=today)


def test_r29_two_late_notes_are_paid_at_what_the_shop_asks_in_the_end(
    seller: Actor, manager: Actor, admin: Actor
) -> None:
    # Ana owes 150,00 on Thursday, 10 September, and as much on 10 October.
    september, october = date(2026, 9, 10), date(2026, 10, 10)
    first, second = sell((FACE, september), (FACE, october)).notes

    # 20 September: she brings 150,00, as most do. Vera may let nothing go, and asks the manager.
    late = date(2026, 9, 20)
    money = new_payment(
        *(late, (first, FACE)), waived={first: CHARGES}, waiver_reason="pagou o valor da nota"
    )
    with pytest.raises(InvalidInput, match="só um gerente pode"):
        receive(seller, money, today=late)
    paid = receive(manager, money, today=late)
    assert note_on(first, late).status is Status.PAID
    with snapshot() as session:
        told = receipt(session, paid)
    assert (told.split.principal, told.waived.interest, told.waived.fine) == (150, D("0.50"), 3)

    # From October on sellers let go of up to 2,00 by themselves.
    with transaction() as session:
        settings.change(session, admin, ShopSettings(waiver_limit=D("2.00")))

    # 20 October: the second note is ten days late. Vera takes 2,00 off; on the 21st the manager
    # does not agree and undoes it, so that the note owes what it would have owed.
    day, next_day = date(2026, 10, 20), date(2026, 10, 21)
    assert note_on(second, day).owed.total == D("153.50")
    act = let_go(seller, second, Waived(fine=D("2.00")), day)
    assert note_on(second, day).owed.total == D("151.50")
    with transaction() as session:
        acts.reverse(session, manager, act_id=act, why="combinamos sem desconto", today=next_day)
    assert note_on(second, next_day).owed.total == D("153.55")

    # They meet in the middle: the interest is let go, and Ana pays the rest.
    let_go(seller, second, Waived(interest=D("0.55")), next_day)
    receive(seller, new_payment(next_day, (second, "153.00")), today=next_day)
    found = note_on(second, next_day)
    assert found.status is Status.PAID
    assert [each.reversed_on for each in found.acts] == [next_day, None]

    # The manager sees who let go of what; every record agrees with every other.
    with transaction() as session:
        summaries.refresh(session, today=next_day)
        whole = Period(date(2026, 9, 1), next_day)
        [charged] = late_charges(session, [whole], next_day, today=next_day)
        assert (charged.charged, charged.received, charged.waived) == (
            *(D("7.05"), D("3.00"), D("4.05")),
        )
        assert charged.outstanding == 0
        assert [(each.name, each.total) for each in by_whom(session, whole, next_day)] == [
            (manager.name, D("3.50")),
            (seller.name, D("0.55")),
        ]
        assert check(session) == []
