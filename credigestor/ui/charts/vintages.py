"""The vintages' charts: cells and counts of the reports in, charts in the theme out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from credigestor.reports.portfolio.first_payment import FirstPayments
from credigestor.reports.portfolio.vintages import Cell
from credigestor.rules.calendar import format_date, month_label
from credigestor.rules.money import format_brl, format_percent
from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit.figures import format_count, format_rate

#: Width of the plot beside that of its longest bar, so that what is said at its end fits in.
LABEL_ROOM = 2.0
MONTHS_SINCE = "Meses desde a venda"


def cell_id(cell: Cell) -> str:
    """The id of a cell: its month of sale and its age, "2026-03/4"."""
    return f"{cell.cohort:%Y-%m}/{cell.age}"


def heat_map(cells: Sequence[Cell], over: int) -> Spec:
    """Months of sale × months since, by the share that is late; a cell's id is `cell_id` (R19)."""
    frame = _frame(cells, over).rename(columns={"series": "row", "x": "column"})
    return kinds.heat_map(
        frame,
        rows=_cohorts(cells),
        columns=_ages(cells),
        tips=_tips(over, "row", "column"),
        column_title=MONTHS_SINCE,
    )


def curves(cells: Sequence[Cell], over: int, *, named: Mapping[str, str]) -> Spec:
    """A line for each month of sale over the months since; a point's id is `cell_id` (R19).

    `named` is month, as in "mar/26", → colour of the lines that stand out and have their name
    at their end; the others are gray, behind them.
    """
    colors = dict.fromkeys(_cohorts(cells), theme.GRAY) | dict(named)
    frame = _frame(cells, over)
    return kinds.lines(
        frame.sort_values("series", key=lambda names: names.isin(list(named)), kind="stable"),
        xs=_ages(cells),
        colors=colors,
        tips=_tips(over, "series", "x"),
        labelled=list(named),
        x_title=MONTHS_SINCE,
    )


def first_payments(counted: Mapping[str, FirstPayments], names: Mapping[str, str]) -> Spec:
    """A bar for each, its share and counts at its end; `names` is id → name, in order (R18).

    One that no sale has reached 30 days of keeps its place, and has no bar.
    """
    frame = pd.DataFrame(
        [
            {
                "id": id_,
                "name": name,
                "value": float(counts.rate),
                "label": f"{format_percent(counts.rate, 1)} · {said_counts(counts)}",
                "rate": format_percent(counts.rate),
                "unpaid": format_count(counts.unpaid),
                "reached": format_count(counts.reached),
                "said": f"{name}: {format_percent(counts.rate)}, {said_counts(counts)} vendas",
            }
            for id_, name in names.items()
            if (counts := counted[id_]).rate is not None
        ]
    )
    widest = float(frame["value"].max()) or 1.0
    base = {
        "y": theme.field(
            "name",
            scale={"domain": list(names.values())},
            sort=None,
            title=None,
            axis={"labelLimit": 140},
        ),
        "x": theme.lengths("value", widest * LABEL_ROOM),
        **theme.told(
            {
                "name": "Vendas de",
                "rate": "Primeira nota não paga em 30 dias",
                "unpaid": "Vendas sem pagar",
                "reached": "Vendas que chegaram a 30 dias",
            }
        ),
    }
    bars = theme.layer(theme.bar_mark(color=theme.BLUE, cornerRadiusEnd=3), base)
    labels = theme.layer(theme.text_mark(align="left", dx=6), base, {"text": theme.field("label")})
    return theme.layers(frame, bars, labels, height={"step": 28})


def age_words(age: int) -> str:
    """An age of a cohort: "1 mês", "2 meses"."""
    return format_count(age, "mês", "meses")


def said_counts(counts: FirstPayments) -> str:
    """How many of how many: "12 de 1.200"."""
    return f"{format_count(counts.unpaid)} de {format_count(counts.reached)}"


def _frame(cells: Sequence[Cell], over: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": cell_id(cell),
            "series": month_label(cell.cohort),
            "x": str(cell.age),
            "value": None if rate is None else float(rate),
            "label": "" if rate is None else format_percent(rate, 1).removesuffix("\xa0%"),
            "rate": format_rate(rate),
            "on": format_date(cell.as_of),
            "late": format_brl(cell.balance(over)),
            "financed": format_brl(cell.financed),
            "said": f"{month_label(cell.cohort)}, {age_words(cell.age)} depois: "
            f"{format_rate(rate)}",
        }
        for cell in cells
        for rate in [cell.rate(over)]
    )


def _tips(over: int, cohort: str, age: str) -> dict[str, str]:
    return {
        cohort: "Safra",
        age: MONTHS_SINCE,
        "on": "Em",
        "rate": "Do financiado",
        "late": f"Em vendas com mais de {over} dias de atraso",
        "financed": "Financiado",
    }


def _cohorts(cells: Sequence[Cell]) -> list[str]:
    return list(dict.fromkeys(month_label(cell.cohort) for cell in cells))


def _ages(cells: Sequence[Cell]) -> list[str]:
    return [str(age) for age in range(max(cell.age for cell in cells) + 1)]
