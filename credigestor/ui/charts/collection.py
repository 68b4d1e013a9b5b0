"""The collection page's charts: roll rates, recovery and late charges in, charts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio.late_charges import LateCharges
from credigestor.reports.portfolio.recovery import DAYS, Recovery
from credigestor.reports.portfolio.rolls import Origin, Roll
from credigestor.rules.aging import BAND_NAMES, BANDS, CURRENT, short_name
from credigestor.rules.calendar import format_date, month_label
from credigestor.rules.money import format_brl, format_percent
from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit.figures import format_rate

CURED = "cured"
#: What acts ended, by the field of `Origin`: in words, and at the head of its column.
ENDED = {
    "renegotiated": ("Renegociada", "Reneg."),
    "returned": ("Devolvida", "Devol."),
    "lost": ("Baixada por perda", "Baixa"),
}
#: Bands in which a note may stand at the end of a month in the matrix, and what else became of it.
ENDS = (*BANDS[1:], *ENDED, CURED)
#: The bands whose roll rates are drawn over time: those of about a month's length.
ROLLING = BANDS[:4]
MEAN = "Média"
CHARGED, RECEIVED, WAIVED = "Gerados", "Recebidos", "Dispensados"
CHARGE_COLORS = {CHARGED: theme.AMBER, RECEIVED: theme.BLUE, WAIVED: theme.VIOLET}
#: Room for the longest name of a row of the matrix, pixels.
ROW_LABEL = 220
_LAST = (theme.AMBER, theme.RED, theme.VIOLET)


def roll_name(band: str) -> str:
    """A line of the roll rates: "1–30 → 31–60"."""
    return f"{short_name(band)} → {short_name(BANDS[BANDS.index(band) + 1])}"


def end_name(start: str, end: str) -> str:
    """Where a part of a band went, in words."""
    if end in ENDED:
        return ENDED[end][0]
    if end != CURED:
        return BAND_NAMES[end]
    return "Em dia ou paga" if start == CURRENT else "Paga"


def cell_id(roll: Roll, start: str, end: str) -> str:
    """The id of a mark of the roll rates: month and the bands, "2026-10/1-30/31-60"."""
    return f"{roll.month:%Y-%m}/{start}/{end}"


def parts(origin: Origin) -> Iterator[tuple[str, Decimal]]:
    """Where a band's balance went: its ends in order, each with its R$.

    Of those that nothing went to, only the next band and CURED are there.
    """
    beside = {CURED: origin.cured} | {end: getattr(origin, end) for end in ENDED}
    for end in ENDS:
        following = BANDS.index(end) - 1 == BANDS.index(origin.band) if end in BANDS else False
        following |= end == CURED
        amount = beside[end] if end in beside else origin.went.get(end, Decimal(0))
        if amount or following:
            yield end, amount


def matrix(roll: Roll) -> Spec:
    """Bands at the start × bands at the end of a month, in percent of the balance (R20)."""
    rows = {
        origin.band: f"{BAND_NAMES[origin.band]} · {format_brl(origin.balance)}"
        for origin in roll.origins
    }
    frame = pd.DataFrame(
        {
            "id": cell_id(roll, origin.band, end),
            "row": rows[origin.band],
            "column": _column(end),
            "value": float(share),
            "label": _label(share),
            "said": f"{BAND_NAMES[origin.band]} para {end_name(origin.band, end)}: "
            f"{format_percent(share)}",
            "start": BAND_NAMES[origin.band],
            "end": end_name(origin.band, end),
            "share": format_percent(share),
            "amount": format_brl(amount),
            "balance": format_brl(origin.balance),
        }
        for origin in roll.origins
        for end, amount in parts(origin)
        if (share := origin.share(amount)) is not None
    )
    ended = [end for end in ENDED if any(getattr(origin, end) for origin in roll.origins)]
    chart = kinds.heat_map(
        frame,
        rows=list(rows.values()),
        # What was paid stands first: the last column lies beyond a phone's screen.
        columns=[_column(end) for end in (CURED, *ended, *BANDS[1:])],
        tips={
            "start": f"Em {format_date(roll.start)}",
            "end": f"Em {format_date(roll.end)}",
            "share": "Parte do saldo",
            "amount": "Valor",
            "balance": "Saldo da faixa",
        },
        column_title=f"Faixa em {format_date(roll.end)} (dias de atraso)",
        top=100,
        cell_width=54,
    )
    chart["config"] = chart["config"] | {"axisY": {"labelLimit": ROW_LABEL}}
    return _blue(chart, f"(datum.column === '{_column(CURED)}')")


def rates(rolls: Sequence[Roll]) -> Spec:
    """The roll rates of ROLLING and the share cured, month by month (R20)."""
    series = {roll_name(band): color for band, color in zip(ROLLING, _colors(), strict=True)}
    frame = pd.DataFrame(
        {
            "id": id_,
            "series": name,
            "x": month_label(roll.month),
            "value": None if share is None else float(share),
            "share": format_rate(share),
            "said": f"{month_label(roll.month)}, {name}: {format_rate(share)}",
        }
        for roll in rolls
        for id_, name, share in _rates_of(roll)
    )
    return kinds.lines(
        frame,
        xs=[month_label(roll.month) for roll in rolls],
        colors={**series, "Pago": theme.GRAY},
        tips={"x": "Mês", "series": "Passagem", "share": "Parte do saldo"},
        x_angle=-60,
    )


def recovery_lines(curves: Sequence[Recovery], mean: Sequence[Decimal | None]) -> Spec:
    """The curve of all whole months and those of the last ones; a point's id is its month."""
    known = [curve for curve in curves if any(share is not None for share in curve.shares)]
    last = {month_label(curve.month): curve for curve in known[-len(_LAST) :]}
    lines = [("mean", MEAN, mean)] + [
        (f"{curve.month:%Y-%m}", name, curve.shares) for name, curve in last.items()
    ]
    frame = pd.DataFrame(
        {
            "id": id_,
            "series": name,
            "x": str(days),
            "value": None if share is None else float(share),
            "share": format_rate(share),
            "said": f"{name}, {days} dias: {format_rate(share)}",
        }
        for id_, name, shares in lines
        for days, share in zip(DAYS, shares, strict=True)
    )
    return kinds.lines(
        frame,
        xs=[str(days) for days in DAYS],
        colors={MEAN: theme.BLUE, **dict(zip(last, _LAST, strict=False))},
        tips={"series": "Atrasou em", "x": "Dias", "share": "Pago até ali"},
        x_title="Dias depois do último dia para pagar em dia",
    )


