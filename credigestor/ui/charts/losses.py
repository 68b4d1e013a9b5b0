"""What was given up and what came back, month by month: losses in, a chart out (R34)."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from credigestor.reports.portfolio.losses import Loss
from credigestor.rules.calendar import month_label
from credigestor.rules.money import format_brl
from credigestor.ui.charts import kinds, theme
from credigestor.ui.charts.theme import Spec

LOST, BACK, NET = "Baixado", "Recuperado", "Perda líquida"
COLORS = {LOST: theme.RED, BACK: theme.BLUE, NET: theme.AMBER}


def by_month(months: Sequence[Loss]) -> Spec:
    """Given up, recovered and the net of each month; a bar's id is its month."""
    frame = pd.DataFrame(
        {
            "id": f"{row.month:%Y-%m}",
            "x": month_label(row.month),
            "kind": kind,
            "value": float(amount),
            "amount": format_brl(amount),
            "said": f"{month_label(row.month)}, {kind.lower()}: {format_brl(amount)}",
        }
        for row in months
        for kind, amount in ((LOST, row.written_off), (BACK, row.recovered), (NET, row.net))
        if amount
    )
    return kinds.grouped_bars(
        frame,
        xs=[month_label(row.month) for row in months],
        colors=COLORS,
        tips={"x": "Mês", "kind": "O quê", "amount": "Valor"},
    )
