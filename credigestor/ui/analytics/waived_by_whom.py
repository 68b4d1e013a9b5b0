"""Who let late charges go in the period (R29)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from credigestor.reports.waived import LetGo
from credigestor.rules.money import format_brl
from credigestor.rules.namesakes import distinct
from credigestor.ui.analytics.exhibit import Exhibit, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts.portfolio import ranked

NOBODY = "Sem usuário"


@drawn
def by_whom(found: Sequence[LetGo], shown: View) -> Exhibit:
    """Everybody who let charges go, as bars."""
    keys = distinct({str(place): each.name or NOBODY for place, each in enumerate(found)})
    names = list(keys.values())
    total = sum((each.total for each in found), Decimal(0))
    return exhibit(
        "Quem dispensou encargos",
        ranked(_bars(found, names), tips=_TIPS) if found else None,
        key="waived",
        definition=(
            "Juros de mora e multa dispensados no período, pelo dia da dispensa e por quem a fez. "
            "As desfeitas não contam, nem o que ficou sem efeito por um pagamento gravado depois."
        ),
        sentence=_sentence(found, names, total, shown) if found else "",
        table=pd.DataFrame(
            {
                "Quem": name,
                "Dispensas": each.times,
                "Juros": each.interest,
                "Multa": each.fine,
                "Total": each.total,
            }
            for name, each in zip(names, found, strict=True)
        ),
        file_name=f"dispensas-{shown.as_of}",
        alt="Juros e multa dispensados por cada usuário no período",
        empty=None if found else f"Nenhum encargo dispensado no período de {shown.period}.",
    )


_TIPS = {
    "name": "Quem",
    "amount": "Dispensado",
    "interest": "Juros",
    "fine": "Multa",
    "times": "Dispensas",
}


def _bars(found: Sequence[LetGo], names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": name,
            "name": name,
            "value": float(each.total),
            "label": format_brl(each.total),
            "said": f"{name}: {format_brl(each.total)}",
            "amount": format_brl(each.total),
            "interest": format_brl(each.interest),
            "fine": format_brl(each.fine),
            "times": str(each.times),
        }
        for name, each in zip(names, found, strict=True)
    )


def _sentence(found: Sequence[LetGo], names: Sequence[str], total: Decimal, shown: View) -> str:
    times = sum(each.times for each in found)
    many = "uma dispensa" if times == 1 else f"{times} dispensas"
    sums = "foi de" if times == 1 else "somaram"
    told = f"No período de {shown.period}, {many} {sums} {format_brl(total)}"
    if len(found) == 1:
        return f"{told}, por {names[0]}."
    return f"{told}; {names[0]} dispensou mais: {format_brl(found[0].total)}."
