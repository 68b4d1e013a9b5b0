"""What was given up, what came back of it, and the net loss, by month (R34)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio.losses import Loss
from credigestor.rules.calendar import month_label, month_name
from credigestor.rules.money import format_brl
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.roll_exhibits import NOTES
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import losses as charts

DEFINITION = (
    "Baixado: o principal das notas baixadas por perda no mês, sem as baixas desfeitas. "
    "Recuperado: tudo o que entrou no mês de notas já baixadas, com juros e multa; não conta em "
    "recebidos. "
    "Perda líquida = baixado − principal recuperado; fica negativa no mês em que volta mais do "
    "que se perde."
)


@drawn
def by_month(months: Sequence[Loss], shown: View) -> Exhibit:
    """Given up, recovered and the net of each month, as bars."""
    some = [row for row in months if row.written_off or row.recovered]
    return exhibit(
        "Baixado por perda e recuperado, mês a mês",
        charts.by_month(months) if some else None,
        key="losses",
        definition=DEFINITION,
        sentence=_sentence(months) if some else "",
        table=pd.DataFrame(
            {
                "Mês": month_label(row.month),
                "Baixado": row.written_off,
                "Recuperado": row.recovered,
                "Juros e multa recuperados": row.charges,
                "Perda líquida": row.net,
            }
            for row in months
        ),
        file_name=f"perdas-{shown.as_of}",
        alt="Principal baixado por perda, recuperado e perda líquida em cada mês",
        leads={
            f"{row.month:%Y-%m}": Lead(
                "Todas as notas baixadas por perda", NOTES, {"status": "written_off"}
            )
            for row in some
        },
        empty=None if some else "Nenhuma nota baixada por perda nos últimos 13 meses.",
    )


def _sentence(months: Sequence[Loss]) -> str:
    lost, back, net = (
        sum((getattr(row, name) for row in months), Decimal(0))
        for name in ("written_off", "recovered", "net")
    )
    return (
        f"Desde {month_name(months[0].month)} foram baixados {format_brl(lost)} de principal e "
        f"recuperados {format_brl(back)}: perda líquida de {format_brl(net)}."
    )
