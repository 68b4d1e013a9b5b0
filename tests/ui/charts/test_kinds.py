"""Heat map, lines and bars: what their specification says, and that they can be read."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec
from tests.ui.charts import specs
from tests.ui.charts.test_charts import contrast, luminance

LIGHT_PAGE, LIGHT_TEXT = "#ffffff", "#1d2b2a"
DARK_PAGE, DARK_TEXT = "#12191a", "#e4ebea"
MONTHS = ["set/26", "out/26", "nov/26"]
AGES = ["0", "1", "2"]
VINTAGES = pd.DataFrame(
    {
        "id": f"{month}/{age}",
        "row": month,
        "column": age,
        "series": month,
        "x": age,
        "value": None if place + int(age) > 2 else 10.0 * int(age) + place,
        "label": "10,0",
        "share": "10,00\xa0%",
        "said": f"{month}, {age} meses: 10,00\xa0%",
    }
    for place, month in enumerate(MONTHS)
    for age in AGES
)
KINDS = {"Em dia": theme.BLUE, "Em atraso": theme.AMBER}
SPLIT = pd.DataFrame(
    {
        "id": month,
        "x": month,
        "kind": kind,
        "value": 100.0,
        "amount": "R$\xa0100,00",
        "said": "x",
    }
    for month in MONTHS
    for kind in reversed(KINDS)
)
TIPS = {"share": "Em atraso"}


def heat(frame: pd.DataFrame = VINTAGES, **options: Any) -> Spec:
    return kinds.heat_map(frame, rows=MONTHS, columns=AGES, tips=TIPS, **options)


def curves(frame: pd.DataFrame = VINTAGES, **options: Any) -> Spec:
    colors = theme.in_order(MONTHS)
    return kinds.lines(frame, xs=AGES, colors=colors, tips=TIPS, **options)


def bars(kind: Any, frame: pd.DataFrame = SPLIT, **options: Any) -> Spec:
    chart: Spec = kind(frame, xs=MONTHS, colors=KINDS, tips={"amount": "Valor"}, **options)
    return chart


def blend(color: str, page: str, opacity: float) -> str:
    pairs = ((int(color[k : k + 2], 16), int(page[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a * opacity + b * (1 - opacity)):02x}" for a, b in pairs)


def test_cells_not_reached_yet_are_blank_and_keep_their_place() -> None:
    spec = heat()
    assert {row["id"] for row in specs.rows(spec)} == {
        *("set/26/0", "set/26/1", "set/26/2", "out/26/0", "out/26/1", "nov/26/0")
    }
    encoding = spec["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == AGES
    assert encoding["y"]["scale"]["domain"] == MONTHS


def test_a_higher_value_is_a_stronger_cell() -> None:
    scale = heat()["layer"][0]["encoding"]["opacity"]["scale"]
    assert scale["domain"] == [0, 20]
    low, high = scale["range"]
    assert low < high
    scale = heat(top=100.0)["layer"][0]["encoding"]["opacity"]["scale"]
    assert scale["domain"] == [0, 100]


@pytest.mark.parametrize(
    ("page", "text"), [(LIGHT_PAGE, LIGHT_TEXT), (DARK_PAGE, DARK_TEXT)], ids=["light", "dark"]
)
def test_the_number_in_every_cell_can_be_read(page: str, text: str) -> None:
    low, high = theme.HEAT_OPACITY
    shades = [blend(theme.HEAT, page, low + (high - low) * k / 20) for k in range(21)]
    assert all(contrast(text, shade) >= 4.5 for shade in shades)
    steps = [abs(luminance(shade) - luminance(page)) for shade in shades]
    assert steps == sorted(steps)
    assert heat()["layer"][1]["mark"]["color"] == "currentColor"


def test_the_cells_of_a_heat_map_keep_their_size_on_every_screen() -> None:
    assert heat()["width"] == {"step": kinds.CELL_WIDTH}


def test_a_line_ends_where_its_values_end_and_has_its_name_there() -> None:
    spec = curves()
    assert len(specs.rows(spec, 0)) == len(specs.rows(spec, 1)) == 6
    ends = {row["series"]: row["x"] for row in specs.rows(spec, 2)}
    assert ends == {"set/26": "2", "out/26": "1", "nov/26": "0"}
    assert spec["layer"][0]["encoding"]["order"]["field"] == "place"


def test_only_the_lines_asked_for_are_named() -> None:
    spec = curves(labelled=["out/26"])
    assert [row["series"] for row in specs.rows(spec, 2)] == ["out/26"]


def test_colours_of_what_follows_each_other_stand_out_by_day_and_by_night() -> None:
    for count in (1, 2, 13, 36):
        colors = theme.in_order([str(k) for k in range(count)])
        assert len(set(colors.values())) == count
        for color in colors.values():
            assert contrast(color, LIGHT_PAGE) >= 3
            assert contrast(color, DARK_PAGE) >= 3


@pytest.mark.parametrize("money", [True, False])
def test_an_axis_says_mil_or_percent(money: bool) -> None:
    axis = curves(money=money)["layer"][0]["encoding"]["y"]["axis"]
    assert ("' mil'" in axis["labelExpr"]) is money
    assert ("\xa0%'" in axis["labelExpr"]) is not money


def test_stacked_kinds_lie_on_each_other_in_the_order_of_their_colours() -> None:
    spec = bars(kinds.stacked_bars)
    assert spec["encoding"]["order"] == {"field": "rank", "type": "quantitative"}
    assert {(row["kind"], row["rank"]) for row in specs.rows(spec)} == {
        ("Em dia", 0),
        ("Em atraso", 1),
    }
    assert spec["encoding"]["x"]["scale"]["domain"] == MONTHS


def test_grouped_kinds_stand_side_by_side_in_the_order_of_their_colours() -> None:
    spec = bars(kinds.grouped_bars, percent=True)
    assert spec["encoding"]["xOffset"]["scale"]["domain"] == list(KINDS)
    scale = spec["encoding"]["color"]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True)) == KINDS
    assert "%" in spec["encoding"]["y"]["axis"]["labelExpr"]


@pytest.mark.parametrize(
    "spec",
    [
        heat(),
        curves(),
        bars(kinds.stacked_bars),
        bars(kinds.grouped_bars),
    ],
    ids=["heat", "lines", "stacked", "grouped"],
)
def test_every_kind_leads_on_and_is_brazilian(spec: dict[str, Any]) -> None:
    [pick] = [param for param in spec["params"] if param["name"] == theme.PICK]
    assert pick["select"]["fields"] == ["id"]
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    marks = [spec, *spec.get("layer", [])]
    tips = [tip for mark in marks for tip in mark.get("encoding", {}).get("tooltip", [])]
    assert tips
    assert all(tip["type"] == "nominal" for tip in tips)


@pytest.mark.parametrize("chart", [heat(), curves()])
def test_the_hand_points_only_where_a_mark_leads_somewhere(chart: Spec) -> None:
    spec = theme.lead(chart, ["set/26/0"])
    assert {"name": "leads", "value": ["set/26/0"]} in spec["params"]
    cursors = [layer["mark"].get("cursor") for layer in spec["layer"]]
    assert {"expr": "indexof(leads, datum.id) < 0 ? 'default' : 'pointer'"} in cursors
    assert "pointer" not in cursors


def test_the_first_row_of_a_heat_map_has_its_name_beside_it() -> None:
    assert heat()["layer"][0]["encoding"]["y"]["axis"]["labelFlush"] is False


def test_every_kind_can_be_drawn_of_nothing() -> None:
    nothing = pd.DataFrame()
    for chart in (heat(nothing), curves(nothing)):
        assert not specs.rows(chart)
    for kind in (kinds.stacked_bars, kinds.grouped_bars):
        assert not specs.rows(bars(kind, nothing))


def test_the_names_of_lines_that_end_together_stand_apart() -> None:
    ends = {"Ana": 50.0, "Bia": 50.5, "Caio": 80.0, "Davi": 50.2}
    frame = pd.DataFrame(
        {"id": name, "series": name, "x": "nov", "value": value, "said": name}
        for name, value in ends.items()
    )
    colors = dict.fromkeys(ends, theme.BLUE)
    spec = kinds.lines(frame, xs=["nov"], colors=colors, tips={"x": "Mês"}, height=280)
    at = {row["series"]: row["value"] for row in specs.rows(spec, 2)}
    a_label = 80.0 * kinds.LABEL_HEIGHT / 280
    assert list(at) == ["Ana", "Davi", "Bia", "Caio"]
    assert all(upper - lower >= a_label for lower, upper in pairwise(at.values()))
    assert (at["Ana"], at["Caio"]) == (50.0, 80.0)
    assert {row["value"] for row in specs.rows(spec, 1)} == set(ends.values())
