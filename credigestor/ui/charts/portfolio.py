"""Charts of the portfolio's page: ranked bars with what they say at their ends, and months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from credigestor.ui.charts import theme
from credigestor.ui.charts.theme import Spec

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
) -> Spec:
    """Horizontal bars in the order of the frame, a text at the end of each.

    The frame's columns: id, name (unique), value, label, said, those of `tips`, and with
    `colors` (kind → colour) also kind: the rows of one name lie behind each other, and the
    label of its last one stands at the end; it may have two lines. `room` makes place for it.
    """
    frame = frame.astype({"value": float})
    names = list(dict.fromkeys(frame["name"]))
    totals = frame.groupby("name", sort=False)["value"].transform("sum")
    widest = float(max(totals, default=0)) or 1.0
    frame = frame.assign(total=totals, place=range(len(frame)))
    base = {
        "y": theme.field("name", sort=names, title=None, axis={"labelLimit": 150}),
        **theme.told(tips),
    }
    bars = theme.layer(
        theme.bar_mark(color=theme.BLUE),
        base,
        {"x": theme.lengths("value", widest * room), "order": theme.number("place")},
        {"color": theme.colors("kind", colors, shown=frame["kind"])} if colors else {},
    )
    rise = -7 if frame["label"].str.contains("\n").any() else 0  # so that two lines stand midway
    labels = theme.layer(
        theme.text_mark(align="left", dx=6, dy=rise, lineBreak="\n"),
        base,
        {"x": theme.lengths("total", widest * room), "text": theme.field("label")},
    )
    return theme.layers(frame, bars, labels, height={"step": step})


def by_month(
    frame: pd.DataFrame, *, xs: Sequence[str], tips: Mapping[str, str], money: bool
) -> Spec:
    """A bar a month with its value on top; a month without a row keeps its place.

    The frame's columns: id, x, value (R$ with `money`), label, said, and those
    of `tips`.
    """
    number = theme.number("value", axis={"tickCount": 4, "title": None})
    base = {
        "x": theme.ordered(xs, angle=-60),
        "y": theme.amounts() if money else number,
        **theme.told(tips),
    }
    marks = theme.layer(theme.bar_mark(color=theme.BLUE), base)
    labels = theme.layer(theme.text_mark(dy=-7, fontSize=11), base, {"text": theme.field("label")})
    return theme.layers(frame, marks, labels, height=240)
