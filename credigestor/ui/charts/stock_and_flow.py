"""Bars of what stands and what flowed: totals of reports in, a chart in the theme out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import BandTotal
from credigestor.rules.aging import BAND_NAMES
from credigestor.rules.calendar import month_label
from credigestor.rules.money import format_brl
from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit.figures import format_count

#: Width of the plot beside that of its longest bar, so that the amount at its end fits in.
LABEL_ROOM = 1.45
SOLD, RECEIVED, CHARGES = "Vendido", "Principal recebido", "Encargos recebidos"
SERIES_COLORS = {SOLD: theme.BLUE, RECEIVED: theme.AMBER, CHARGES: theme.VIOLET}
NOT_DUE, OVERDUE = "A vencer", "Atrasado"
DUE_COLORS = {NOT_DUE: theme.BLUE, OVERDUE: theme.RED}


def aging_bars(aging: Sequence[BandTotal]) -> Spec:
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
    base = {
        "y": theme.field("name", sort=list(BAND_NAMES.values()), title=None),
        "x": theme.lengths("value", widest * LABEL_ROOM),
        **theme.told({"name": "Atraso", "amount": "Principal", "notes": "Notas"}),
    }
    bars = theme.layer(
        theme.bar_mark(cornerRadiusEnd=3),
        base,
        {"color": theme.colors("id", theme.BAND_COLORS)},
    )
    labels = theme.layer(theme.text_mark(align="left", dx=6), base, {"text": theme.field("amount")})
    return theme.layers(frame, bars, labels, height={"step": 38})


def receivable_by_month(receivable: Sequence[DueTotal]) -> Spec:
    """Open principal by due month, the late part apart; a bar's id is its `due_id`."""
    frame = pd.DataFrame(
        {
            "id": due_id(row),
            "x": due_label(row),
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
    return kinds.stacked_bars(
        frame,
        xs=[due_label(row) for row in receivable],
        colors=DUE_COLORS,
        tips={
            "x": "Vencimento",
            "kind": "Situação",
            "amount": "Principal",
            "total": "Total do mês",
            "notes": "Notas do mês",
        },
    )


def sold_and_received(months: Mapping[date, Flow]) -> Spec:
    """Sold beside received, month by month; a bar's id is its `bar_id` (R22)."""
    frame = pd.DataFrame(
        {
            "id": bar_id(month, kind),
            "month": month_label(month),
            "pile": pile,
            "kind": kind,
            "value": float(amount),
            "sold": format_brl(row.sold),
            "received": format_brl(row.principal),
            "charges": format_brl(row.charges),
            "said": f"{month_label(month)}, {kind}: {format_brl(amount)}",
        }
        for month, row in months.items()
        for pile, kind, amount in (
            ("1", SOLD, row.sold),
            ("2", RECEIVED, row.principal),
            ("2", CHARGES, row.charges),
        )
        if amount
    )
    encoding = {
        "x": theme.ordered([month_label(month) for month in months], "month", angle=-60),
        "xOffset": theme.field("pile"),
        "y": theme.amounts(),
        "color": theme.colors("kind", SERIES_COLORS),
        "order": theme.field("kind", sort="descending"),
        **theme.told({"month": "Mês", "sold": SOLD, "received": RECEIVED, "charges": CHARGES}),
    }
    return theme.chart(frame, theme.bar_mark(), encoding, height=300)


def bar_id(month: date, kind: str) -> str:
    """The id of a bar of what was sold or received: its month and what it is, "2026-11/Vendido"."""
    return f"{month:%Y-%m}/{kind}"


def due_id(total: DueTotal) -> str:
    """The id of a bar of due dates: its two limits in ISO, an open one left empty."""
    return f"{total.due_from or ''}/{total.due_to or ''}"


def due_label(total: DueTotal) -> str:
    """What stands under a bar of due dates: its month, or that it is all before or after."""
    if total.due_from is None:
        return "Antes"
    return month_label(total.due_from) if total.due_to else "Depois"
