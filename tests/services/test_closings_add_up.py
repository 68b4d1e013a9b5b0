"""R37: what changed since a closing adds up to its figures now less those as closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import closings as report
from credigestor.reports.as_closed import as_closed
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.summary import Summary, summary
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.acting import act, give_back
from tests.portfolio import TODAY, add_customer, late
from tests.services.closing import changed, close
from tests.services.crediting import by_credit
from tests.services.paying import pay, reverse, sell
from tests.services.renegotiating import deal, make, three_late, undo

pytestmark = pytest.mark.usefixtures("db")

DAY, YESTERDAY = TODAY - timedelta(days=3), TODAY - timedelta(days=1)
WHY = {"backdate_reason": "caderno velho"}


def received(figures: Summary) -> D:
    return figures.received_principal + figures.received_interest + figures.received_fine


def adds_up(day: date = YESTERDAY) -> tuple[str, str]:
    """What the changes add up to, receivable and received; the figures say the same."""
    with snapshot() as session:
        now = summary(session, day, today=TODAY)
        then = as_closed(session, day, now=now)
        totals = report.totals(session, ChangeFilters())
    assert then is not None
    found = (
        now.receivable_principal - then.figures.receivable_principal,
        received(now) - received(then.figures),
    )
    assert (totals.receivable, totals.received) == found
    return str(found[0]), str(found[1])


def test_r37_r15_a_deal_that_is_undone_takes_its_sale_along(manager: Actor) -> None:
    made = make(manager, deal(three_late().notes, agreed_on=DAY, **WHY))
    close(manager, YESTERDAY)
    undo(manager, made)
    assert adds_up() == ("-15.30", "0.00")
    assert {row[0]: row[4] for row in changed()} == {
        "act_reversal": "450.00",
        "cancellation": "-465.30",
    }


def test_r37_r34_what_is_recovered_is_neither_receivable_nor_received(manager: Actor) -> None:
    note = sell(("150.00", late(300)), customer=None).notes[0]
    with transaction() as session:
        act(session, manager, ActKind.WRITE_OFF, DAY, {note: Acted(ActKind.WRITE_OFF, DAY)})
    close(manager, YESTERDAY)
    paid = pay(manager, YESTERDAY, (note, "50.00"))
    assert adds_up() == ("0.00", "0.00")
    reverse(manager, paid)
    assert adds_up() == ("0.00", "0.00")
    assert [row[4:] for row in changed()] == [("0.00", "0.00")] * 2


def test_r37_r31_what_is_paid_by_credit_is_not_received(manager: Actor) -> None:
    with transaction() as session:
        customer = add_customer(session)
    first, second = sell(("100.00", TODAY), ("80.00", TODAY), customer=customer).notes
    pay(manager, DAY, (first, "10.00"), kept=D("40.00"))
    close(manager, YESTERDAY)
    by_credit(manager, second, "25.00", YESTERDAY)
    assert adds_up() == ("-25.00", "0.00")


def test_r37_all_kinds_of_changes_add_up(manager: Actor) -> None:
    made = sell(("100.00", TODAY), ("80.00", TODAY))
    gone = sell(("55.00", TODAY))
    lost = sell(("150.00", late(300))).notes[0]
    old = pay(manager, DAY, (made.notes[0], "10.00"))
    agreed = make(manager, deal(three_late().notes, agreed_on=DAY, **WHY))
    close(manager, YESTERDAY)
    reverse(manager, old)
    pay(manager, YESTERDAY, (made.notes[0], "30.00"))
    with transaction() as session:
        give_back(session, manager, made.id, YESTERDAY, D("20.00"))
        done = Acted(ActKind.WRITE_OFF, YESTERDAY)
        act(session, manager, ActKind.WRITE_OFF, YESTERDAY, {lost: done})
    with transaction() as session:
        sales.cancel(session, manager, sale_id=gone.id, why="desistência", today=TODAY)
    undo(manager, agreed)
    make(manager, deal(three_late().notes, agreed_on=DAY, **WHY))
    adds_up()
