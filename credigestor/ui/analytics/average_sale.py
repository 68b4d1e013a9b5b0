"""The average sale month by month, as exhibits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio import tickets
from credigestor.reports.portfolio.flows import Flow
from credigestor.rules.calendar import month_label
from credigestor.rules.money import ZERO, format_brl, format_number, format_percent
from credigestor.rules.periods import month_end
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts.portfolio import by_month
from credigestor.ui.kit.figures import format_count, rounded

SALES = "counter/sales.py"
NOTHING_SOLD = "Nenhuma venda nos doze meses até a data-base com estes filtros."


@drawn
def average_sale(view: View, months: Mapping[date, Flow]) -> Exhibit:
    """The average sale of each month, R$."""
    return _by_month(
        view,
        months,
        tickets.ticket,
        key="tickets",
        title="Ticket médio",
        definition="Total das vendas do mês, com as entradas, ÷ número delas, sem as canceladas.",
        show=format_brl,
        short=lambda value: format_count(int(value + Decimal("0.5"))),
        money=True,
    )


@drawn
def average_installments(view: View, months: Mapping[date, Flow]) -> Exhibit:
    """How many notes a sale of each month was split into on average."""
    return _by_month(
        view,
        months,
        tickets.installments,
        key="installments",
        title="Parcelas por venda",
        definition=(
            "Notas das vendas do mês ÷ número de vendas, sem as canceladas. Uma venda paga toda "
            "na entrada não tem notas e conta zero."
        ),
        show=format_number,
        short=lambda value: format_percent(value, 1).removesuffix("\xa0%"),
        money=False,
    )


def _by_month(
    view: View,
    months: Mapping[date, Flow],
    average: Callable[[Flow], Decimal | None],
    *,
    key: str,
    title: str,
    definition: str,
    show: Callable[[Decimal], str],
    short: Callable[[Decimal], str],
    money: bool,
) -> Exhibit:
    averages = [(first, flow, average(flow)) for first, flow in months.items()]
    known = [(first, flow, value) for first, flow, value in averages if value is not None]
    frame = pd.DataFrame(
        {
            "id": f"{first:%Y-%m}",
            "x": month_label(first),
            "value": float(value),
            "label": short(value),
            "average": show(value),
            "sales": format_count(flow.sales),
            "said": f"{month_label(first)}: {show(value)}",
        }
        for first, flow, value in known
    )
    return exhibit(
        f"{title} por mês",
        by_month(
            frame,
            xs=[month_label(first) for first in months],
            tips={"x": "Mês", "average": title, "sales": "Vendas"},
            money=money,
        )
        if known
        else None,
        key=key,
        definition=definition,
        sentence=_sentence(known, show),
        table=pd.DataFrame(
            {
                "Mês": month_label(first),
                "Vendas": flow.sales,
                "Total vendido": flow.sold,
                "Notas": flow.installments,
                title: rounded(value),
            }
            for first, flow, value in averages
        ),
        file_name=f"{title.lower().replace(' ', '-')}-por-mes",
        leads={
            f"{first:%Y-%m}": Lead(
                f"{month_label(first)}: {format_count(flow.sales, 'venda', 'vendas')}",
                SALES,
                view.filters(sold_from=first, sold_to=min(month_end(first), view.as_of)),
            )
            for first, flow, _ in known
        },
        alt=f"{title} em cada um dos doze meses",
        empty=None if known else NOTHING_SOLD,
    )


def _sentence(known: Sequence[tuple[date, Flow, Decimal]], show: Callable[[Decimal], str]) -> str:
    if not known:
        return ""
    first, flow, value = known[-1]
    sales = sum(flow.sales for _, flow, _ in known)
    mean = sum((value * flow.sales for _, flow, value in known), ZERO) / sales
    return (
        f"Em {month_label(first)}, {show(value)} em média "
        f"({format_count(flow.sales, 'venda', 'vendas')}); nos doze meses, {show(mean)}."
    )
