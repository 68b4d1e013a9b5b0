"""Every record of an act that is changed behind the rules' back is found by the check."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import transaction
from credigestor.reports.check.report import check
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.services import acts
from tests.acting import act, give_back, moved_to
from tests.portfolio import TODAY, add_customer, add_sale, pay
from tests.reports.planting import named, planted

pytestmark = pytest.mark.usefixtures("db")

JUNE = date(2026, 6, 10)


@pytest.fixture(autouse=True)
def shop(admin: Actor) -> None:
    """Acts 1 to 5 on the notes of sales 1 to 5, one of each kind; 6 undone; 7 a recovery."""
    on = JUNE + timedelta(days=30)
    with transaction() as session:
        customer = add_customer(session, "Ana Luz")
        sold = date(2026, 5, 10)
        notes = [add_sale(session, customer, sold, [("100.00", JUNE)]).notes[0] for _ in range(6)]
        add_sale(session, add_customer(session, "Bia"), sold, [("50.00", JUNE)])
        done = (
            Acted(ActKind.WAIVER, on, D("0.40"), D("2.00")),
            Acted(ActKind.RETURN, on, principal=D("30.00")),
            Acted(ActKind.NEW_DATE, JUNE, D("-1.00"), moved=moved_to(date(2026, 7, 6))),
            Acted(ActKind.RENEGOTIATION, on, D("1.00"), D("2.00"), D("100.00")),
            Acted(ActKind.WRITE_OFF, on),
            Acted(ActKind.RETURN, on, principal=D("10.00")),
        )
        for note, each in zip(notes, done, strict=True):
            if each.kind is ActKind.RETURN:
                give_back(session, admin, note, each.on, each.principal)
            else:
                act(session, admin, each.kind, each.on, {note: each})
        acts.reverse(session, admin, act_id=6, why="engano", today=TODAY)
        pay(session, admin, notes[4], "20.00", TODAY)


CORRUPTIONS = {
    "UPDATE acts SET kind = 'return' WHERE id = 1; UPDATE act_items SET kind = 'return' WHERE "
    "act_id = 1": ("trail_differs", "acts", 1),
    "UPDATE acts SET acted_on = acted_on - 1 WHERE id = 2": ("trail_differs", "acts", 2),
    "UPDATE acts SET customer_id = 2 WHERE id = 2": ("act_customer", "acts", 2),
    "UPDATE acts SET reason = 'outro' WHERE id = 3": ("trail_differs", "acts", 3),
    "UPDATE acts SET made_by = NULL WHERE id = 3": ("trail_differs", "acts", 3),
    "UPDATE acts SET created_at = created_at + interval '3 hours' WHERE id = 4": (
        *("trail_differs", "acts", 4),
    ),
    "DELETE FROM act_items WHERE act_id = 2": ("act_items", "acts", 2),
    "DELETE FROM acts WHERE id = 2": ("orphan", "act_items", 2),
    "DELETE FROM act_reversals": ("act_reversed", "acts", 6),
    "UPDATE act_reversals SET reason = 'outro'": ("trail_differs", "act_reversals", 1),
    "UPDATE act_reversals SET reversed_on = reversed_on - 1": (
        *("trail_differs", "act_reversals", 1),
    ),
    "UPDATE act_items SET reversed = true WHERE act_id = 2": ("act_reversed", "acts", 2),
    "UPDATE act_items SET reversed = false WHERE act_id = 6": ("act_reversed", "acts", 6),
    "UPDATE act_items SET asked_fine = 1 WHERE act_id = 1": ("item_fold", "act_items", 1),
    "UPDATE act_items SET fine = 1 WHERE act_id = 1": ("item_fold", "act_items", 1),
    "UPDATE act_items SET principal = 31 WHERE act_id = 2": ("item_fold", "act_items", 2),
    "UPDATE act_items SET principal_after = 71 WHERE act_id = 2": ("item_fold", "act_items", 2),
    "UPDATE act_items SET due_date = due_date + 1 WHERE act_id = 3": ("item_fold", "act_items", 3),
    "UPDATE act_items SET interest = -2 WHERE act_id = 3": ("item_fold", "act_items", 3),
    "UPDATE act_items SET asked_interest = 0 WHERE act_id = 4": ("note_overpaid", "notes", 4),
    "UPDATE act_items SET closed_after = NULL WHERE act_id = 5": ("item_fold", "act_items", 5),
    "UPDATE notes SET written_off = 1 WHERE id = 5": ("note_fold", "notes", 5),
    "UPDATE notes SET closed = 'returned' WHERE id = 4": ("note_fold", "notes", 4),
    "UPDATE notes SET original_due_date = NULL WHERE id = 3": ("sale_due_dates", "sales", 3),
    "UPDATE notes SET due_date = due_date - 1 WHERE id = 3": ("note_fold", "notes", 3),
    "UPDATE notes SET last_act_on = NULL WHERE id = 2": ("note_fold", "notes", 2),
    "UPDATE notes SET settled_on = settled_on + 1 WHERE id = 5": ("note_fold", "notes", 5),
    "DELETE FROM audit_log WHERE entity = 'act' AND action = 'reverse'": (
        *("trail_missing", "acts", 6),
    ),
    "SELECT setval('payments_id_seq', 3)": ("sequence", "payments", 0),
}


def test_the_shop_itself_is_sound() -> None:
    with planted() as session:
        assert check(session, summaries=False) == []


@pytest.mark.parametrize("statement", CORRUPTIONS)
def test_a_changed_record_of_an_act_is_named(statement: str) -> None:
    problems = named(*statement.split("; "))
    assert CORRUPTIONS[statement] in {(p.what, p.entity, p.id) for p in problems}, problems
