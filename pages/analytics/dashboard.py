"""The manager's first page: what stands at a date, what moved in a period, and who owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports import dashboard
from credigestor.reports.dashboard import Flow, Stock
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.periods import CUSTOM, PRESETS, Period, period_of, stock_dates
from credigestor.rules.permissions import Permission
from credigestor.ui import address, charts, data, figures, kit, note_charts, session
from credigestor.ui.figures import format_count, format_rate, in_percent, in_points

REFRESH = "15s"
SPARKLINE_MONTHS = 12
CHART_MONTHS = 13
#: Variants of the delinquency rate: field of Stock → label and definition (R17).
RATES = {
    "overdue": (
        "Atrasado, por nota",
        "Principal das notas atrasadas ÷ principal a receber. É a taxa do cartão acima.",
    ),
    "over_30": (
        "Mais de 30 dias, por nota",
        "Só as notas com mais de 30 dias de atraso.",
    ),
    "over_30_contract": (
        "Mais de 30 dias, com arrasto",
        "Tudo o que está em aberto nas vendas que têm uma nota com mais de 30 dias de atraso.",
    ),
    "over_90": (
        "Mais de 90 dias, por nota",
        "Só as notas com mais de 90 dias de atraso.",
    ),
    "over_90_contract": (
        "Mais de 90 dias, com arrasto",
        "Tudo o que está em aberto nas vendas que têm uma nota com mais de 90 dias de atraso.",
    ),
}
DEBTORS = {
    "name": "Cliente",
    "principal": "Principal em aberto",
    "overdue": "Atrasado",
    "charges": "Juros e multa",
    "days_late": "Dias de atraso",
    "notes": "Notas",
}
NEXT_DUE = {"due_date": "Vencimento", "name": "Cliente", "owed": "Deve", "number": "Nota"}

session.require(Permission.ANALYTICS)
opened_on = data.settings().today

read_stocks = data.cached(dashboard.stocks)
read_months = data.cached(dashboard.by_month)
read_aging = data.cached(dashboard.aging)
read_due_months = data.cached(dashboard.receivable_by_month)
read_debtors = data.cached(dashboard.largest_debtors)
read_next_due = data.cached(dashboard.next_due)


def follow_the_calendar() -> None:
    """On a screen left open over midnight, what was today's figures goes on being today's."""
    if st.session_state.get("as_of") == st.session_state.get("opened_on") != opened_on:
        st.session_state.pop("as_of", None)
    st.session_state["opened_on"] = opened_on


def choose_dates() -> tuple[date, Period]:
    """As-of date and period, kept in the address."""
    follow_the_calendar()
    with st.grid(4, min_column_width=170):
        as_of = kit.date_field(
            "Data-base",
            opened_on,
            key="as_of",
            bind="query-params",
            help="O painel mostra a loja como ela estava ao fim deste dia.",
        )
        as_of = as_of or opened_on
        preset = address.choice("Período", PRESETS, name="period", default="month")
        period = period_of(preset, as_of)
        if preset == CUSTOM:
            start = kit.date_field("De", period.start, key="from", bind="query-params")
            end = kit.date_field("Até", period.end, key="to", bind="query-params")
            period = custom_period(start or period.start, end or period.end)
    if as_of > opened_on:
        st.info("Data-base no futuro: ninguém pagou depois de hoje nesta conta.")
    return as_of, period


def custom_period(start: date, end: date) -> Period:
    """The period typed, or a word on why it cannot be one."""
    if end < start:
        st.error("O período termina antes de começar. Corrija uma das datas.")
        st.stop()
    return Period(start, end)


@st.fragment(run_every=REFRESH)
def show_headline(as_of: date, period: Period) -> None:
    """The headline figures, read anew every few seconds; history comes from the cache."""
    session.require(Permission.ANALYTICS)
    today = data.settings().today
    if today != opened_on:
        st.rerun()  # the whole page: its day is over
    [stock] = data.read(dashboard.stocks, [as_of], today=today)
    flow = data.read(dashboard.flow, period, as_of=as_of)
    before_on = as_of - timedelta(days=period.days)
    *history, before = read_stocks(
        [*stock_dates(as_of, SPARKLINE_MONTHS)[:-1], before_on], today=today
    )
    show_stock_cards(stock, before, [*history, stock])
    show_rates(stock)
    show_flow_cards(flow, data.read(dashboard.flow, period.previous, as_of=as_of), as_of, period)


def show_stock_cards(stock: Stock, before: Stock, history: Sequence[Stock]) -> None:
    """What the shop has to receive, what of it is late, and the rate of the two."""
    day = format_date(stock.as_of)
    st.subheader(f"Carteira em {day}")
    since = f"desde {format_date(before.as_of)}"
    with st.grid(3, min_column_width=230):
        figures.card(
            "A receber",
            format_brl(stock.receivable),
            in_percent(stock.receivable, before.receivable),
            since,
            [item.receivable for item in history],
            color="blue",  # to have less to receive is neither good nor bad
            help="Principal em aberto de todas as notas, sem juros e multa.",
        )
        figures.card(
            "Em atraso",
            format_brl(stock.overdue),
            in_percent(stock.overdue, before.overdue),
            since,
            [item.overdue for item in history],
            color="inverse",
            help="Principal das notas atrasadas, sem juros e multa.",
        )
        rate, rate_before = stock.rate("overdue"), before.rate("overdue")
        figures.card(
            "Inadimplência (atrasado, por nota)",
            format_rate(rate),
            in_points(rate, rate_before),
            since,
            [item.rate("overdue") or Decimal(0) for item in history],
            color="inverse",
            help="Principal atrasado ÷ principal a receber. Outras definições estão mais abaixo.",
        )
    st.caption(
        kit.plain(
            f"{format_count(stock.overdue_notes, 'nota atrasada', 'notas atrasadas')} de "
            f"{format_count(stock.open_notes)} em aberto. Encargos das atrasadas até {day}: "
            f"juros de mora {format_brl(stock.interest)}, multa {format_brl(stock.fine)}."
        )
    )


def show_flow_cards(flow: Flow, before: Flow, as_of: date, period: Period) -> None:
    """What was sold and received in the period."""
    st.subheader(f"Movimento de {period}")
    months = read_months(as_of, count=SPARKLINE_MONTHS)
    since = "ante o período anterior"
    with st.grid(3, min_column_width=230):
        figures.card(
            "Vendido",
            format_brl(flow.sold),
            in_percent(flow.sold, before.sold),
            since,
            [month.sold for month in months],
            chart="bar",
            help="Total das vendas, com as entradas, sem as canceladas.",
        )
        figures.card(
            "Recebido: principal",
            format_brl(flow.principal),
            in_percent(flow.principal, before.principal),
            since,
            [month.principal for month in months],
            chart="bar",
            help="Pela data do pagamento, sem os estornados. As entradas não são pagamentos.",
        )
        figures.card(
            "Recebido: juros e multa",
            format_brl(flow.charges),
            in_percent(flow.charges, before.charges),
            since,
            [month.charges for month in months],
            chart="bar",
            help="Pela data do pagamento, sem os estornados.",
        )
    st.caption(
        kit.plain(
            f"{format_count(flow.sales, 'venda', 'vendas')}. Encargos recebidos: juros de mora "
            f"{format_brl(flow.interest)}, multa {format_brl(flow.fine)}. Período anterior: "
            f"{period.previous}. Os gráficos pequenos mostram os últimos doze meses."
        )
    )


def show_rates(stock: Stock) -> None:
    """Every variant of the delinquency rate with what it means (R17)."""
    with st.expander("Taxas de inadimplência e como são calculadas", icon=":material/percent:"):
        for field, (label, definition) in RATES.items():
            rate, amount = format_rate(stock.rate(field)), format_brl(getattr(stock, field))
            st.markdown(
                f"**{kit.plain(label)}: {kit.plain(rate)}** ({kit.plain(amount)})  \n"
                f"{kit.plain(definition)}"
            )


@st.fragment(run_every=REFRESH)
def show_details(as_of: date) -> None:
    """Charts that lead to the notes, and the people behind them."""
    session.require(Permission.ANALYTICS)
    today = data.settings().today
    months = read_months(as_of, count=CHART_MONTHS)
    aging = read_aging(as_of, today=today)
    if not any(row.notes for row in aging) and not any(month.sales for month in months):
        explain_nothing(as_of)
        return
    if as_of != today:
        st.caption("Os gráficos são da data-base; as notas que eles abrem, como estão hoje.")
    with st.grid(2, min_column_width=340, border=True) as grid:
        with grid.cell():
            note_charts.aging(aging)
        with grid.cell():
            note_charts.due_months(read_due_months(as_of, today=today))
        with grid.cell(column_span="all"):
            st.subheader("Vendido e recebido por mês")
            st.altair_chart(
                charts.sold_and_received(months), alt="Vendido e recebido em cada um dos 13 meses"
            )
        with grid.cell(column_span="all"):
            show_debtors(read_debtors(as_of, today=today))
        with grid.cell(column_span="all"):
            show_next_due(read_next_due(as_of, today=today), as_of)


def show_debtors(debtors: pd.DataFrame) -> None:
    """Who owes most; a row opens the customer."""
    st.subheader("Maiores devedores")
    if debtors.empty:
        st.info("Ninguém deve nada nesta data.", icon=":material/task_alt:")
        return
    st.caption("Marque uma linha para abrir o cliente.")
    kit.table(
        debtors,
        DEBTORS,
        key="debtors",
        money=["principal", "overdue", "charges"],
        opens="counter/customer.py",
        id_column="customer_id",
    )


def show_next_due(notes: pd.DataFrame, as_of: date) -> None:
    """Notes of the next days; a row opens the note."""
    last = as_of + timedelta(days=dashboard.NEXT_DAYS - 1)
    st.subheader("Próximos 7 dias")
    if notes.empty:
        st.info(f"Nenhuma nota vence até {format_date(last)}.", icon=":material/event_available:")
        return
    st.caption(f"Notas em aberto que vencem de {format_date(as_of)} a {format_date(last)}.")
    kit.table(
        notes,
        NEXT_DUE,
        key="next_due",
        money=["owed"],
        dates=["due_date"],
        opens="counter/note.py",
        id_column="note_id",
        height=390,
    )
    kit.link(
        "counter/notes.py",
        "Ver todas na lista de notas",
        status="open",
        due_from=as_of,
        due_to=last,
    )


def explain_nothing(as_of: date) -> None:
    """What to do when there is nothing to show yet."""
    st.info(
        f"Até {format_date(as_of)} não há vendas. O painel se enche com a primeira venda a prazo.",
        icon=":material/monitoring:",
    )
    kit.link("counter/new_sale.py", "Registrar uma venda", icon=":material/add_shopping_cart:")


kit.header("Painel")
figures.quiet_sparklines()
chosen_date, chosen_period = choose_dates()
show_headline(chosen_date, chosen_period)
show_details(chosen_date)
