"""R14 of a note whose date was agreed anew, with interest for that (R32)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import InvalidInput
from credigestor.reports.notes import open_notes
from credigestor.reports.receiving import allocated, by_right
from credigestor.reports.settlement import quote
from credigestor.rules import early
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from tests.acting import act, moved_to
from tests.portfolio import TODAY
from tests.services.discounting import DAY, DUE, assert_sound, sell
from tests.services.paying import new_payment, note_row, receive, splits

pytestmark = pytest.mark.usefixtures("db")

LATER = DUE + timedelta(days=30)


@pytest.fixture
def note(admin: Actor) -> int:
    """88,85 due 47 days after DAY, put off on DAY by thirty more for 0,89."""
    [note, *_] = sell(admin)
    done = Acted(ActKind.NEW_DATE, DAY, interest=D("-0.89"), moved=moved_to(LATER))
    with transaction() as session:
        act(session, admin, ActKind.NEW_DATE, DAY, {note: done})
    return note


def worth(note: int) -> D:
    row = note_row(note)
    with snapshot() as session:
        [found, *_] = open_notes(session, row.customer_id, on=TODAY, today=TODAY)
    return early.present_value(D("88.85"), found.daily_rate, (LATER - TODAY).days)


def test_the_days_to_the_date_in_force_are_saved_and_the_agreed_interest_is_not(
    note: int, seller: Actor
) -> None:
    assert TODAY > DUE
    row = note_row(note)
    with snapshot() as session:
        found = next(
            n for n in open_notes(session, row.customer_id, on=TODAY, today=TODAY) if n.id == note
        )
        quoted = quote(session, row.customer_id, [note], on=TODAY, today=TODAY)
    left = worth(note)
    assert left < D("88.85")
    assert found.settlement == quoted.total == left + D("0.89")
    assert "Mais 0,89 de juros combinados." in quoted.notes[0].steps[-1]
    [part] = allocated(found.settlement, [found], by_right([found]))
    data = new_payment(
        TODAY,
        (note, str(part.amount)),
        discounts={note: part.discount},
        previewed={note: part.split},
    )
    receive(seller, data)
    assert splits(note) == [("0.89", "0.00", str(left))]
    assert_sound()


def test_a_part_pays_the_agreed_interest_first_and_saves_on_the_rest(
    note: int, seller: Actor
) -> None:
    row = note_row(note)
    with snapshot() as session:
        found = next(
            n for n in open_notes(session, row.customer_id, on=TODAY, today=TODAY) if n.id == note
        )
    [part] = allocated(D("50.89"), [found], by_right([found]))
    saved = early.settled_by(D(50), D("88.85"), found.daily_rate, (LATER - TODAY).days) - D(50)
    assert part.discount == saved > 0
    too_much = new_payment(TODAY, (note, "50.89"), discounts={note: saved + D("0.01")})
    with pytest.raises(InvalidInput, match="precisa de um gerente"):
        receive(seller, too_much)
    receive(seller, new_payment(TODAY, (note, "50.89"), discounts={note: saved}))
    assert splits(note) == [("0.89", "0.00", "50.00")]
    assert_sound()
