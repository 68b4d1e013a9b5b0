"""Roll rates on the collection page: the matrix of a month, and the rates month by month (R20)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio.rolls import Origin, Roll
from credigestor.rules.aging import BAND_NAMES, BANDS, LIMITS
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import format_brl
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import collection as charts
from credigestor.ui.kit.figures import format_rate, rounded

NOTES = "counter/notes.py"
ANOTHER = "Escolha outra data-base ou limpe os filtros; com o tempo, esta parte se enche sozinha."
ROLL = (
    "Do principal que estava em cada faixa no fim do mês anterior, a parte que está em cada faixa "
    "no fim do mês. “Paga” é o resto: o que foi pago, também em parte, ou cancelado; na linha “A "
    "vencer”, também o que continua em dia. O que foi renegociado no mês não está pago: fica à "
    "parte, e as notas novas contam com o atraso antigo. À parte ficam também o que caiu por "
    "devolução de mercadoria e o que foi baixado por perda. Vendas feitas no mês não entram. Como "
    "os meses têm de 28 a 31 dias, uma nota pode ficar na faixa ou pular uma."
)


@drawn
def show_matrix(roll: Roll, shown: View) -> Exhibit:
    """Where the balance of each band was a month later."""
    known = [origin for origin in roll.origins if origin.balance]
    return exhibit(
        f"Rolagem em {month_name(roll.month)}, em % do saldo de cada faixa",
        charts.matrix(roll) if known else None,
        key=f"matrix-{roll.month:%Y-%m}",
        definition=ROLL,
        sentence=matrix_sentence(roll),
        table=pd.DataFrame(
            {
                f"Faixa em {format_date(roll.start)}": BAND_NAMES[origin.band],
                "Saldo da faixa": origin.balance,
                f"Em {format_date(roll.end)}": charts.end_name(origin.band, end),
                "Valor": amount,
                "Do saldo (%)": rounded(origin.share(amount)),
            }
            for origin in known
            for end, amount in charts.parts(origin)
        ),
        file_name=f"rolagem-{roll.month:%Y-%m}",
        alt=f"Para onde foi o saldo de cada faixa de atraso em {month_name(roll.month)}",
        leads=matrix_leads(roll, shown),
        empty=None
        if known
        else f"Nada estava em aberto em {format_date(roll.start)}. Escolha outro mês ou outra "
        "data-base, ou limpe os filtros.",
    )


def matrix_sentence(roll: Roll) -> str:
    """What became of the first band with a balance, the late ones before what was not due."""
    months = f"no fim de {month_name(roll.start)}"
    origin = next((row for row in roll.origins[1:] if row.balance), None)
    if origin is None:
        due = roll.origins[0]
        late = sum(due.went.values(), Decimal(0))
        return (
            f"Nada estava atrasado {months}. De cada R$ 100 a vencer, "
            f"{format_brl(due.share(late) or 0)} atrasaram em {month_name(roll.month)}."
        )
    rolled, cured = origin.share(origin.rolled) or 0, origin.share(origin.cured) or 0
    said = f"De cada R$ 100 que estavam na faixa {BAND_NAMES[origin.band]} {months}, "
    if origin.band != BANDS[-1]:
        following = BAND_NAMES[BANDS[BANDS.index(origin.band) + 1]]
        said += f"{format_brl(rolled)} passaram para {following} em {month_name(roll.month)} e "
    return f"{said}{format_brl(cured)} foram pagos."


def matrix_leads(roll: Roll, shown: View) -> dict[str, Lead]:
    """The notes that went from band to band; of what was paid, those that stood where it had."""
    return {
        charts.cell_id(roll, origin.band, end): standing(shown, roll, origin.band)
        if end in (charts.CURED, *charts.ENDED)
        else moved(shown, roll, origin, end)
        for origin in roll.origins
        for end, amount in charts.parts(origin)
        if amount
    }


def standing(shown: View, roll: Roll, *bands: str) -> Lead:
    """The notes that stood in some bands at the start of a month."""
    name = BAND_NAMES[bands[0]] if len(bands) == 1 else "Atrasadas"
    return Lead(
        f"{name} em {format_date(roll.start)}",
        NOTES,
        shown.filters(as_of=roll.start, status="open", band=list(bands)),
    )


def moved(shown: View, roll: Roll, origin: Origin, end: str) -> Lead:
    """The notes that stood in one band at the start of a month and in another at its end."""
    before = BAND_NAMES[origin.band]
    return Lead(
        f"{month_label(roll.month)}, de {before} para {BAND_NAMES[end]}: "
        f"{format_brl(origin.went.get(end, Decimal(0)))}",
        NOTES,
        shown.filters(as_of=roll.end, status="open", band=[end], **_stood_in(origin.band, roll)),
    )


def _stood_in(band: str, roll: Roll) -> dict[str, date]:
    """Filters of the notes that stood in a band at the start of a month, by their dates alone."""
    place = BANDS.index(band)
    if not place:
        return {"late_from": roll.month, "sold_to": roll.start}
    found = {
        "late_to": roll.start,
        "due_to": roll.start - timedelta(days=LIMITS[place - 1] + 1),
    }
    if place < len(LIMITS):
        found["due_from"] = roll.start - timedelta(days=LIMITS[place])
    return found


@drawn
def show_rates(found: Sequence[Roll], shown: View) -> Exhibit:
    """The main roll rates and what was cured, month by month."""
    known = any(origin.balance for roll in found for origin in roll.origins)
    leads: dict[str, Lead] = {}
    for roll in reversed(found):
        for origin in roll.origins[: len(charts.ROLLING)]:
            end = BANDS[BANDS.index(origin.band) + 1]
            if origin.rolled:
                leads[charts.cell_id(roll, origin.band, end)] = moved(shown, roll, origin, end)
        if roll.overdue:
            leads[f"{roll.month:%Y-%m}"] = standing(shown, roll, *BANDS[1:])
    return exhibit(
        "Taxas de rolagem mês a mês",
        charts.rates(found) if known else None,
        key="rates",
        definition=f"{ROLL} Cada linha é a parte do saldo de uma faixa que passou à seguinte; "
        "“Pago” é a parte de tudo o que estava atrasado que deixou de estar, sem o que foi "
        "renegociado, devolvido ou baixado.",
        sentence=rates_sentence([roll for roll in found if roll.overdue]),
        table=pd.DataFrame(
            {
                "Mês": month_label(roll.month),
                **{
                    f"{charts.roll_name(origin.band)} (%)": rounded(origin.share(origin.rolled))
                    for origin in roll.origins[:-1]
                },
                "Atrasado no início": roll.overdue,
                "Pago (%)": rounded(roll.cured),
            }
            for roll in found
        ),
        file_name=f"taxas-de-rolagem-{shown.as_of}",
        alt="Taxas de rolagem e parte paga do atrasado, nos últimos 12 meses",
        leads=leads,
        empty=None if known else f"Nada em aberto nos últimos 12 meses completos. {ANOTHER}",
    )


def rates_sentence(late: Sequence[Roll]) -> str:
    """What was cured in the last month, beside all months before it."""
    if not late:
        return "Nada estava atrasado no início de nenhum destes meses."
    *earlier, last = late
    said = f"Em {month_name(last.month)}, {format_rate(last.cured)} do que estava atrasado foi pago"
    overdue = sum((roll.overdue for roll in earlier), Decimal(0))
    if not overdue:
        return f"{said}."
    cured = sum((origin.cured for roll in earlier for origin in roll.origins[1:]), Decimal(0))
    return f"{said}; nos meses anteriores, {format_rate(100 * cured / overdue)} em média."
