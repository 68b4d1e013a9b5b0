"""Safras: what became of the sales of each month, and who does not pay the first note."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports.portfolio import first_payment, vintages
from credigestor.reports.portfolio.vintages import Cell
from credigestor.rules.aging import OVER_DAYS
from credigestor.rules.calendar import format_date, month_label, month_name
from credigestor.rules.money import format_brl, round_cents
from credigestor.rules.periods import month_end
from credigestor.rules.permissions import Permission
from credigestor.ui.analytics import coming, first_payments, view
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.view import View
from credigestor.ui.charts import theme
from credigestor.ui.charts import vintages as charts
from credigestor.ui.charts.vintages import age_words
from credigestor.ui.kit import address, data, messages, session
from credigestor.ui.kit.figures import format_rate, rounded

OVER = {str(days): f"Mais de {days} dias" for days in OVER_DAYS}
NOTES = "counter/notes.py"
NO_SALES = (
    "Nenhuma venda financiada nas safras que já completaram um mês nesta data-base. Escolha uma "
    "data-base mais recente, limpe os filtros ou registre vendas a prazo."
)

session.require(Permission.ANALYTICS)

read_vintages = data.portfolio(vintages.vintages)
read_by_month = data.portfolio(first_payment.by_month)
read_by_seller = data.portfolio(first_payment.by_seller)


def choose_over() -> int:
    """Which lateness counts, kept in the address."""
    return int(address.choice("Atraso", OVER, name="over", default="30", segmented=True))


def financed(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of the months that sold something on credit."""
    return [cell for cell in cells if cell.financed]


def since_first(cells: Sequence[Cell]) -> list[Cell]:
    """The cells from the first such month on."""
    known = financed(cells)
    return [cell for cell in cells if known and cell.cohort >= known[0].cohort]


def definition(over: int) -> str:
    """What a share of a month of sale is."""
    return (
        f"Saldo em aberto, com o contrato inteiro, das vendas que têm uma nota com mais de {over} "
        "dias de atraso ao fim do mês ÷ principal financiado pelas vendas da safra. As canceladas "
        "até aquele dia não contam. Meses que ainda não terminaram ficam em branco."
    )


@drawn
def show_vintages(cells: Sequence[Cell], over: int, shown: View) -> Exhibit:
    """The cells as a heat map."""
    known, cells = financed(cells), since_first(cells)
    return exhibit(
        f"Safras: mais de {over} dias de atraso, em % do financiado",
        charts.heat_map(cells, over) if known else None,
        key=f"heat-{over}",
        definition=definition(over),
        sentence=vintage_sentence(cells, vintages.telling(cells, over), over),
        table=matrix(known, over),
        file_name=f"safras-mais-de-{over}-dias-{shown.as_of}",
        alt=f"Parte de cada safra com mais de {over} dias de atraso, mês a mês",
        leads=cell_leads(known, over, shown),
        empty=None if known else NO_SALES,
    )


@drawn
def show_curves(cells: Sequence[Cell], over: int, shown: View) -> Exhibit:
    """The cells as curves."""
    known, cells = financed(cells), since_first(cells)
    spoken = vintages.telling(cells, over)
    best, worst = vintages.extremes(known, over)
    colors = ((best, theme.BLUE), (worst, theme.VIOLET), (spoken, theme.RED))
    return exhibit(
        f"Curvas das safras: mais de {over} dias de atraso",
        charts.curves(
            cells,
            over,
            named={month_label(cell.cohort): color for cell, color in colors if cell},
        ),
        key=f"curves-{over}",
        definition=f"{definition(over)} Cada linha é uma safra; uma linha acima das outras na "
        "mesma idade está pior do que elas. Em cor, as safras de que falam as frases.",
        sentence=range_sentence(best, worst, over),
        table=long_table(known, over),
        file_name=f"curvas-das-safras-mais-de-{over}-dias-{shown.as_of}",
        alt=f"Curvas das safras com mais de {over} dias de atraso",
        leads=cell_leads(known, over, shown),
    )


