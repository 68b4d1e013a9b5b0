"""Losses and recoveries by month on Cobrança: the chart, its sentence and where it leads (R34)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from credigestor.reports.portfolio.losses import Loss
from credigestor.rules.permissions import Actor
from credigestor.ui.charts import losses as charts
from tests.portfolio import TODAY, refresh
from tests.services.paying import new_payment, receive, sell
from tests.services.test_write_offs import give_up, new_write_off
from tests.ui.charts import specs
from tests.ui.support import open_app


def test_r34_what_was_given_up_came_back_and_the_net_stand_side_by_side() -> None:
    months = [
        Loss(date(2026, 11, 1), D(300), D(0), D(0)),
        Loss(date(2026, 12, 1), D(0), D(100), D("24.60")),
    ]
    assert [
        (row["id"], row["kind"], row["value"]) for row in specs.rows(charts.by_month(months))
    ] == [
        ("2026-11", "Baixado", 300),
        ("2026-11", "Perda líquida", 300),
        ("2026-12", "Recuperado", 100),
        ("2026-12", "Perda líquida", -75.4),
    ]


@pytest.mark.usefixtures("db")
def test_r34_the_page_tells_what_was_lost_and_what_came_back(manager: Actor) -> None:
    [note] = sell(("150.00", TODAY - timedelta(days=300))).notes
    give_up(manager, new_write_off(note, on=TODAY))
    receive(manager, new_payment(TODAY, (note, "100.00")))
    refresh()
    app = open_app("manager", page="analytics/collection.py")
    assert not app.exception
    told = app.texts.replace("\xa0", " ").replace("\\", "")
    assert "foram baixados R$ 150,00 de principal e recuperados R$ 100,00" in told
    assert "perda líquida de R$ 68,00." in told, "82,00 of the 100,00 were principal"
