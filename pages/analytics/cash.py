"""Previsão: what fell due against what came in, and what should come in the next twelve months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports.portfolio import collections, forecast
from credigestor.reports.portfolio.collections import Collection
from credigestor.reports.portfolio.forecast import Forecast
from credigestor.rules.aging import CURRENT
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import format_brl
from credigestor.rules.periods import month_end
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import coming, forecast_exhibits, view
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.forecast_exhibits import ANOTHER, NOTES, SOON, percent
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import cash as charts
from credigestor.ui.kit import cards, data, figures, messages, session
from credigestor.ui.kit.figures import format_rate, in_percent, in_points, rounded

COLLECTED = (
    "Principal das notas que vencem no mês, das vendas feitas e não canceladas até a data-base: "
    "pago até o último dia em dia, pago depois dele, atrasado e ainda a vencer. Eficiência da "
    "cobrança = (pago em dia + pago com atraso) ÷ tudo o que vence no mês."
)

session.require(Permission.ANALYTICS)

read_collections = data.portfolio(collections.collections)
read_month = data.portfolio(collections.collection)
read_forecast = data.portfolio(forecast.forecast)


def show_headline(shown: View, found: Sequence[Collection], coming: Forecast) -> None:
    """The last complete month beside an earlier one as old as it, and what should come soon."""
    back = 12 if shown.compare == "last-year" else 1
    before_on = collections.same_age(shown.as_of, back)
    now = last_complete(found, shown.as_of)
    earlier = collections.same_age(month_end(now.month), back).replace(day=1)
    before = read_month(earlier, before_on, shown.scope)
    since = f"ante {month_label(earlier)}"
    same_age = f"{month_label(earlier)} é visto em {format_date(before_on)}, com a mesma idade."
    soon = coming.within(SOON)
    soon_before = read_forecast(before_on, shown.scope).within(SOON)
    until = coming.months[SOON - 1].due_to
    cards.show(
        cards.card(
            f"Eficiência da cobrança em {month_label(now.month)}",
            format_rate(now.efficiency),
            in_points(now.efficiency, before.efficiency),
            since,
            [item.efficiency or Decimal(0) for item in complete(found, shown.as_of)],
            help=f"{COLLECTED} Para comparar, {same_age}",
        ),
        cards.card(
            f"Pago em dia em {month_label(now.month)}",
            format_rate(now.on_time_share),
            in_points(now.on_time_share, before.on_time_share),
            since,
            [item.on_time_share or Decimal(0) for item in complete(found, shown.as_of)],
            help="Principal pago até o último dia em dia ÷ tudo o que vence no mês. "
            f"Para comparar, {same_age}",
        ),
        cards.card(
            f"Deve entrar até {format_date(until)}",
            figures.NOTHING if soon.expected is None else format_brl(soon.expected),
            in_percent(soon.expected or Decimal(0), soon_before.expected or Decimal(0)),
            f"desde {format_date(before_on)}",
            [month.coming.expected or Decimal(0) for month in coming.months],
            color="blue",
            chart="bar",
            help="O esperado do que vence no mês da data-base e nos dois seguintes, sem o já "
            "atrasado. O gráfico pequeno mostra os próximos doze meses.",
        ),
    )


def complete(found: Sequence[Collection], as_of: date) -> list[Collection]:
    """The months that are over."""
    last = collections.last_complete_month(as_of)
    return [item for item in found if item.month <= last]


def last_complete(found: Sequence[Collection], as_of: date) -> Collection:
    """The newest month that is over."""
    return complete(found, as_of)[-1]


def collected_table(found: Sequence[Collection]) -> pd.DataFrame:
    """A row for each month."""
    return pd.DataFrame(
        {
            "Mês de vencimento": month_label(item.month),
            "Total do mês": item.expected,
            **{part: getattr(item, field) for part, (field, _) in charts.PARTS.items()},
            "Já pago (%)": rounded(item.efficiency),
            "Pago em dia (%)": rounded(item.on_time_share),
        }
        for item in found
    )


@drawn
def show_collected(shown: View, found: Sequence[Collection]) -> Exhibit:
    """What fell due in each month and what came of it, in R$."""
    some = any(item.expected for item in found)
    return exhibit(
        "Venceu e entrou, por mês de vencimento",
        charts.collected(found) if some else None,
        key="collected",
        definition=COLLECTED,
        sentence=collected_sentence(last_complete(found, shown.as_of)),
        table=collected_table(found),
        file_name=f"venceu-e-entrou-{shown.as_of}",
        alt="Principal das notas que vencem em cada mês: pago em dia, com atraso e em aberto",
        leads=collected_leads(found, shown),
        empty=None if some else f"Nenhuma nota venceu nos últimos 12 meses. {ANOTHER}",
    )


def over(found: Sequence[Collection], shown: View) -> list[Collection]:
    """The months that are over and in which something fell due."""
    return [item for item in complete(found, shown.as_of) if item.expected]


@drawn
def show_efficiency(shown: View, found: Sequence[Collection]) -> Exhibit:
    """What came of what fell due in each month that is over, in percent."""
    judged = over(found, shown)
    return exhibit(
        "Eficiência da cobrança, em % do que venceu",
        charts.efficiency(complete(found, shown.as_of)),
        key="efficiency",
        definition=f"{COLLECTED} Só meses completos; os mais recentes ainda vão subir.",
        sentence=efficiency_sentence(judged),
        table=collected_table(found),
        file_name=f"eficiencia-da-cobranca-{shown.as_of}",
        alt="Parte do que venceu em cada mês que foi paga, e paga em dia",
        leads={f"{item.month:%Y-%m}": month_lead(item, shown) for item in reversed(judged)},
    )


def month_lead(item: Collection, shown: View, status: str = "all", **more: str) -> Lead:
    """The notes due in a month, all of them or those of one status."""
    dates = {"due_from": item.month, "due_to": month_end(item.month)}
    label = f"Vencem em {month_name(item.month)}: {format_brl(item.expected)}"
    return Lead(label, NOTES, shown.filters(status=status, **more, **dates))


def collected_leads(found: Sequence[Collection], shown: View) -> dict[str, Lead]:
    """By the id of a part: all notes of its month for what was paid, else the open ones."""
    leads = {}
    for item in reversed(found):
        if item.expected:
            leads[charts.part_id(item, charts.ON_TIME)] = month_lead(item, shown)
        for part, params in (
            (charts.OVERDUE, {"status": "overdue"}),
            (charts.NOT_DUE, {"status": "open", "band": CURRENT}),
        ):
            amount = getattr(item, charts.PARTS[part][0])
            if amount:
                label = f"{month_name(item.month)}, {part.lower()}: {format_brl(amount)}"
                lead = month_lead(item, shown, **params)
                leads[charts.part_id(item, part)] = Lead(
                    label[0].upper() + label[1:], lead.file, lead.params
                )
    return leads


def collected_sentence(last: Collection) -> str:
    """How the last complete month was paid."""
    month = month_name(last.month)
    if not last.expected:
        return f"Nenhuma nota venceu em {month}."
    return (
        f"Do que venceu em {month}, {percent(last.efficiency)} já foi pago: "
        f"{percent(last.on_time_share)} em dia e {percent(last.late_share)} com atraso."
    )


def efficiency_sentence(over: Sequence[Collection]) -> str:
    """The best and the worst of the complete months."""
    shares = [(item.efficiency or Decimal(0), item.month) for item in over]
    (worst, worst_month), (best, best_month) = min(shares), max(shares)
    if len(shares) == 1:
        return f"{percent(best)} do que venceu em {month_name(best_month)} já foi pago."
    return (
        f"Dos meses completos, o mais pago é {month_name(best_month)} ({percent(best)}) e o menos "
        f"pago, {month_name(worst_month)} ({percent(worst)})."
    )


messages.header(
    "Previsão", "O que venceu e o que entrou, e o que deve entrar nos próximos 12 meses."
)
coming.tell("Previsão")
chosen = view.choose(period=False)
with st.skeleton(320):
    collected = read_collections(chosen.as_of, chosen.scope)
    coming_in = read_forecast(chosen.as_of, chosen.scope)
show_headline(chosen, collected, coming_in)
show_collected(chosen, collected)
if over(collected, chosen):
    show_efficiency(chosen, collected)
forecast_exhibits.show(chosen, coming_in)