def cell_leads(cells: Sequence[Cell], over: int, shown: View) -> dict[str, Lead]:
    """The late notes of each cell, those of each cohort's newest cell first."""
    newest = {cell.cohort: cell for cell in cells}
    ordered = sorted(
        (cell for cell in cells if cell.balance(over)),
        key=lambda cell: (newest[cell.cohort] is not cell, -cell.cohort.toordinal(), -cell.age),
    )
    return {
        charts.cell_id(cell): Lead(
            f"Safra {month_label(cell.cohort)} em {format_date(cell.as_of)}: "
            f"{format_brl(cell.balance(over))}",
            NOTES,
            shown.filters(
                as_of=cell.as_of,
                sold_from=cell.cohort,
                sold_to=month_end(cell.cohort),
                contract_over=over,
            ),
        )
        for cell in ordered
    }


def vintage_sentence(cells: Sequence[Cell], spoken: Cell | None, over: int) -> str:
    """The newest cohort old enough to be judged, beside the earlier ones at the same age."""
    rate = spoken.rate(over) if spoken else None
    if spoken is None or rate is None:
        return (
            f"As safras ainda são novas: só {vintages.TELLING_AGE[over]} meses depois da venda dá "
            f"para falar de atrasos de mais de {over} dias."
        )
    said = (
        f"De cada R$ 100 financiados em {month_name(spoken.cohort)}, {format_brl(rate)} estavam, "
        f"em {format_date(spoken.as_of)}, em vendas com mais de {over} dias de atraso"
    )
    earlier = vintages.earlier_rate(cells, spoken, over)
    return said + ("." if earlier is None else f": {compared(rate, earlier)}.")


def compared(rate: Decimal, earlier: Decimal) -> str:
    """A rate beside that of the earlier cohorts, as a person says it."""
    now, before = round_cents(rate), round_cents(earlier)
    than = "igual à" if now == before else "mais do que a" if now > before else "menos do que a"
    return f"{than} média das safras anteriores com a mesma idade ({format_brl(before)})"


def range_sentence(best: Cell | None, worst: Cell | None, over: int) -> str:
    """The best and the worst cohort at the age from which they can be judged."""
    age = vintages.TELLING_AGE[over]
    if best is None or worst is None:
        return f"Ainda não há duas safras com {age} meses de idade para comparar."
    if best.rate(over) == worst.rate(over):
        return (
            f"Aos {age} meses, todas as safras têm o mesmo atraso: {format_rate(best.rate(over))} "
            "do financiado."
        )
    return (
        f"Aos {age} meses, a safra com mais atraso é a de {month_name(worst.cohort)} "
        f"({format_rate(worst.rate(over))} do financiado) e a com menos, a de "
        f"{month_name(best.cohort)} ({format_rate(best.rate(over))})."
    )


def matrix(cells: Sequence[Cell], over: int) -> pd.DataFrame:
    """A row for each cohort and a column for each age, in percent of the financed."""
    rows: dict[date, dict[str, object]] = {}
    for cell in cells:
        row = rows.setdefault(cell.cohort, {"Safra": month_label(cell.cohort)})
        row["Financiado"] = cell.financed
        row[f"{age_words(cell.age)} (%)"] = rounded(cell.rate(over))
    ages = sorted({cell.age for cell in cells})
    columns = ["Safra", "Financiado", *(f"{age_words(age)} (%)" for age in ages)]
    return pd.DataFrame(rows.values(), columns=columns, dtype=object)


def long_table(cells: Sequence[Cell], over: int) -> pd.DataFrame:
    """A row for each cell, with its amounts."""
    return pd.DataFrame(
        {
            "Safra": month_label(cell.cohort),
            "Meses desde a venda": cell.age,
            "Em": cell.as_of,
            "Financiado": cell.financed,
            f"Saldo das vendas com mais de {over} dias de atraso": cell.balance(over),
            "Do financiado (%)": rounded(cell.rate(over)),
        }
        for cell in cells
    )


messages.header(
    "Safras", "O que foi feito das vendas de cada mês, e quem não paga a primeira nota."
)
coming.tell("Safras")
chosen = view.choose(period=False, compare=False, own=address.words("over"))
with st.skeleton(320):
    found = read_vintages(chosen.as_of, scope=chosen.scope)
    by_month = read_by_month(chosen.as_of, scope=chosen.scope)
    by_seller = read_by_seller(chosen.as_of, scope=chosen.scope)
lateness = choose_over()
show_vintages(found, lateness, chosen)
if financed(found):
    show_curves(found, lateness, chosen)
first_payments.show_months(by_month, chosen)
first_payments.show_sellers(by_seller, next(iter(by_month)), chosen)
