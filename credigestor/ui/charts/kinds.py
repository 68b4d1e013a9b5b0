"""Kinds of charts that several pages use: heat map, lines, bars by month.

Each takes a frame with a string column `id` (where a click on the mark leads), a float column
`value` for the geometry, and texts: `said` for a screen reader, whatever `tips` names for the
tooltip (column → title).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from credigestor.ui.charts import theme
from credigestor.ui.charts.theme import Spec

CELL_WIDTH = 44
CELL_HEIGHT = 28
#: Pixels from the foot of a label to that of the one above.
LABEL_HEIGHT = 14


def heat_map(
    frame: pd.DataFrame,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    tips: Mapping[str, str],
    row_title: str | None = None,
    column_title: str | None = None,
    top: float | None = None,
    cell_width: int = CELL_WIDTH,
) -> Spec:
    """Cells of `row` × `column` in the orders given, the higher the value the stronger.

    The frame's columns: id, row, column, value (None leaves the cell blank), label (what stands
    in the cell), said, and those of `tips`. `top` is the value that gets the strongest colour,
    the highest of the frame by default. As wide as its cells: a narrow screen scrolls it.
    """
    cells = _reached(frame, "id", "row", "column", "label", "said", *tips)
    strongest = top or (float(cells["value"].max()) if len(cells) else 0.0) or 1.0
    across = theme.field(
        "column",
        scale={"domain": list(columns)},
        sort=None,
        axis={
            "orient": "top",
            "labelAngle": 0,
            "title": column_title,
            "titleAnchor": "start",  # a narrow screen shows no middle
            "ticks": False,
            "domain": False,
        },
    )
    down = theme.field(
        "row",
        scale={"domain": list(rows)},
        sort=None,
        axis={
            "title": row_title,
            "titleAnchor": "middle",
            "ticks": False,
            "domain": False,
            "labelFlush": False,
        },
    )
    base = {"x": across, "y": down, **theme.told(tips)}
    scale = {"domain": [0, strongest], "range": list(theme.HEAT_OPACITY), "clamp": True}
    squares = theme.layer(
        {"type": "rect", "color": theme.HEAT, "cornerRadius": 3, "cursor": theme.CURSOR},
        base,
        {"opacity": theme.number("value", scale=scale, legend=None)},
    )
    labels = theme.layer(theme.text_mark(cursor=theme.CURSOR), base, {"text": theme.field("label")})
    chart = theme.layers(cells, squares, labels, height={"step": CELL_HEIGHT})
    return chart | {"width": {"step": cell_width}}


def lines(
    frame: pd.DataFrame,
    *,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    labelled: Sequence[str] | None = None,
    x_title: str | None = None,
    x_angle: int = 0,
    money: bool = False,
    height: int = 320,
) -> Spec:
    """A line for each `series` over the ordered texts `xs`, its name at its end.

    The frame's columns: id, series, x, value (percent, or R$ with `money`; None leaves a gap at
    the end), said, and those of `tips`. `colors` is series → colour, for those there may be.
    `labelled` names the series that are labelled at their end where all would not find room.
    """
    points = _reached(frame, "id", "series", "x", "said", *tips)
    points["place"] = points["x"].map({x: place for place, x in enumerate(xs)})
    x = theme.ordered(xs, title=x_title, angle=x_angle)
    base = {
        "x": x,
        "y": theme.amounts() if money else theme.percents(),
        "color": theme.colors("series", colors),
    }
    strokes = theme.layer(
        {"type": "line", "strokeWidth": 2, "aria": False}, base, {"order": theme.number("place")}
    )
    marks = theme.layer(
        {"type": "point", "filled": True, "size": 55, "opacity": 1, "cursor": theme.CURSOR},
        base,
        theme.told(tips),
    )
    last = points.sort_values("place").groupby("series").tail(1)
    named = last[last["series"].isin(list(colors) if labelled is None else labelled)]
    named = _apart(named, 1.15 * LABEL_HEIGHT / height * float(points["value"].max()))
    names = theme.layer(
        theme.text_mark(align="left", dx=8),
        {"x": x, "y": theme.number("value"), "text": theme.field("series")},
    )
    return theme.layers(points, strokes, marks, names, clicked=1, height=height, rows={2: named})


def stacked_bars(
    frame: pd.DataFrame,
    *,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int = -60,
    percent: bool = False,
    height: int = 300,
) -> Spec:
    """At each of the ordered texts `xs` one bar, its kinds on each other, the first at the foot.

    The frame's columns: id, x, kind, value (R$, or percent), said, and those of `tips`. `colors`
    is kind → colour.
    """
    order = {"order": theme.number("rank")}
    return _bars(frame, xs, colors, tips, x_angle, percent, height, order)


def grouped_bars(
    frame: pd.DataFrame,
    *,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int = -60,
    percent: bool = False,
    height: int = 300,
) -> Spec:
    """As `stacked_bars`, with the kinds side by side in the order of `colors`."""
    side = {"xOffset": theme.field("kind", scale={"domain": list(colors)}, sort=None)}
    return _bars(frame, xs, colors, tips, x_angle, percent, height, side)


def _bars(
    frame: pd.DataFrame,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int,
    percent: bool,
    height: int,
    place: Spec,
) -> Spec:
    rows = _reached(frame, "id", "x", "kind", "said", *tips)
    rows["rank"] = rows["kind"].map({kind: rank for rank, kind in enumerate(colors)})
    encoding = {
        "x": theme.ordered(xs, angle=x_angle),
        "y": theme.percents() if percent else theme.amounts(),
        "color": theme.colors("kind", colors, shown=rows["kind"]),
        **theme.told(tips),
        **place,
    }
    return theme.chart(rows, theme.bar_mark(), encoding, height=height)


def _apart(labels: pd.DataFrame, gap: float) -> pd.DataFrame:
    """The labels at the ends of lines, those that end together as far apart as `gap`."""
    rows = labels.sort_values(["place", "value"], ascending=[True, True]).copy()
    at: list[float] = []
    last: tuple[object, float] | None = None
    for place, value in zip(rows["place"], rows["value"], strict=True):
        close = last is not None and last[0] == place and value < last[1] + gap
        at.append(last[1] + gap if close and last else value)
        last = (place, at[-1])
    return rows.assign(value=at)


def _reached(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The rows that have a value, a frame of its own; of a frame without rows, its columns too."""
    if frame.empty:
        frame = pd.DataFrame(columns=list(dict.fromkeys(["value", *columns])))
    return frame[frame["value"].notna()].astype({"value": float})
