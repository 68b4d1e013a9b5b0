"""Analytics pages read the replica, and say where it lags; what they show is the primary's then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import streamlit as st

from credigestor.db import replica
from credigestor.db.engine import transaction
from credigestor.db.replica import Lag
from credigestor.rules.permissions import Actor
from credigestor.ui.analytics import age
from credigestor.ui.kit import data
from credigestor.ui.kit.navigation import PAGES
from tests.marking import sell
from tests.portfolio import TODAY, pay, random_portfolio, refresh
from tests.standby import Standby
from tests.ui.support import Visit, login_as, open_app, text_of

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

#: Those of the portfolio's figures; the others of the room decide (closed days) or list orders.
FIGURES = [
    *(f"analytics/{name}.py" for name in ("today", "dashboard", "portfolio", "delinquency")),
    *(f"analytics/{name}.py" for name in ("vintages", "collection", "cash")),
]
SINCE = datetime(2026, 11, 23, 17, 32, tzinfo=UTC)


@pytest.fixture(autouse=True)
def each_run_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """At what others did, however short the time since the last."""
    monkeypatch.setattr(data, "SECONDS_BETWEEN_LOOKS", 0.0)


def receivable(app: Visit) -> str:
    """What the figure of the page is."""
    shown = text_of(app)
    return next(each for each in ("R$ 200,00", "R$ 150,00", "R$ 140,00") if each in shown)


def said(app: Visit) -> list[str]:
    return [each.value for each in app.info if "réplica" in each.value]


def pay_one(actor: Actor, note: int, amount: str) -> None:
    """As another process does, which tells this one nothing."""
    with transaction() as session:
        pay(session, actor, note, amount, date(2026, 2, 5))


@pytest.mark.usefixtures("patient")
def test_every_page_shows_what_it_shows_of_the_primary(
    standby: Standby,
    reading: Callable[[str], None],
    admin: Actor,
    taken: list[bool],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with transaction() as session:
        random_portfolio(session, admin, 7)
    refresh()
    token = login_as("admin")
    of_primary = {page: text_of(open_app(page=page, token=token)) for page in FIGURES}
    assert not any(taken)
    reading(standby.url)
    for page in FIGURES:
        st.cache_data.clear()
        taken.clear()
        assert text_of(open_app(page=page, token=token)) == of_primary[page], page
        assert taken, page
        assert all(taken), page
    assert "replica" not in caplog.text
    assert {each.file for each in PAGES if each.file.startswith("analytics/")} - set(FIGURES) == {
        "analytics/closings.py",
        "analytics/exports.py",
    }


@pytest.mark.usefixtures("followed", "patient")
def test_a_payment_of_another_process_is_in_the_figures_at_the_next_look(
    admin: Actor, taken: list[bool]
) -> None:
    first, _ = sell(2)
    app = open_app("manager", page="analytics/portfolio.py")
    assert receivable(app) == "R$ 200,00"
    pay_one(admin, first.notes[0], "50.00")
    assert receivable(app.run()) == "R$ 150,00"
    assert all(taken)


def test_while_the_replay_stands_pages_are_of_now_and_say_since_when_it_does(
    followed: Standby, admin: Actor, taken: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "PAUSE", 0.0)
    first, _ = sell(2)
    app = open_app("manager", page="analytics/portfolio.py")
    followed.replay(False)
    try:
        pay_one(admin, first.notes[0], "50.00")
        assert receivable(app.run()) == "R$ 150,00"
        assert said(app) == []  # a few seconds tell nothing
        monkeypatch.setattr(age, "_USUAL", 0.0)
        pay_one(admin, first.notes[0], "10.00")
        taken.clear()
        assert receivable(app.run()) == "R$ 140,00"
        assert not any(taken)
        [sentence] = said(app)
        assert sentence.startswith("Números de agora, do banco principal: a réplica está atrasada")
    finally:
        followed.replay(True)
    app.run()  # which finds that it has caught up, or the next one does
    assert said(app.run()) == []
    assert receivable(app) == "R$ 140,00"
    assert taken[-1]


@pytest.mark.parametrize(
    ("lag", "moment", "ago"),
    [
        (Lag(SINCE, 31.4), "14:32", "31 segundos"),
        (Lag(SINCE, 179.0), "14:32", "2 minutos"),
        (Lag(SINCE - timedelta(days=1), 90_000.0), "22/11/2026 14:32", "1.500 minutos"),
    ],
)
def test_the_replicas_age_is_told_on_the_shops_clock(lag: Lag, moment: str, ago: str) -> None:
    assert age.lag_words(lag, ZoneInfo("America/Fortaleza"), TODAY) == (
        f"Números de agora, do banco principal: a réplica está atrasada desde {moment}, há {ago}."
    )
