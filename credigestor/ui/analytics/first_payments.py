"""First-payment default on a page: by month of sale and by seller (R18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from credigestor.reports.portfolio.first_payment import FirstPayments
from credigestor.rules.calendar import month_label, month_name
from credigestor.rules.periods import month_end
from credigestor.ui.analytics import view
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import vintages as charts
from credigestor.ui.kit.figures import format_count, format_rate, rounded

NOTES = "counter/notes.py"
#: A month or a seller with fewer sales than this is not called the worst: chance decides there.
FEW = 10
NOT_REACHED = (
    "Nenhuma venda dos últimos 12 meses chegou a 30 dias do vencimento da primeira nota. Escolha "
    "outra data-base ou limpe os filtros; com o tempo, esta parte se enche sozinha."
)
FPD30 = (
    "FPD30: vendas cuja primeira nota não estava paga 30 dias depois do vencimento ÷ vendas cuja "
    "primeira nota já chegou a 30 dias do vencimento. Vendas canceladas até a data-base não contam."
)


@drawn
def show_months(months: Mapping[date, FirstPayments], shown: View) -> Exhibit:
    """FPD30 by month of sale."""
    counted = {f"{month:%Y-%m}": counts for month, counts in months.items()}
    names = {f"{month:%Y-%m}": month_label(month) for month in months}
    leads = {
        f"{month:%Y-%m}": _lead(
            f"Vendas de {month_name(month)}", counts, shown, month, month_end(month)
        )
        for month, counts in months.items()
        if counts.unpaid
    }
    judged = {month_name(month): counts for month, counts in months.items() if counts.reached}
    return exhibit(
        "Primeira nota não paga, por mês da venda",
        charts.first_payments(counted, names) if judged else None,
        key="fpd-months",
        definition=FPD30,
        sentence=_sentence(judged, "o mês com mais é"),
        table=_table("Mês da venda", counted, names),
        file_name=f"primeira-nota-por-mes-{shown.as_of}",
        alt="Vendas sem a primeira nota paga 30 dias depois do vencimento, por mês da venda",
        leads=leads,
        empty=None if judged else NOT_REACHED,
    )


def show_sellers(sellers: Mapping[str, FirstPayments], first: date, shown: View) -> None:
    """FPD30 by seller, of the sales since a month, the highest share first."""
    _show_sellers(sellers, first, shown, view.read_sellers())


@drawn
def _show_sellers(
    sellers: Mapping[str, FirstPayments],
    first: date,
    shown: View,
    people: Sequence[tuple[int, str]],
) -> Exhibit:
    worst_first = sorted(
        sellers, key=lambda key: (-(sellers[key].rate or 0), -sellers[key].reached, key)
    )
    names = _seller_names(worst_first, people)
    leads = {
        key: _lead(names[key], sellers[key], shown, first, shown.as_of, seller=key)
        for key in worst_first
        if sellers[key].unpaid
    }
    by_name = {names[key]: sellers[key] for key in worst_first}
    return exhibit(
        "Primeira nota não paga, por vendedor",
        charts.first_payments(sellers, names) if sellers else None,
        key="fpd-sellers",
        definition=f"{FPD30} Contam as vendas desde {month_name(first)}.",
        sentence=_sentence(by_name, "quem tem mais é"),
        table=_table("Vendedor", sellers, names),
        file_name=f"primeira-nota-por-vendedor-{shown.as_of}",
        alt="Vendas sem a primeira nota paga 30 dias depois do vencimento, por vendedor",
        leads=leads,
        empty=None if sellers else NOT_REACHED,
    )


def _lead(
    who: str, counts: FirstPayments, shown: View, first: date, last: date, **more: str
) -> Lead:
    """The first notes that were unpaid 30 days after they were due, paid since or not."""
    return Lead(
        f"{who}: {charts.said_counts(counts)}",
        NOTES,
        shown.filters(status="all", first=30, sold_from=first, sold_to=last, **more),
    )


def _seller_names(keys: Sequence[str], people: Sequence[tuple[int, str]]) -> dict[str, str]:
    """Name of each seller, with the id where two have the same name."""
    known = {str(user_id): name for user_id, name in people}
    names = {key: known.get(key, "Sem vendedor") for key in keys}
    twice = {name for name in names.values() if list(names.values()).count(name) > 1}
    return {key: f"{name} (nº {key})" if name in twice else name for key, name in names.items()}


def _sentence(judged: Mapping[str, FirstPayments], worst_is: str) -> str:
    """All of them together, and the highest share among those with enough sales."""
    reached = sum(counts.reached for counts in judged.values())
    unpaid = sum(counts.unpaid for counts in judged.values())
    total = FirstPayments(reached, unpaid)
    said = (
        "Das vendas que já passaram 30 dias do vencimento da primeira nota "
        f"({format_count(reached)}), {format_rate(total.rate)} chegaram ali sem pagá-la "
        f"({format_count(unpaid)})"
    )
    many = {name: counts for name, counts in judged.items() if counts.reached >= FEW}
    if len(many) < 2 or not unpaid:
        return f"{said}."
    name = max(many, key=lambda name: many[name].rate or 0)
    counts = many[name]
    return f"{said}; {worst_is} {name}: {charts.said_counts(counts)} ({format_rate(counts.rate)})."


def _table(
    first: str, counted: Mapping[str, FirstPayments], names: Mapping[str, str]
) -> pd.DataFrame:
    """The counts and the share of each, in the order of the names."""
    return pd.DataFrame(
        {
            first: name,
            "Vendas que chegaram a 30 dias do primeiro vencimento": counted[key].reached,
            "Sem a primeira nota paga": counted[key].unpaid,
            "FPD30 (%)": rounded(counted[key].rate),
        }
        for key, name in names.items()
    )
