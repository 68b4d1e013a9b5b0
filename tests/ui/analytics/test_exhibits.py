"""A finished exhibit is kept for the data it was made of, and made anew for any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pandas as pd
import pytest
import streamlit as st

from credigestor.reports.portfolio.stock import BandTotal
from credigestor.ui.analytics import exhibit as exhibits
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.charts.stock_and_flow import aging_bars

D = Decimal
MADE: list[Decimal] = []
SHOWN: list[Exhibit] = []


@drawn
def aging(totals: Sequence[BandTotal], *, who: str = "") -> Exhibit:
    """An exhibit that tells how often it is made."""
    MADE.append(totals[0].principal)
    return exhibit(
        "A receber",
        aging_bars(totals),
        key="aging",
        definition="O que é",
        sentence=f"{totals[0].principal} {who}",
        table=pd.DataFrame({"Valor": [totals[0].principal]}),
        file_name="a-receber",
        alt="A receber",
        leads={"1-30": Lead("1–30", "counter/notes.py", {"band": "1-30"})},
    )


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is shown is noted; nothing is kept before and after."""
    st.cache_data.clear()
    MADE.clear()
    SHOWN.clear()
    monkeypatch.setattr(exhibits, "show", SHOWN.append)
    yield
    st.cache_data.clear()


def test_it_is_made_once_for_the_same_data_and_drawn_each_time() -> None:
    for _ in range(3):
        aging([BandTotal("1-30", D("10.00"), 1)])
    assert [D("10.00")] == MADE
    assert SHOWN[0] == SHOWN[1] == SHOWN[2]
    assert SHOWN[0].csv == "\ufeffValor\r\n10,00\r\n".encode()


def test_another_figure_another_person_or_another_place_of_a_cent_is_another_exhibit() -> None:
    aging([BandTotal("1-30", D("10.00"), 1)])
    aging([BandTotal("1-30", D("10.01"), 1)])
    aging([BandTotal("1-30", D("10.00"), 1)], who="Ana")
    assert [D("10.00"), D("10.01"), D("10.00")] == MADE
    assert [one.sentence for one in SHOWN] == ["10.00 ", "10.01 ", "10.00 Ana"]


def test_what_streamlit_changes_in_a_chart_it_does_not_change_in_the_one_kept() -> None:
    aging([BandTotal("1-30", D("10.00"), 1)])
    SHOWN[0].chart["layer"].clear()
    aging([BandTotal("1-30", D("10.00"), 1)])
    assert SHOWN[1].chart["layer"]


def test_a_write_forgets_it_with_its_data() -> None:
    aging([BandTotal("1-30", D("10.00"), 1)])
    st.cache_data.clear()
    aging([BandTotal("1-30", D("10.00"), 1)])
    assert len(MADE) == 2
