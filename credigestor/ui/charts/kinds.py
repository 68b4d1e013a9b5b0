"""Kinds of charts that several pages use: heat map, lines, bars by month.

Each takes a frame with a string column `id` (where a click on the mark leads), a float column
`value` for the geometry, and texts: `said` for a screen reader, whatever `tips` names for the
tooltip (column → title).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from credigestor.ui.charts import theme

CELL_WIDTH = 44
CELL_HEIGHT = 28


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
) -> alt.LayerChart:
    """Cells of `row` × `column` in the orders given, the higher the value the stronger.

    The frame's columns: id, row, column, value (None leaves the cell blank), label (what stands
    in the cell), said, and those of `tips`. `top` is the value that gets the strongest colour,
    the highest of the frame by default. As wide as its cells: a narrow screen scrolls it.
    """
    cells = _reached(frame, "id", "row", "column", "label", "said", *tips)
    strongest = top or (float(cells["value"].max()) if len(cells) else 0.0) or 1.0
    base = alt.Chart(cells).encode(
        x=alt.X(
            "column:N",
            scale=alt.Scale(domain=list(columns)),
            sort=None,
            axis=alt.Axis(
                orient="top", labelAngle=0, title=column_title, ticks=False, domain=False
            ),
        ),
        y=alt.Y(
            "row:N",
            scale=alt.Scale(domain=list(rows)),
            sort=None,
            axis=alt.Axis(
                title=row_title, titleAnchor="middle", ticks=False, domain=False, labelFlush=False
            ),
        ),
        tooltip=theme.tooltip(tips),
        description="said:N",
    )
    squares = base.mark_rect(color=theme.HEAT, cornerRadius=3, cursor=theme.CURSOR).encode(
        opacity=alt.Opacity(
            "value:Q",
            scale=alt.Scale(domain=[0, strongest], range=list(theme.HEAT_OPACITY), clamp=True),
            legend=None,
        )
    )
    # the page's own text colour, dark by day and light by night
    labels = base.mark_text(color="currentColor", fontSize=12, cursor=theme.CURSOR).encode(
        text="label:N"
    )
    layers: alt.LayerChart = squares.add_params(theme.pick()) + labels
    return theme.styled(layers.properties(width=alt.Step(cell_width), height=alt.Step(CELL_HEIGHT)))


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
) -> alt.LayerChart:
    """A line for each `series` over the ordered texts `xs`, its name at its end.

    The frame's columns: id, series, x, value (percent, or R$ with `money`; None leaves a gap at
    the end), said, and those of `tips`. `colors` is series → colour, for those there may be.
    `labelled` names the series that are labelled at their end where all would not find room.
    """
    points = _reached(frame, "id", "series", "x", "said", *tips)
    points["place"] = points["x"].map({x: place for place, x in enumerate(xs)})
    base = alt.Chart(points).encode(
        x=theme.ordered(xs, title=x_title, angle=x_angle),
        y=theme.amounts() if money else theme.percents(),
        color=theme.colors("series", colors, legend=False),
    )
    strokes = base.mark_line(strokeWidth=2).encode(order=alt.Order("place:Q"))
    marks = base.mark_point(filled=True, size=55, opacity=1, cursor=theme.CURSOR).encode(
        tooltip=theme.tooltip(tips), description="said:N"
    )
    last = points.sort_values("place").groupby("series").tail(1)
    named = last[last["series"].isin(list(colors) if labelled is None else labelled)]
    names = (
        alt.Chart(named)
        .mark_text(align="left", dx=8, fontSize=12, color="currentColor")
        .encode(
            x=theme.ordered(xs, title=x_title, angle=x_angle),
            y="value:Q",
            text="series:N",
        )
    )
    layers: alt.LayerChart = strokes + marks.add_params(theme.pick()) + names
    return theme.styled(layers.properties(height=height))


def stacked_bars(
    frame: pd.DataFrame,
    *,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int = -60,
    percent: bool = False,
    height: int = 300,
) -> alt.Chart:
    """At each of the ordered texts `xs` one bar, its kinds on each other, the first at the foot.

    The frame's columns: id, x, kind, value (R$, or percent), said, and those of `tips`. `colors`
    is kind → colour.
    """
    bars = _bars(frame, xs, colors, tips, x_angle, percent).encode(order=alt.Order("rank:Q"))
    return theme.styled(bars.properties(height=height))


def grouped_bars(
    frame: pd.DataFrame,
    *,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int = -60,
    percent: bool = False,
    height: int = 300,
) -> alt.Chart:
    """As `stacked_bars`, with the kinds side by side in the order of `colors`."""
    bars = _bars(frame, xs, colors, tips, x_angle, percent).encode(
        xOffset=alt.XOffset("kind:N", scale=alt.Scale(domain=list(colors)), sort=None)
    )
    return theme.styled(bars.properties(height=height))


def _bars(
    frame: pd.DataFrame,
    xs: Sequence[str],
    colors: Mapping[str, str],
    tips: Mapping[str, str],
    x_angle: int,
    percent: bool,
) -> alt.Chart:
    rows = _reached(frame, "id", "x", "kind", "said", *tips)
    rows["rank"] = rows["kind"].map({kind: rank for rank, kind in enumerate(colors)})
    bars: alt.Chart = (
        alt.Chart(rows)
        .mark_bar(cursor=theme.CURSOR)
        .encode(
            x=theme.ordered(xs, angle=x_angle),
            y=theme.percents() if percent else theme.amounts(),
            color=theme.colors("kind", colors),
            tooltip=theme.tooltip(tips),
            description="said:N",
        )
        .add_params(theme.pick())
    )
    return bars


def _reached(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The rows that have a value, a frame of its own; of a frame without rows, its columns too."""
    if frame.empty:
        frame = pd.DataFrame(columns=list(dict.fromkeys(["value", *columns])))
    return frame[frame["value"].notna()].astype({"value": float})
