"""Cached readers: what others write is seen, and nothing is asked again for what stays."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.reports import day
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.services import settings as services
from credigestor.ui.kit import data
from tests.portfolio import TODAY
from tests.services.paying import new_payment, sell
from tests.ui.support import open_app

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


def count_settings(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    reads: list[Session] = []

    def counting(session: Session) -> ShopSettings:
        reads.append(session)
        return current_settings(session)

    monkeypatch.setattr(data, "current_settings", counting)
    return reads


def test_a_run_of_a_page_reads_the_settings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sale = sell(("300.00", TODAY))
    reads = count_settings(monkeypatch)
    app = open_app("seller", page="counter/note.py", id=sale.notes[0])
    assert not app.exception
    assert len(reads) == 1
    app.run()
    assert len(reads) == 2


def test_settings_that_a_run_writes_are_those_it_goes_on_with(admin: Actor) -> None:
    with data.settings_once():
        assert data.settings().shop_name != "Loja da Ana"
        data.write(lambda s: services.change(s, admin, ShopSettings(shop_name="Loja da Ana")))
        assert data.settings().shop_name == "Loja da Ana"
