"""With many sales still to be folded in a page answers at once, and says of when it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.unfolded import Unfolded
from credigestor.rules.permissions import Actor
from credigestor.services import summaries
from credigestor.ui.analytics import age
from credigestor.ui.kit import data
from tests.marking import sell
from tests.portfolio import TODAY, pay, refresh
from tests.ui.support import Visit, open_app, text_of

HERE = ZoneInfo("America/Fortaleza")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader folds three sales in, and each run of a page looks at what others did."""
    monkeypatch.setattr(summaries, "READERS_SALES", 3)
    monkeypatch.setattr(data, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(data, "_impatient_until", 0.0)


def marked() -> int:
    with snapshot() as session:
        return session.scalar(text("SELECT count(DISTINCT sale_id) FROM stale_sales")) or 0


def receivable(app: Visit) -> str:
    """What the figure of the page is."""
    assert not app.exception
    text_ = text_of(app)
    return next(amount for amount in ("R$ 700,00", "R$ 200,00", "R$ 100,00") if amount in text_)


def said(app: Visit) -> list[str]:
    return [each.value for each in app.info if each.value.startswith("Números de")]


@pytest.mark.usefixtures("db", "portfolio_day")
@pytest.mark.parametrize("page", ["analytics/dashboard.py", "analytics/portfolio.py"])
def test_a_page_says_of_when_it_is_and_folds_nothing_until_it_is_done(page: str) -> None:
    sell(2)
    refresh()
    sell(5)
    app = open_app("manager", page=page)
    [sentence] = said(app)
    assert "5 vendas novas ou mudadas ainda entram na conta" in sentence
    assert marked() == 5
    assert receivable(app) == "R$ 200,00"
    summaries.fold(transaction, today=TODAY)
    app.run()
    assert said(app) == []
    assert receivable(app) == "R$ 700,00"


@pytest.mark.usefixtures("db", "portfolio_day")
def test_a_payment_is_in_the_figures_at_once_and_nothing_is_said(admin: Actor) -> None:
    first, _ = sell(2)
    refresh()
    with transaction() as session:
        pay(session, admin, first.notes[0], "100.00", date(2026, 2, 5))
    app = open_app("manager", page="analytics/portfolio.py")
    assert (said(app), marked(), receivable(app)) == ([], 0, "R$ 100,00")


@pytest.mark.usefixtures("db", "portfolio_day")
def test_the_managers_first_page_says_it_too() -> None:
    sell(5)
    assert said(open_app("manager", page="analytics/today.py"))


@pytest.mark.parametrize(
    ("sales", "days", "sentence"),
    [
        (12_340, 0, "Números de 14:32: 12.340 vendas novas ou mudadas ainda entram na conta."),
        (1, 0, "Números de 14:32: 1 venda nova ou mudada ainda entra na conta."),
        (2, 1, "Números de 22/11/2026 14:32: 2 vendas novas ou mudadas ainda entram na conta."),
    ],
)
def test_the_moment_is_on_the_shops_clock(sales: int, days: int, sentence: str) -> None:
    since = datetime(2026, 11, 23, 17, 32, tzinfo=UTC) - timedelta(days=days)
    told = age.words(Unfolded(sales, since), HERE, TODAY)
    assert told == f"{sentence} A página se atualiza sozinha."
