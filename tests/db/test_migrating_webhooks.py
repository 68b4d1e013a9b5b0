"""What an older shop told stays; what comes later is told as it is now (0033)."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from credigestor.db.models import WebhookEvent
from credigestor.rules.acts import Acted, ActKind
from credigestor.rules.permissions import Actor
from credigestor.rules.webhooks import Event
from credigestor.services import webhooks
from tests import acting
from tests.db import older
from tests.portfolio import TODAY
from tests.services.paying import sell

pytestmark = pytest.mark.usefixtures("db")


@pytest.mark.parametrize("revision", ["0032"])
def test_what_was_told_before_stays_and_a_note_written_off_is_settled_no_more(
    admin: Actor, old_shop: Connection
) -> None:
    note = sell(("100.00", TODAY)).notes[0]
    older.move_in(old_shop, next_id=1000)
    old_shop.commit()
    gone = {note: Acted(ActKind.WRITE_OFF, TODAY)}
    told = select(WebhookEvent.data).order_by(WebhookEvent.id)
    with Session(old_shop) as session, session.begin():
        url = "https://erp.example.com/x"
        events = [Event.NOTE_SETTLED]
        webhooks.create(session, admin, url=url, events=events, private=True, today=TODAY)
        lost = acting.act(session, admin, ActKind.WRITE_OFF, TODAY, gone)
    with Session(old_shop) as session:
        [before] = session.scalars(told)
    older.upgrade(old_shop, "head")
    with Session(old_shop) as session, session.begin():
        acting.undo(session, admin, lost)
        acting.act(session, admin, ActKind.WRITE_OFF, TODAY, gone)
    with Session(old_shop) as session:
        assert session.scalars(told).all() == [before]
        assert before["settled_on"] == str(TODAY)
