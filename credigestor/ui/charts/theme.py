"""What every chart is built of: Brazilian numbers, colours for day and night, marks that lead on.

Amounts become floats for the geometry alone; what is read (labels, tooltips, a screen reader's
words) is text made from the Decimals. Where a click leads somewhere, the chart has the selection
`pick` on its string column `id`, and `picked` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import altair as alt

from credigestor.rules.aging import BANDS
from credigestor.rules.calendar import MONTH_NAMES, MONTHS

C = TypeVar("C", alt.Chart, alt.LayerChart)

PICK = "pick"
#: The ids of the marks that lead somewhere, a parameter of the chart; over those the hand points.
LEADS = "leads"
CURSOR = alt.ExprRef(f"indexof({LEADS}, datum.id) < 0 ? 'default' : 'pointer'")

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

#: What stands before the unit, as in "12,5 %".
NBSP = "\xa0"

_WEEK = ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"]
_LOCALE = alt.Locale(
    number=alt.NumberLocale(
        decimal=",", thousands=".", grouping=[3], currency=["R$\xa0", ""], minus="-"
    ),
    time=alt.TimeLocale(
        dateTime="%d/%m/%Y %H:%M:%S",
        date="%d/%m/%Y",
        time="%H:%M:%S",
        periods=["AM", "PM"],
        days=_WEEK,
        shortDays=[day[:3] for day in _WEEK],
        months=list(MONTH_NAMES),
        shortMonths=list(MONTHS),
    ),
)
#: Ticks of an axis of R$: 500, 2 mil, 1,5 mi.
_COMPACT = (
    "datum.value >= 1e6 ? format(datum.value / 1e6, ',.2~f') + ' mi'"
    " : datum.value >= 1e3 ? format(datum.value / 1e3, ',.2~f') + ' mil'"
    " : format(datum.value, ',.2~f')"
)
_PERCENT = f"format(datum.value, ',.2~f') + '{NBSP}%'"


def styled(chart: C) -> C:
    """The chart with Brazilian numbers and no frame; call it last, on the outermost chart.

    It cannot be drawn before `lead` has said which of its marks lead somewhere.
    """
    styled: C = chart.configure(locale=_LOCALE).configure_view(stroke=None)
    return styled


def lead(chart: alt.Chart | alt.LayerChart, ids: Iterable[str]) -> alt.Chart | alt.LayerChart:
    """The chart whose marks of these ids, and no others, show the pointing hand."""
    return chart.add_params(alt.param(name=LEADS, value=list(ids)))


def pick() -> alt.Parameter:
    """The selection of a mark by its `id`, which must be a string column."""
    # A date would come back as milliseconds in the browser's time zone.
    return alt.selection_point(name=PICK, fields=["id"], on="click", toggle=False)


def picked(event: Any) -> str | None:
    """The id of the mark that was clicked, from what `st.altair_chart` returned; None of none."""
    points = (event or {}).get("selection", {}).get(PICK) or []
    value = points[0].get("id") if points else None
    return value if isinstance(value, str) else None


def amounts(field: str = "value") -> alt.Y:
    """A vertical axis of R$, its ticks compact: 500, 2 mil, 1,5 mi."""
    return alt.Y(f"{field}:Q", axis=alt.Axis(labelExpr=_COMPACT, tickCount=5, title=None))


def percents(field: str = "value") -> alt.Y:
    """A vertical axis from zero of numbers of percent: 12.5 is "12,5 %"."""
    return alt.Y(f"{field}:Q", axis=alt.Axis(labelExpr=_PERCENT, tickCount=5, title=None))


def months(labels: Sequence[str], field: str = "month") -> alt.X:
    """A horizontal axis of months by their labels; one without marks keeps its place."""
    return ordered(labels, field, angle=-60)


def ordered(
    labels: Sequence[str], field: str = "x", *, title: str | None = None, angle: int = 0
) -> alt.X:
    """A horizontal axis of texts in the order given; one without marks keeps its place."""
    scale = alt.Scale(domain=list(labels))
    axis = alt.Axis(labelAngle=angle)
    return alt.X(f"{field}:N", scale=scale, sort=None, title=title, axis=axis)


def colors(field: str, palette: Mapping[str, str], *, legend: bool = True) -> alt.Color:
    """A fixed colour for each value of the field."""
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=list(palette), range=list(palette.values())),
        legend=alt.Legend(orient="top", title=None, columns=2) if legend else None,
    )


def in_order(names: Sequence[str]) -> dict[str, str]:
    """Colours for things that follow each other, from the bands' blue to their violet.

    >>> list(in_order(["2024", "2025"]).values()) == [BLUE, VIOLET]
    True
    """
    stops = list(BAND_COLORS.values())
    steps = max(len(names) - 1, 1)
    return {name: _between(stops, k / steps * (len(stops) - 1)) for k, name in enumerate(names)}


def tooltip(titles: Mapping[str, str]) -> list[alt.Tooltip]:
    """A tooltip of text columns: column → its title."""
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]


def _between(stops: Sequence[str], place: float) -> str:
    """The colour at a place between two of the stops, 0 being the first."""
    left = min(int(place), len(stops) - 2)
    share = place - left
    pairs = zip(_rgb(stops[left]), _rgb(stops[left + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
