"""What a check finds of a renegotiation whose two sides do not agree (R15)."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from credigestor.reports.check.report import check
from credigestor.rules.permissions import Actor
from tests.reports.planting import named, planted
from tests.services.renegotiating import deal, fines_let_go, make, three_late, undo

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture(autouse=True)
def shop(manager: Actor) -> None:
    """Deal 1 of three notes, waived (act 1) and paid down; deal 2, undone; deal 3, without money.

    Their acts are 3, 4 and 5: the down payment is 2. Their sales follow the debts, 2, 4 and 6.
    """
    old = three_late()
    terms = {"down_payment": D("60.00"), "method": "pix", **fines_let_go(old.notes)}
    make(manager, deal(old.notes, **terms))
    undo(manager, make(manager, deal(three_late().notes)))
    make(manager, deal(three_late().notes))


DEAL, OTHER = ("renegotiation", "renegotiations", 1), ("renegotiation", "renegotiations", 3)
CORRUPTIONS = {
    "DELETE FROM renegotiations WHERE id = 1": ("renegotiation_missing", "acts", 3),
    "UPDATE renegotiations SET act_id = 1 WHERE id = 1": DEAL,
    "UPDATE renegotiations SET sale_id = 1 WHERE id = 1": DEAL,
    "UPDATE renegotiations SET payment_id = NULL WHERE id = 1": (
        *("trail_differs", "renegotiations", 1),
    ),
    "UPDATE renegotiations SET waiver_id = 3 WHERE id = 1": DEAL,
    "UPDATE renegotiations SET kind = 'confession' WHERE id = 1": (
        *("trail_differs", "renegotiations", 1),
    ),
    "UPDATE renegotiations SET old_interest = 1 WHERE id = 3": OTHER,
    "UPDATE renegotiations SET old_fine = 0 WHERE id = 3": OTHER,
    "UPDATE renegotiations SET first_sold_on = first_sold_on + 1 WHERE id = 3": OTHER,
    "UPDATE renegotiations SET days_late = 0 WHERE id = 3": OTHER,
    "UPDATE renegotiations SET operation_id = gen_random_uuid() WHERE id = 3": OTHER,
    "UPDATE sales SET cancelled_on = NULL, cancel_reason = NULL WHERE id = 4": (
        *("renegotiation", "renegotiations", 2),
    ),
    "DELETE FROM act_reversals WHERE act_id = 4": ("renegotiation", "renegotiations", 2),
    "INSERT INTO reversals (payment_id, reversed_on, reason) VALUES (2, now(), 'nada')": DEAL,
    "UPDATE sales SET total = total + 1 WHERE id = 6": OTHER,
    "UPDATE act_items SET asked_interest = 0 WHERE act_id = 5": OTHER,
    "DELETE FROM audit_log WHERE entity = 'renegotiation' AND entity_id = 3": (
        *("trail_missing", "renegotiations", 3),
    ),
}


def test_the_shop_itself_is_sound() -> None:
    with planted() as session:
        assert check(session, summaries=False) == []


@pytest.mark.parametrize("statement", CORRUPTIONS)
def test_what_does_not_agree_with_the_other_side_is_named(statement: str) -> None:
    problems = named(statement)
    assert CORRUPTIONS[statement] in {(p.what, p.entity, p.id) for p in problems}, problems
