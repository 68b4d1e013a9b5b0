"""What every chart is built of: Brazilian numbers, colours for day and night, marks that lead on.

A chart is a Vega-Lite specification as it is sent, with its rows: written down rather than built
by Altair, which took nine tenths of a page's time to copy and check it. The tests check it.

Amounts become floats for the geometry alone; what is read (labels, tooltips, a screen reader's
words) is text made from the Decimals. A click selects a mark by its string column `id`, in the
selection `pick`, and `picked` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

import pandas as pd
from streamlit.dataframe_util import convert_anything_to_arrow_bytes

from credigestor.rules.aging import BANDS
from credigestor.rules.calendar import MONTH_NAMES, MONTHS

#: A Vega-Lite specification, or a part of one, as it is written in JSON; its rows are Arrow's.
Spec = dict[str, Any]

PICK = "pick"
#: The ids of the marks that lead somewhere, a parameter of the chart; over those the hand points.
LEADS = "leads"
CURSOR = {"expr": f"indexof({LEADS}, datum.id) < 0 ? 'default' : 'pointer'"}

# Every colour stands out from a white and from a dark page (3 : 1, WCAG 1.4.11).
BLUE, AMBER, VIOLET, RED, GRAY = "#2f86b5", "#b07d12", "#9150a6", "#d1582b", "#7b8583"
#: The aging bands, from blue over amber to violet, so that no two of them are told apart by red
#: and green alone.
BAND_COLORS = dict(
    zip(BANDS, (BLUE, AMBER, "#c8701a", RED, "#cb3f45", "#b5386f", VIOLET), strict=True)
)
#: Cells of a heat map: this colour, the more opaque the higher the value. It is never so opaque
#: that the page's own text colour could not be read on it (4.5 : 1), by day or by night.
HEAT = "#d1582b"
HEAT_OPACITY = (0.05, 0.75)

#: Vega words axes, legends and lines in English, and a screen reader hears each mark's `said`.
_UNSAID = {"aria": False}

#: What stands before the unit, as in "12,5 %".
NBSP = "\xa0"

_WEEK = ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"]
_LOCALE = {
    "number": {
        "decimal": ",",
        "thousands": ".",
        "grouping": [3],
        "currency": [f"R${NBSP}", ""],
        "minus": "-",
    },
    "time": {
        "dateTime": "%d/%m/%Y %H:%M:%S",
        "date": "%d/%m/%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": _WEEK,
        "shortDays": [day[:3] for day in _WEEK],
        "months": list(MONTH_NAMES),
        "shortMonths": list(MONTHS),
    },
}
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
#: The name of the layer whose marks are clicked.
_CLICKED = "view_1"
#: Ticks of an axis of R$: 500, 2 mil, 1,5 mi.
_COMPACT = (
    "datum.value >= 1e6 ? format(datum.value / 1e6, ',.2~f') + ' mi'"
    " : datum.value >= 1e3 ? format(datum.value / 1e3, ',.2~f') + ' mil'"
    " : format(datum.value, ',.2~f')"
)
_PERCENT = f"format(datum.value, ',.2~f') + '{NBSP}%'"


def chart(
    frame: pd.DataFrame,
    mark: Spec,
    encoding: Mapping[str, Any],
    *,
    height: int | Spec,
) -> Spec:
    """A finished chart of one kind of marks, with Brazilian numbers and no frame.

    It cannot be drawn before `lead` has said which of its marks lead somewhere.
    """
    return _finished(frame, {"mark": mark, "encoding": dict(encoding)}, height, [])


def layers(
    frame: pd.DataFrame,
    *parts: Spec,
    clicked: int = 0,
    height: int | Spec,
    rows: Mapping[int, pd.DataFrame] | None = None,
) -> Spec:
    """As `chart`, of several kinds of marks on each other, each made by `layer`.

    The marks of the part `clicked` are those that lead on; `rows` are the parts' own rows, by
    their place, where they are not the frame's.
    """
    found = [dict(part) for part in parts]
    found[clicked]["name"] = _CLICKED
    own: Spec = {}
    for place, its_rows in (rows or {}).items():
        found[place]["data"] = _kept(its_rows, own)
    finished = _finished(frame, {"layer": found}, height, [_CLICKED])
    finished["datasets"] |= own
    return finished


def layer(mark: Spec, *encodings: Mapping[str, Any]) -> Spec:
    """One kind of marks of a chart of several; of two encodings of a channel the last holds."""
    return {"mark": mark, "encoding": {name: one[name] for one in encodings for name in one}}


def _finished(frame: pd.DataFrame, body: Spec, height: int | Spec, views: Sequence[str]) -> Spec:
    # A date would come back as milliseconds in the browser's time zone: the id is a text.
    select = {"type": "point", "fields": ["id"], "on": "click", "toggle": False}
    pick: Spec = {"name": PICK, "select": select}
    if views:
        pick["views"] = list(views)
    datasets: Spec = {}
    return {
        "$schema": _SCHEMA,
        "data": _kept(frame, datasets),
        **body,
        "height": height,
        "params": [pick],
        "config": {"locale": _LOCALE, "view": {"stroke": None}, "axis": _UNSAID, "legend": _UNSAID},
        "datasets": datasets,
    }


def _kept(frame: pd.DataFrame, datasets: Spec) -> Spec:
    """Put rows among the datasets under a name of their own content, and refer to them."""
    rows = convert_anything_to_arrow_bytes(frame)
    name = sha256(rows).hexdigest()[:32]
    datasets[name] = rows
    return {"name": name}


def lead(chart: Spec, ids: Iterable[str]) -> Spec:
    """The chart whose marks of these ids, and no others, show the pointing hand."""
    return chart | {"params": [*chart["params"], {"name": LEADS, "value": list(ids)}]}


def picked(event: Any) -> str | None:
    """The id of the mark clicked, from what `st.vega_lite_chart` returned; None of none."""
    points = (event or {}).get("selection", {}).get(PICK) or []
    value = points[0].get("id") if points else None
    return value if isinstance(value, str) else None


def field(name: str, kind: str = "nominal", **more: Any) -> Spec:
    """A channel that shows a column: as a `nominal` text or a `quantitative` number."""
    return {"field": name, "type": kind, **more}


def number(name: str, **more: Any) -> Spec:
    """A channel that shows a column of numbers."""
    return field(name, "quantitative", **more)


def amounts(name: str = "value") -> Spec:
    """A vertical axis of R$, its ticks compact: 500, 2 mil, 1,5 mi."""
    return number(name, axis={"labelExpr": _COMPACT, "tickCount": 5, "title": None})


def percents(name: str = "value") -> Spec:
    """A vertical axis from zero of numbers of percent: 12.5 is "12,5 %"."""
    return number(name, axis={"labelExpr": _PERCENT, "tickCount": 5, "title": None})


def lengths(name: str, longest: float) -> Spec:
    """The length of horizontal bars on a plot that is as wide as `longest`, without an axis."""
    return number(name, axis=None, scale={"domain": [0, longest]})


def ordered(
    labels: Sequence[str], name: str = "x", *, title: str | None = None, angle: int = 0
) -> Spec:
    """A horizontal axis of texts in the order given; one without marks keeps its place."""
    return field(
        name,
        scale={"domain": list(labels)},
        sort=None,
        title=title,
        axis={"labelAngle": angle},
    )


def colors(name: str, palette: Mapping[str, str], *, shown: Iterable[str] = ()) -> Spec:
    """A fixed colour for each value of the column, and a legend of several: of those `shown`."""
    drawn = set(shown)
    legend = {
        "orient": "top",
        "title": None,
        "columns": 2,
        "values": [k for k in palette if k in drawn],
    }
    return field(
        name,
        scale={"domain": list(palette), "range": list(palette.values())},
        legend=legend if drawn and len(palette) > 1 else None,
    )


def told(tips: Mapping[str, str]) -> Spec:
    """What marks say of themselves: a tooltip of text columns (column → its title), and `said`."""
    return {
        "tooltip": [field(name, title=title) for name, title in tips.items()],
        "description": field("said"),
    }


def bar_mark(**more: Any) -> Spec:
    """A bar that leads on."""
    return {"type": "bar", "cursor": CURSOR, **more}


def text_mark(**more: Any) -> Spec:
    """A text in the page's own text colour; it repeats what its mark says to a screen reader."""
    return {"type": "text", "aria": False, "color": "currentColor", "fontSize": 12, **more}


def in_order(names: Sequence[str]) -> dict[str, str]:
    """Colours for things that follow each other, from the bands' blue to their violet.

    >>> list(in_order(["2024", "2025"]).values()) == [BLUE, VIOLET]
    True
    """
    stops = list(BAND_COLORS.values())
    steps = max(len(names) - 1, 1)
    return {name: _between(stops, k / steps * (len(stops) - 1)) for k, name in enumerate(names)}


def _between(stops: Sequence[str], place: float) -> str:
    """The colour at a place between two of the stops, 0 being the first."""
    left = min(int(place), len(stops) - 2)
    share = place - left
    pairs = zip(_rgb(stops[left]), _rgb(stops[left + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
