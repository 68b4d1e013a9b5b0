"""The cash page's charts: what fell due and came in, and what should come."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from credigestor.reports.portfolio.collections import Collection
from credigestor.reports.portfolio.forecast import ComingBand, Forecast
from credigestor.rules.aging import BAND_NAMES, short_name
from credigestor.rules.calendar import month_label
from credigestor.rules.money import format_brl
from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit.figures import NOTHING, format_rate

ON_TIME, LATE, OVERDUE, NOT_DUE = "Pago em dia", "Pago com atraso", "Atrasado", "A vencer"
#: Parts of what fell due: field of Collection and its colour, the first at the foot of the bar.
PARTS = {
    ON_TIME: ("on_time", theme.BLUE),
    LATE: ("late", theme.AMBER),
    OVERDUE: ("overdue", theme.RED),
    NOT_DUE: ("not_due", theme.GRAY),
}
PAID, PAID_ON_TIME = "Pago", "Em dia"
LINE_COLORS = {PAID: theme.VIOLET, PAID_ON_TIME: theme.BLUE}
CONTRACT, EXPECTED = "Pelo contrato", "Esperado"
FORECAST_COLORS = {CONTRACT: theme.GRAY, EXPECTED: theme.BLUE}
SHARE = "Parte paga"


def part_id(item: Collection, part: str) -> str:
    """The id of a part of a bar: its month, and what is open of it apart: "2026-10/overdue"."""
    month = f"{item.month:%Y-%m}"
    return month if part in (ON_TIME, LATE) else f"{month}/{PARTS[part][0]}"


def collected(found: Sequence[Collection]) -> Spec:
    """What fell due in each month, by how it was paid or that it is open."""
    frame = pd.DataFrame(
        {
            "id": part_id(item, part),
            "x": month_label(item.month),
            "kind": part,
            "value": float(getattr(item, field)),
            "amount": format_brl(getattr(item, field)),
            "expected": format_brl(item.expected),
            "efficiency": format_rate(item.efficiency),
            "said": f"{month_label(item.month)}, {part}: {format_brl(getattr(item, field))}",
        }
        for item in found
        for part, (field, _) in PARTS.items()
        if getattr(item, field)
    )
    return kinds.stacked_bars(
        frame,
        xs=[month_label(item.month) for item in found],
        colors={part: color for part, (_, color) in PARTS.items()},
        tips={
            "x": "Vencimento",
            "kind": "Situação",
            "amount": "Principal",
            "expected": "Total do mês",
            "efficiency": "Já pago",
        },
    )


def efficiency(found: Sequence[Collection]) -> Spec:
    """The part of what fell due in each month that was paid, and paid in time; the id its month."""
    frame = pd.DataFrame(
        {
            "id": f"{item.month:%Y-%m}",
            "series": series,
            "x": month_label(item.month),
            "value": None if share is None else float(share),
            "share": format_rate(share),
            "expected": format_brl(item.expected),
            "said": f"{month_label(item.month)}, {series}: {format_rate(share)}",
        }
        for item in found
        for series, share in ((PAID, item.efficiency), (PAID_ON_TIME, item.on_time_share))
    )
    return kinds.lines(
        frame,
        xs=[month_label(item.month) for item in found],
        colors=LINE_COLORS,
        tips={"x": "Vencimento", "series": "Situação", "share": "Parte", "expected": "Venceu"},
        x_angle=-60,
        height=280,
    )


def forecast_bars(found: Forecast) -> Spec:
    """Contractual beside expected: what is overdue (its id "overdue"), then month by month."""
    bars = {OVERDUE: ("overdue", found.overdue)} | {
        month_label(month.due_to): (f"{month.due_to:%Y-%m}", month.coming) for month in found.months
    }
    frame = pd.DataFrame(
        {
            "id": bar_id,
            "x": label,
            "kind": kind,
            "value": float(amount),
            "contractual": format_brl(coming.contractual),
            "expected": NOTHING if coming.expected is None else format_brl(coming.expected),
            "share": format_rate(coming.share),
            "said": f"{label}, {kind}: {format_brl(amount)}",
        }
        for label, (bar_id, coming) in bars.items()
        for kind, amount in ((CONTRACT, coming.contractual), (EXPECTED, coming.expected))
        if amount
    )
    return kinds.grouped_bars(
        frame,
        xs=list(bars),
        colors=FORECAST_COLORS,
        tips={
            "x": "Vencimento",
            "contractual": CONTRACT,
            "expected": EXPECTED,
            "share": "Esperado ÷ contrato",
        },
    )


def shares(bands: Sequence[ComingBand]) -> Spec:
    """The part of each band that has been paid; a bar's id is its band."""
    frame = pd.DataFrame(
        {
            "id": item.band,
            "x": short_name(item.band),
            "band": BAND_NAMES[item.band],
            "kind": SHARE,
            "value": float(item.history.share),
            "share": format_rate(item.history.share),
            "paid": format_brl(item.history.paid),
            "unpaid": format_brl(item.history.unpaid),
            "said": f"{BAND_NAMES[item.band]}: {format_rate(item.history.share)}",
        }
        for item in bands
        if item.history.share is not None
    )
    return kinds.grouped_bars(
        frame,
        xs=[short_name(item.band) for item in bands],
        colors={SHARE: theme.BLUE},
        tips={"band": "Faixa", "share": SHARE, "paid": "Pago", "unpaid": "Ainda em aberto"},
        percent=True,
        x_angle=0,
        height=260,
    )
