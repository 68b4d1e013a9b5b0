"""Every chart, of much, of little and of nothing, is what Vega-Lite's schema allows."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pandas as pd
import pytest
from dateutil.relativedelta import relativedelta

from credigestor.reports.portfolio.collections import Collection, DueTotal
from credigestor.reports.portfolio.first_payment import FirstPayments
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.forecast import Coming, ComingBand, ComingMonth, Forecast
from credigestor.reports.portfolio.late_charges import LateCharges
from credigestor.reports.portfolio.recovery import Recovery
from credigestor.reports.portfolio.rolls import Origin, Roll
from credigestor.reports.portfolio.stock import BandTotal
from credigestor.reports.portfolio.vintages import Cell
from credigestor.rules.aging import BANDS
from credigestor.rules.forecast import History
from credigestor.rules.periods import Period, month_end
from credigestor.ui.charts import (
    cash,
    collection,
    kinds,
    portfolio,
    stock_and_flow,
    theme,
    vintages,
)
from credigestor.ui.charts.theme import Spec
from tests.ui.charts import specs

D = Decimal
FIRST = date(2025, 11, 1)
EMPTY_COHORT = [Cell(FIRST, 0, date(2025, 11, 30), D(0), D(0), D(0))]
MUCH, LITTLE, NOTHING = 13, 1, 0
SIZES = {"much": MUCH, "little": LITTLE, "nothing": NOTHING}


def months(count: int) -> list[date]:
    return [FIRST + relativedelta(months=k) for k in range(count)]


def collected(count: int) -> list[Collection]:
    return [Collection(month, D(900), D(600), D(200), D(100)) for month in months(count)]


def forecast(count: int) -> Forecast:
    coming = Coming(D(100) * count, D("88.00") * count if count else None)
    bands = [ComingBand(band, coming, History(D(count), D(2 * count))) for band in BANDS]
    due = [ComingMonth(None, month_end(month), coming) for month in months(count)]
    return Forecast(date(2026, 11, 23), tuple(due), coming, tuple(bands))


def rolls(count: int) -> list[Roll]:
    went = {"31-60": D(40), "61-90": D(1)}
    return [Roll(month, tuple(Origin(b, D(100), went) for b in BANDS)) for month in months(count)]


def recovered(count: int) -> list[Recovery]:
    paid = (D(100), D(200), None, None, None)
    return [Recovery(month, D(400), paid) for month in months(count)]


def charged(count: int) -> list[LateCharges]:
    return [
        LateCharges(Period(month, month_end(month)), D(8), D(6), D(1), D(2))
        for month in months(count)
    ]


def cells(count: int) -> list[Cell]:
    return [
        Cell(
            cohort, age, month_end(cohort + relativedelta(months=age)), D(2000), D(150 * age), D(0)
        )
        for place, cohort in enumerate(months(count))
        for age in range(count - place)
    ]


def first_payments(count: int) -> dict[str, FirstPayments]:
    """Of nothing yet: there is a seller, but no sale of theirs has reached 30 days."""
    return {str(k): FirstPayments(20 + k, k) for k in range(max(count, 1))}


def flows(count: int) -> dict[date, Flow]:
    return {
        month: Flow(2, D(900), D(800), 8, D(400), D("1.00"), D("0.50"), D(0))
        for month in months(count)
    }


def bars(count: int) -> pd.DataFrame:
    """A frame as all the kinds of charts take it."""
    texts = ("id", "name", "x", "kind", "series", "row", "column", "label", "said")
    columns = {text: [f"{text} {k}" for k in range(count)] for text in texts}
    return pd.DataFrame(columns, dtype="str").assign(value=[10.0 * k for k in range(count)])


def shape(count: int, kind: str) -> dict[str, Any]:
    """What bars and lines of such a frame are told."""
    names = [f"{kind} {k}" for k in range(count)]
    colors = theme.in_order(names)
    return {"xs": [f"x {k}" for k in range(count)], "colors": colors, "tips": {"x": "Em"}}


CHARTS: dict[str, Callable[[int], Spec]] = {
    "cash.collected": lambda n: cash.collected(collected(n)),
    "cash.efficiency": lambda n: cash.efficiency(collected(n)),
    "cash.forecast_bars": lambda n: cash.forecast_bars(forecast(n)),
    "cash.shares": lambda n: cash.shares(forecast(n).bands),
    "collection.matrix": lambda n: collection.matrix((rolls(n) or [Roll(FIRST, ())])[-1]),
    "collection.rates": lambda n: collection.rates(rolls(n)),
    "collection.recovery_lines": lambda n: collection.recovery_lines(recovered(n), [None] * 5),
    "collection.recovery_months": lambda n: collection.recovery_months(recovered(n)),
    "collection.charges": lambda n: collection.charges(charged(n)),
    "kinds.heat_map": lambda n: kinds.heat_map(
        bars(n), rows=["row 0"], columns=["column 0"], tips={"name": "Nome"}
    ),
    "kinds.lines": lambda n: kinds.lines(bars(n), **shape(n, "series")),
    "kinds.stacked_bars": lambda n: kinds.stacked_bars(bars(n), **shape(n, "kind")),
    "kinds.grouped_bars": lambda n: kinds.grouped_bars(bars(n), **shape(n, "kind")),
    "portfolio.ranked": lambda n: portfolio.ranked(
        bars(n), tips={"name": "Nome"}, colors={"kind 0": theme.BLUE}
    ),
    "portfolio.by_month": lambda n: portfolio.by_month(
        bars(n), xs=["x 0"], tips={"x": "Mês"}, money=True
    ),
    "stock_and_flow.aging_bars": lambda n: stock_and_flow.aging_bars(
        [BandTotal(band, D(1234 * n), n) for band in BANDS]
    ),
    "stock_and_flow.receivable_by_month": lambda n: stock_and_flow.receivable_by_month(
        [DueTotal(month, month_end(month), D(100), D(20), 3) for month in months(n)]
    ),
    "stock_and_flow.sold_and_received": lambda n: stock_and_flow.sold_and_received(flows(n)),
    "vintages.heat_map": lambda n: vintages.heat_map(cells(n) or EMPTY_COHORT, 30),
    "vintages.curves": lambda n: vintages.curves(
        cells(n) or EMPTY_COHORT, 30, named={"nov/25": theme.RED}
    ),
    "vintages.first_payments": lambda n: vintages.first_payments(
        first_payments(n), {id_: f"Pessoa {id_}" for id_ in first_payments(n)}
    ),
}


def drawn(name: str, size: str) -> Spec:
    """A chart as it is sent: with what `lead` adds."""
    return theme.lead(CHARTS[name](SIZES[size]), ["31-60"])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_as_the_schema_wants_it(name: str, size: str) -> None:
    assert specs.problem(drawn(name, size)) is None


@pytest.mark.parametrize("name", CHARTS)
def test_every_row_of_a_mark_has_the_columns_that_the_chart_shows(name: str) -> None:
    spec = drawn(name, "much")
    for place, layer in enumerate(spec.get("layer", [spec])):
        [*rows] = specs.rows(spec, place)
        assert rows
        shown = [one for one in layer["encoding"].values() if isinstance(one, dict)]
        shown += layer["encoding"].get("tooltip", [])
        assert {one["field"] for one in shown if "field" in one} <= set(rows[0])


@pytest.mark.parametrize("name", CHARTS)
def test_a_screen_reader_is_told_nothing_that_vega_words_in_english(name: str) -> None:
    spec = drawn(name, "much")
    for layer in spec.get("layer", [spec]):
        silent = layer["mark"].get("aria") is False
        assert silent != ("description" in layer["encoding"] and layer["mark"]["type"] != "text")
    assert spec["config"]["axis"] == spec["config"]["legend"] == {"aria": False}


@pytest.mark.parametrize("name", CHARTS)
def test_a_legend_names_what_is_drawn_and_only_where_there_is_a_choice(name: str) -> None:
    spec = drawn(name, "much")
    for place, layer in enumerate(spec.get("layer", [spec])):
        color = layer["encoding"].get("color", {})
        legend = color.get("legend")
        if legend:
            kinds_drawn = {row[color["field"]] for row in specs.rows(spec, place)}
            assert set(legend["values"]) == kinds_drawn
            assert len(color["scale"]["domain"]) > 1


def test_no_chart_is_left_out() -> None:
    modules: list[ModuleType] = [cash, collection, kinds, portfolio, stock_and_flow, vintages]
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and function.__annotations__["return"] == "Spec"
    }
    assert found == set(CHARTS)


def test_what_the_schema_does_not_allow_is_told() -> None:
    spec = drawn("cash.collected", "little")
    spec["encoding"]["x"]["axis"] = {"labelAngel": 0}
    assert "labelAngel" in str(specs.problem(spec))
