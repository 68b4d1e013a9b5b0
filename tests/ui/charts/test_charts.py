"""The charts' data and specification: Brazilian numbers, fixed colours, ids that lead on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import BandTotal
from credigestor.rules.aging import BAND_NAMES, BANDS
from credigestor.ui.charts import stock_and_flow, theme
from credigestor.ui.kit.figures import UNCHANGED, in_percent, in_points
from tests.ui.charts import specs

D = Decimal
AGING = [BandTotal(band, D("1234.56") * k, 1000 + k) for k, band in enumerate(BANDS)]
DUE = [
    DueTotal(None, date(2026, 10, 31), D("26965.67"), D("26965.67"), 575),
    DueTotal(date(2026, 11, 1), date(2026, 11, 30), D("7173.90"), D("2202.72"), 178),
    DueTotal(date(2026, 12, 1), date(2026, 12, 31), D("0"), D("0"), 0),
    DueTotal(date(2027, 1, 1), None, D("10.00"), D("0"), 1),
]
MONTHS = {
    date(2026, 10, 1): Flow(2, D(900), D(800), 8, D(400), D("1.00"), D("0.50"), D(0)),
    date(2026, 11, 1): Flow(0, D(0), D(0), 0, D(0), D(0), D(0), D(0)),
}
CHARTS = {
    "aging": stock_and_flow.aging_bars(AGING),
    "due": stock_and_flow.receivable_by_month(DUE),
    "months": stock_and_flow.sold_and_received(MONTHS),
}


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2)."""
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", CHARTS)
def test_numbers_and_dates_are_brazilian_on_the_outermost_chart(name: str) -> None:
    locale = CHARTS[name]["config"]["locale"]
    assert locale["number"]["decimal"] == ","
    assert locale["number"]["thousands"] == "."
    assert locale["number"]["currency"][0] == "R$\xa0"
    assert locale["time"]["shortMonths"][1] == "fev"
    assert len(locale["time"]["days"]) == 7
    assert len(locale["time"]["months"]) == 12


@pytest.mark.parametrize(
    "colors", [theme.BAND_COLORS, stock_and_flow.DUE_COLORS, stock_and_flow.SERIES_COLORS], ids=str
)
def test_every_colour_stands_out_from_a_white_and_from_a_dark_page(colors: dict[str, str]) -> None:
    for color in colors.values():
        assert contrast(color, "#ffffff") >= 3
        assert contrast(color, "#12191a") >= 3
    assert all(one != other for one, other in pairwise(colors.values()))


def test_a_band_has_the_same_colour_whatever_bands_are_there() -> None:
    assert tuple(theme.BAND_COLORS) == BANDS
    spec = CHARTS["aging"]
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == theme.BAND_COLORS


def test_the_bands_are_labelled_with_their_exact_amount() -> None:
    found = specs.rows(CHARTS["aging"])
    assert [row["id"] for row in found] == list(BANDS)
    assert [row["name"] for row in found] == list(BAND_NAMES.values())
    assert found[2]["amount"] == "R$\xa02.469,12"
    assert found[2]["notes"] == "1.002"
    assert found[2]["said"] == "31–60 dias: R$\xa02.469,12"
    spec = CHARTS["aging"]
    assert spec["layer"][1]["encoding"]["text"]["field"] == "amount"
    assert spec["layer"][1]["mark"]["color"] == "currentColor"


def test_nothing_to_receive_can_be_drawn() -> None:
    nothing = DueTotal(None, date(2026, 10, 31), D(0), D(0), 0)
    assert specs.rows(stock_and_flow.receivable_by_month([nothing])) == []


def test_an_aging_of_zeros_can_be_drawn() -> None:
    chart = stock_and_flow.aging_bars([BandTotal(band, D(0), 0) for band in BANDS])
    low, high = chart["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low == 0 < high


def test_a_due_month_is_one_bar_of_late_and_coming_money() -> None:
    found = specs.rows(CHARTS["due"])
    assert [(row["id"], row["kind"], row["amount"]) for row in found] == [
        ("/2026-10-31", stock_and_flow.OVERDUE, "R$\xa026.965,67"),
        ("2026-11-01/2026-11-30", stock_and_flow.OVERDUE, "R$\xa02.202,72"),
        ("2026-11-01/2026-11-30", stock_and_flow.NOT_DUE, "R$\xa04.971,18"),
        ("2027-01-01/", stock_and_flow.NOT_DUE, "R$\xa010,00"),
    ]
    assert found[1]["total"] == "R$\xa07.173,90"


def test_a_month_without_bars_keeps_its_place() -> None:
    due = CHARTS["due"]["encoding"]["x"]["scale"]["domain"]
    assert due == ["Antes", "nov/26", "dez/26", "Depois"]
    months = CHARTS["months"]["encoding"]["x"]["scale"]["domain"]
    assert months == ["out/26", "nov/26"]


def test_sold_and_received_stand_side_by_side_and_charges_on_top_of_principal() -> None:
    found = specs.rows(CHARTS["months"])
    assert [(row["kind"], row["pile"], row["value"]) for row in found] == [
        (stock_and_flow.SOLD, "1", 900),
        (stock_and_flow.RECEIVED, "2", 400),
        (stock_and_flow.CHARGES, "2", 1.5),
    ]
    assert {row["charges"] for row in found} == {"R$\xa01,50"}


def test_ticks_say_mil_and_mi() -> None:
    for name in ("due", "months"):
        expression = CHARTS[name]["encoding"]["y"]["axis"]["labelExpr"]
        assert "' mil'" in expression
        assert "' mi'" in expression


def test_tooltips_are_text_made_from_decimals() -> None:
    for name in ("due", "months"):
        tooltips = CHARTS[name]["encoding"]["tooltip"]
        assert all(tip["type"] == "nominal" for tip in tooltips)
        assert all(isinstance(specs.rows(CHARTS[name])[0][tip["field"]], str) for tip in tooltips)


def test_a_click_selects_the_id_as_text() -> None:
    for name in CHARTS:
        [param] = [p for p in CHARTS[name]["params"] if p["name"] == theme.PICK]
        assert param["select"]["fields"] == ["id"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"selection": {"pick": [{"id": "31-60"}]}}, "31-60"),
        ({"selection": {"pick": []}}, None),
        ({"selection": {"pick": {}}}, None),
        ({"selection": {}}, None),
        ({"selection": {"pick": [{"other": 1}]}}, None),
        ({"selection": {"pick": [{"id": 31}]}}, None),
        (None, None),
    ],
)
def test_the_bar_picked_is_read_from_the_event_or_is_none(event: Any, expected: str | None) -> None:
    assert theme.picked(event) == expected


def test_a_change_is_text_with_a_sign_and_no_change_is_the_number_zero() -> None:
    assert in_percent(D(110), D(100)) == "+10,0\xa0%"
    assert in_percent(D(90), D(100)) == "-10,0\xa0%"
    assert in_percent(D("100.01"), D(100)) == UNCHANGED
    assert in_percent(D(100), D(0)) is None
    assert in_points(D("41.66"), D("34.48")) == "+7,2\xa0p.p."
    assert in_points(D("41.66"), D("41.66")) == UNCHANGED
    assert in_points(None, D(1)) is None
