"""Charts of the portfolio's page: ranked bars with what they say at their ends, and months."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import altair as alt
import pandas as pd

from credigestor.ui.charts import theme

#: Width of the plot beside that of its longest bar, so that the text at its end fits in.
LABEL_ROOM = 1.8
NOT_DUE, OVERDUE = "Em dia", "Em atraso"
STOCK_COLORS = {OVERDUE: theme.RED, NOT_DUE: theme.BLUE}


def ranked(
    frame: pd.DataFrame,
    *,
    tips: Mapping[str, str],
    colors: Mapping[str, str] | None = None,
    room: float = LABEL_ROOM,
    step: int = 30,
) -> alt.LayerChart:
    """Horizontal bars in the order of the frame, a text at the end of each.

    The frame's columns: id, name (unique), value, label, said, those of `tips`, and with
    `colors` (kind → colour) also kind: the rows of one name lie behind each other, and the
    label of its last one stands at the end; it may have two lines. `room` makes place for it.
    """
    frame = frame.astype({"value": float})
    names = list(dict.fromkeys(frame["name"]))
    totals = frame.groupby("name", sort=False)["value"].transform("sum")
    widest = float(totals.max()) or 1.0
    base = alt.Chart(frame.assign(total=totals, place=range(len(frame)))).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=150)),
        tooltip=theme.tooltip(tips),
        description="said:N",
    )
    scale = alt.Scale(domain=[0, widest * room])
    bars = base.mark_bar(cursor=theme.CURSOR, color=theme.BLUE).encode(
        x=alt.X("value:Q", axis=None, scale=scale), order=alt.Order("place:Q")
    )
    if colors:
        bars = bars.encode(color=theme.colors("kind", colors))
    # the page's own text colour, dark by day and light by night
    rise = -7 if frame["label"].str.contains("\n").any() else 0  # so that two lines stand midway
    labels = base.mark_text(
        align="left", dx=6, dy=rise, color="currentColor", fontSize=12, lineBreak="\n"
    ).encode(x=alt.X("total:Q", axis=None, scale=scale), text="label:N")
    layers: alt.LayerChart = bars.add_params(theme.pick()) + labels
    return theme.styled(layers.properties(height=alt.Step(step)))


def by_month(
    frame: pd.DataFrame, *, xs: Sequence[str], tips: Mapping[str, str], money: bool
) -> alt.LayerChart:
    """A bar a month with its value on top; a month without a row keeps its place.

    The frame's columns: id, x, value (R$ with `money`), label, said, and those
    of `tips`.
    """
    number = alt.Y("value:Q", axis=alt.Axis(tickCount=4, title=None))
    base = alt.Chart(frame).encode(
        x=theme.ordered(xs, angle=-60),
        y=theme.amounts() if money else number,
        tooltip=theme.tooltip(tips),
        description="said:N",
    )
    marks = base.mark_bar(cursor=theme.CURSOR, color=theme.BLUE).add_params(theme.pick())
    labels = base.mark_text(dy=-7, fontSize=11, color="currentColor").encode(text="label:N")
    layers: alt.LayerChart = marks + labels
    return theme.styled(layers.properties(height=240))


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """The names by id, each told apart from its namesakes by its id.

    >>> distinct({"7": "Ana", "9": "Ana", "8": "Bia"})
    {'7': 'Ana (7)', '9': 'Ana (9)', '8': 'Bia'}
    """
    times = Counter(names.values())
    return {id_: f"{name} ({id_})" if times[name] > 1 else name for id_, name in names.items()}
