"""The cash forecast on its page: what should come in, and the shares behind it (R21)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio import forecast
from credigestor.reports.portfolio.forecast import Coming, ComingBand, Forecast
from credigestor.rules.aging import BAND_NAMES, CURRENT, bands_over
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import format_brl, format_percent
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import cash as charts
from credigestor.ui.kit import tables
from credigestor.ui.kit.figures import format_rate, rounded

NOTES = "counter/notes.py"
#: Months that are looked at first: the as-of date's own and those that follow it.
SOON = 3
ANOTHER = "Escolha outra data-base ou limpe os filtros; com o tempo, esta parte se enche sozinha."
FORECAST = (
    "Principal em aberto pelo mês do vencimento (pelo contrato) e, ao lado, a parte dele que deve "
    "ser paga: cada nota vezes a parte que as notas da mesma faixa de atraso já pagaram. O que "
    "está atrasado fica numa barra à parte. A conta diz quanto deve ser pago, em dia ou depois, e "
    "não em que dia o dinheiro entra. Juros e multa não contam."
)
SHARES = (
    "Do principal que já saiu da faixa, porque foi pago ou porque passou para uma faixa mais "
    "atrasada, a parte que foi paga, nela ou mais tarde. O que está em aberto em faixas mais "
    "atrasadas conta como não pago; na última, o que está em aberto nela. Fica em branco enquanto "
    "nada saiu da faixa."
)
BAND_LABELS = {
    "band": "Faixa",
    "paid": "Já pago",
    "unpaid": "Seguiu em aberto",
    "share": "Parte paga",
    "open": "Em aberto agora",
    "expected": "Deve entrar",
}


def show(shown: View, found: Forecast) -> None:
    """What should come in by month, and how the bands have been paid before."""
    show_coming(shown, found)
    if found.within(forecast.MONTHS).contractual or found.overdue.contractual:
        show_shares(shown, found.bands)
        if any(item.history.share is not None for item in found.bands):
            show_shares_table(found.bands)


@drawn
def show_coming(shown: View, found: Forecast) -> Exhibit:
    """What should come in by month."""
    whole, overdue = found.within(forecast.MONTHS), found.overdue
    some = bool(whole.contractual or overdue.contractual)
    bars = {
        charts.OVERDUE: overdue,
        **{month_label(month.due_to): month.coming for month in found.months},
        "Depois": found.later,
    }
    return exhibit(
        "O que deve entrar nos próximos 12 meses",
        charts.forecast_bars(found) if some else None,
        key="forecast",
        definition=FORECAST,
        sentence=forecast_sentence(found),
        table=pd.DataFrame(
            {
                "Vencimento": label,
                charts.CONTRACT: coming.contractual,
                charts.EXPECTED: coming.expected,
                "Esperado ÷ contrato (%)": rounded(coming.share),
                "Sem histórico": coming.unknown,
            }
            for label, coming in bars.items()
        ),
        file_name=f"previsao-de-caixa-{shown.as_of}",
        alt="Principal a receber por mês de vencimento, pelo contrato e o esperado",
        leads=forecast_leads(found, shown),
        empty=None if some else f"Nada a receber nos próximos 12 meses. {ANOTHER}",
    )


def forecast_leads(found: Forecast, shown: View) -> dict[str, Lead]:
    """By the id of a bar: the overdue notes, or those not overdue that are due in a month."""
    leads = {}
    if found.overdue.contractual:
        label = f"{charts.OVERDUE}: {format_brl(found.overdue.contractual)}"
        leads["overdue"] = Lead(
            label, NOTES, shown.filters(status="open", band=list(bands_over(0)))
        )
    for month in found.months:
        if month.coming.contractual:
            params = shown.filters(
                status="open", band=CURRENT, due_from=month.due_from, due_to=month.due_to
            )
            label = f"A vencer em {month_name(month.due_to)}: "
            label += format_brl(month.coming.contractual)
            leads[f"{month.due_to:%Y-%m}"] = Lead(label, NOTES, params)
    return leads


def forecast_sentence(found: Forecast) -> str:
    """What falls due soon and in the year, what should come of it, and of what is overdue."""
    soon, whole = found.within(SOON), found.within(forecast.MONTHS)
    overdue, later = found.overdue, found.later
    until = format_date(found.months[SOON - 1].due_to)
    said = [
        f"Nos próximos {SOON} meses, até {until}, vencem {format_brl(soon.contractual)}"
        f"{worth(soon)}.",
        f"Em 12 meses, {format_brl(whole.contractual)}{worth(whole)}.",
    ]
    if later.contractual:
        said.append(f"Depois disso, mais {format_brl(later.contractual)}.")
    if overdue.contractual:
        said.append(f"Já estão atrasados {format_brl(overdue.contractual)}{worth(overdue)}.")
    return " ".join(said)


def worth(coming: Coming) -> str:
    """What should come of an amount, to go on a sentence with."""
    if not coming.contractual:
        return ""
    if coming.expected is None:
        return "; ainda não há histórico para dizer quanto deve entrar"
    said = f"; pelo histórico, devem entrar {format_brl(coming.expected)} ({percent(coming.share)})"
    if coming.unknown:
        said += f", sem contar {format_brl(coming.unknown)} em faixas ainda sem histórico"
    return said


@drawn
def show_shares(shown: View, bands: Sequence[ComingBand]) -> Exhibit:
    """How each band has been paid before, as bars."""
    known = [item for item in bands if item.history.share is not None]
    return exhibit(
        "Quanto costuma ser pago, por faixa de atraso",
        charts.shares(bands) if known else None,
        key="shares",
        definition=SHARES,
        sentence=shares_sentence(known),
        table=_rows(bands).rename(columns=BAND_LABELS | {"share": "Parte paga (%)"}),
        file_name=f"parte-paga-por-faixa-{shown.as_of}",
        alt="Parte do principal que já foi paga, por faixa de atraso",
        leads={
            item.band: Lead(
                f"{BAND_NAMES[item.band]}: {format_brl(item.coming.contractual)} em aberto",
                NOTES,
                shown.filters(status="open", band=item.band),
            )
            for item in bands
            if item.coming.contractual
        },
        empty=None if known else f"Nada venceu ainda: não há histórico. {ANOTHER}",
    )


def show_shares_table(bands: Sequence[ComingBand]) -> None:
    """How each band has been paid before, as a table."""
    rows = _rows(bands)
    rows["share"] = [format_rate(item.history.share) for item in bands]
    money = ["paid", "unpaid", "open", "expected"]
    tables.table(rows, BAND_LABELS, key="shares_table", money=money)


def _rows(bands: Sequence[ComingBand]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "band": BAND_NAMES[item.band],
            "paid": item.history.paid,
            "unpaid": item.history.unpaid,
            "share": rounded(item.history.share),
            "open": item.coming.contractual,
            "expected": item.coming.expected,
        }
        for item in bands
    )


def shares_sentence(known: Sequence[ComingBand]) -> str:
    """How the first two bands with a history have been paid."""
    said = [
        f"{'De cada R$ 100 que já saíram de' if not place else 'de'} "
        f"“{BAND_NAMES[item.band]}”, {format_brl(item.history.share or 0)}"
        f"{' foram pagos' if not place else ''}"
        for place, item in enumerate(known[:2])
    ]
    return "; ".join(said) + "."


def percent(share: Decimal | None) -> str:
    """A share in a sentence, with one decimal."""
    return format_percent(share or 0, 1)
