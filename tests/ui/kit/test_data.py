"""Cached readers: what others write is seen, and nothing is asked again for what stays."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.reports import day
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.ui.kit import data
from tests.portfolio import TODAY
from tests.services.paying import new_payment, sell

pytestmark = pytest.mark.usefixtures("db")

asked = 0


def received(session: Session, seller: int) -> str:
    """What a seller received today; counts how often it is asked."""
    global asked
    asked += 1
    return str(day.seller_day(session, seller, day=TODAY).received)


def test_what_the_api_or_another_process_writes_is_seen_within_seconds(
    admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr(data, "monotonic", lambda: moment)
    monkeypatch.setattr(data, "_looked_at", 0.0)
    sale = sell(("300.00", TODAY))
    reader, seller = data.cached(received), admin.id
    assert seller is not None
    before = asked
    assert [reader(seller), reader(seller)] == ["0.00"] * 2
    moment += data.SECONDS_BETWEEN_LOOKS
    assert reader(seller) == "0.00"
    assert asked == before + 1
    with transaction() as session:  # as the API does, and another process: not by `data.write`
        payments.receive(session, admin, new_payment(TODAY, (sale.notes[0], "100.00")), today=TODAY)
    assert reader(seller) == "0.00"
    moment += data.SECONDS_BETWEEN_LOOKS
    assert reader(seller) == "100.00"
    moment += data.SECONDS_BETWEEN_LOOKS
    assert reader(seller) == "100.00"
    assert asked == before + 2
