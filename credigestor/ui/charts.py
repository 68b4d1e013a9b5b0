"""Charts in one house style: Brazilian numbers, colours for day and night, bars that lead on.

Each function takes totals of a report and returns the chart. Amounts become floats for the
geometry alone; what is read (labels, tooltips, a screen reader's words) is text made from the
Decimals. Where a click leads somewhere, the chart has a selection named PICK on the string
column `id`: `picked` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import altair as alt
import pandas as pd

from credigestor.reports.dashboard import BandTotal, DueTotal, MonthTotal
from credigestor.rules.aging import BAND_NAMES
from credigestor.rules.calendar import MONTHS, month_label
from credigestor.rules.money import format_brl
from credigestor.ui.figures import format_count

C = TypeVar("C", alt.Chart, alt.LayerChart)

PICK = "pick"
#: Width of the plot beside that of its longest bar, so that the amount at its end fits in.
LABEL_ROOM = 1.45

# Every colour stands out from a white and from a dark page (3 : 1, WCAG 1.4.11). The bands go
# from blue over amber to violet, so no two of them are told apart by red and green alone.
BAND_COLORS = {
    "current": "#2f86b5",
    "1-30": "#b07d12",
    "31-60": "#c8701a",
    "61-90": "#d1582b",
    "91-180": "#cb3f45",
    "181-360": "#b5386f",
    ">360": "#9150a6",
}
SOLD, RECEIVED, CHARGES = "Vendido", "Principal recebido", "Encargos recebidos"
SERIES_COLORS = {SOLD: "#2f86b5", RECEIVED: "#b07d12", CHARGES: "#9150a6"}
NOT_DUE, OVERDUE = "A vencer", "Atrasado"
DUE_COLORS = {NOT_DUE: BAND_COLORS["current"], OVERDUE: BAND_COLORS["61-90"]}

_WEEK = ["domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"]
_YEAR = [
    *("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto"),
    *("setembro", "outubro", "novembro", "dezembro"),
]
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
        months=_YEAR,
        shortMonths=list(MONTHS),
    ),
)
#: Ticks of an axis of R$: 500, 2 mil, 1,5 mi.
_COMPACT = (
    "datum.value >= 1e6 ? format(datum.value / 1e6, ',.2~f') + ' mi'"
    " : datum.value >= 1e3 ? format(datum.value / 1e3, ',.2~f') + ' mil'"
    " : format(datum.value, ',.2~f')"
)


def aging_bars(aging: Sequence[BandTotal]) -> alt.LayerChart:
    """Open principal by aging band; a bar's id is its band (R16)."""
    frame = pd.DataFrame(
        {
            "id": row.band,
            "name": BAND_NAMES[row.band],
            "value": float(row.principal),
            "amount": format_brl(row.principal),
            "notes": format_count(row.notes),
            "said": f"{BAND_NAMES[row.band]}: {format_brl(row.principal)}",
        }
        for row in aging
    )
    widest = max(float(row.principal) for row in aging) or 1
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=list(BAND_NAMES.values()), title=None),
        x=alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, widest * LABEL_ROOM])),
        tooltip=_tooltip(name="Atraso", amount="Principal", notes="Notas"),
        description="said:N",
    )
    bars = base.mark_bar(cursor="pointer", cornerRadiusEnd=3).encode(
        color=_colors("id", BAND_COLORS, legend=False)
    )
    # the page's own text colour, dark by day and light by night
    labels = base.mark_text(align="left", dx=6, color="currentColor", fontSize=12).encode(
        text="amount:N"
    )
    return _house((bars.add_params(_pick()) + labels).properties(height=alt.Step(38)))


def receivable_by_month(receivable: Sequence[DueTotal]) -> alt.Chart:
    """Open principal by due month, the late part apart; a bar's id is its `due_id`."""
    frame = pd.DataFrame(
        {
            "id": due_id(row),
            "month": due_label(row),
            "kind": kind,
            "value": float(amount),
            "amount": format_brl(amount),
            "total": format_brl(row.principal),
            "notes": format_count(row.notes),
            "said": f"{due_label(row)}, {kind}: {format_brl(amount)}",
        }
        for row in receivable
        for kind, amount in ((OVERDUE, row.overdue), (NOT_DUE, row.principal - row.overdue))
        if amount
    )
    bars = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer")
        .encode(
            x=_months([due_label(row) for row in receivable]),
            y=_amounts(),
            color=_colors("kind", DUE_COLORS),
            order=alt.Order("kind:N", sort="descending"),
            tooltip=_tooltip(
                month="Vencimento",
                kind="Situação",
                amount="Principal",
                total="Total do mês",
                notes="Notas do mês",
            ),
            description="said:N",
        )
    )
    return _house(bars.add_params(_pick()).properties(height=300))


def sold_and_received(months: Sequence[MonthTotal]) -> alt.Chart:
    """Sold beside received, month by month (R22)."""
    frame = pd.DataFrame(
        {
            "month": month_label(row.month),
            "pile": pile,
            "kind": kind,
            "value": float(amount),
            "sold": format_brl(row.sold),
            "received": format_brl(row.principal),
            "charges": format_brl(row.charges),
            "said": f"{month_label(row.month)}, {kind}: {format_brl(amount)}",
        }
        for row in months
        for pile, kind, amount in (
            ("1", SOLD, row.sold),
            ("2", RECEIVED, row.principal),
            ("2", CHARGES, row.charges),
        )
        if amount
    )
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=_months([month_label(row.month) for row in months]),
            xOffset=alt.XOffset("pile:N"),
            y=_amounts(),
            color=_colors("kind", SERIES_COLORS),
            order=alt.Order("kind:N", sort="descending"),
            tooltip=_tooltip(month="Mês", sold=SOLD, received=RECEIVED, charges=CHARGES),
            description="said:N",
        )
    )
    return _house(bars.properties(height=300))


def picked(event: Any) -> str | None:
    """The id of the bar that was clicked, from what `st.altair_chart` returned; None of none."""
    points = (event or {}).get("selection", {}).get(PICK) or []
    value = points[0].get("id") if points else None
    return value if isinstance(value, str) else None


def due_id(total: DueTotal) -> str:
    """The id of a bar of due dates: its two limits in ISO, an open one left empty."""
    return f"{total.due_from or ''}/{total.due_to or ''}"


def due_label(total: DueTotal) -> str:
    """What stands under a bar of due dates: its month, or that it is all before or after."""
    if total.due_from is None:
        return "Antes"
    return month_label(total.due_from) if total.due_to else "Depois"


def _house(chart: C) -> C:
    """Settings that only count on the outermost chart; also for layered ones."""
    styled: C = chart.configure(locale=_LOCALE).configure_view(stroke=None)
    return styled


def _pick() -> alt.Parameter:
    # A string: a date would come back as milliseconds in the browser's time zone.
    return alt.selection_point(name=PICK, fields=["id"], on="click", toggle=False)


def _amounts() -> alt.Y:
    axis = alt.Axis(labelExpr=_COMPACT, tickCount=5, title=None)
    return alt.Y("value:Q", axis=axis)


def _months(labels: Sequence[str]) -> alt.X:
    # The domain keeps the place of a month without bars.
    scale = alt.Scale(domain=list(labels))
    return alt.X("month:N", scale=scale, sort=None, title=None, axis=alt.Axis(labelAngle=-60))


def _colors(field: str, colors: Mapping[str, str], *, legend: bool = True) -> alt.Color:
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=list(colors), range=list(colors.values())),
        legend=alt.Legend(orient="top", title=None, columns=2) if legend else None,
    )


def _tooltip(**titles: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]