def recovery_months(curves: Sequence[Recovery]) -> Spec:
    """Months × days, in percent of what became overdue; a cell's id is its month and days."""
    frame = pd.DataFrame(
        {
            "id": f"{curve.month:%Y-%m}/{days}",
            "row": month_label(curve.month),
            "column": str(days),
            "value": None if share is None else float(share),
            "label": "" if share is None else _label(share),
            "said": f"{month_label(curve.month)}, {days} dias: {format_rate(share)}",
            "share": format_rate(share),
            "paid": "" if paid is None else format_brl(paid),
            "became": format_brl(curve.became),
        }
        for curve in curves
        for days, share, paid in zip(DAYS, curve.shares, curve.paid, strict=True)
    )
    chart = kinds.heat_map(
        frame,
        rows=[month_label(curve.month) for curve in curves],
        columns=[str(days) for days in DAYS],
        tips={
            "row": "Atrasou em",
            "column": "Dias",
            "share": "Pago até ali",
            "paid": "Principal pago",
            "became": "Principal que atrasou",
        },
        column_title="Dias depois do último dia para pagar em dia",
        top=100,
        cell_width=54,
    )
    return _blue(chart, "(datum.value >= 0)")


def charges(months: Sequence[LateCharges]) -> Spec:
    """Late charges month by month: charged, received, waived; a bar's id is its month."""
    frame = pd.DataFrame(
        {
            "id": f"{row.period.start:%Y-%m}",
            "x": month_label(row.period.start),
            "kind": kind,
            "value": float(amount),
            "amount": format_brl(amount),
            "outstanding": format_brl(row.outstanding),
            "said": f"{month_label(row.period.start)}, {kind.lower()}: {format_brl(amount)}",
        }
        for row in months
        for kind, amount in (
            (CHARGED, row.charged),
            (RECEIVED, row.received),
            (WAIVED, row.waived),
        )
        if amount
    )
    return kinds.grouped_bars(
        frame,
        xs=[month_label(row.period.start) for row in months],
        colors=CHARGE_COLORS,
        tips={
            "x": "Mês",
            "kind": "Juros e multa",
            "amount": "Valor",
            "outstanding": "Em aberto no fim do mês",
        },
    )


def _rates_of(roll: Roll) -> Iterator[tuple[str, str, Decimal | None]]:
    for origin in roll.origins[: len(ROLLING)]:
        end = BANDS[BANDS.index(origin.band) + 1]
        yield cell_id(roll, origin.band, end), roll_name(origin.band), origin.share(origin.rolled)
    yield f"{roll.month:%Y-%m}", "Pago", roll.cured


def _colors() -> tuple[str, ...]:
    return (theme.BLUE, theme.AMBER, theme.RED, theme.VIOLET)


def _column(end: str) -> str:
    if end in ENDED:
        return ENDED[end][1]
    return "Paga" if end == CURED else short_name(end)


def _label(share: Decimal) -> str:
    return format_percent(share, 1).removesuffix(f"{theme.NBSP}%")


def _blue(chart: Spec, test: str) -> Spec:
    """The heat map with cells of good news, those that pass the test, in blue."""
    chart["layer"][0]["encoding"]["color"] = {
        "condition": [{"test": test, "value": theme.BLUE}],
        "value": theme.HEAT,
    }
    return chart
