"""The portfolio at a glance: what stands at a date, what moved in a period, and who owes."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from credigestor.reports import overview
from credigestor.reports.overview import Headline
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.scope import Scope
from credigestor.rules.calendar import format_date, month_label
from credigestor.rules.money import format_brl
from credigestor.rules.periods import month_end
from credigestor.rules.permissions import Permission
from credigestor.ui.admin.webhook_notice import draw_notice
from credigestor.ui.analytics import coming, inherited_risk, no_money, note_charts, view
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.analytics.live import current_day
from credigestor.ui.analytics.portfolio_risk import VARIANTS, WHOLE
from credigestor.ui.analytics.stock_cards import stock_cards
from credigestor.ui.analytics.view import View
from credigestor.ui.charts.stock_and_flow import CHARGES, RECEIVED, SOLD, bar_id, sold_and_received
from credigestor.ui.kit import cards, data, links, lists, messages, session, tables
from credigestor.ui.kit.figures import format_count, format_rate, in_percent

REFRESH = "15s"
DEBTORS = {
    "name": "Cliente",
    "principal": "Em aberto",
    "overdue": "Atrasado",
    "charges": "Juros e multa",
    "days_late": "Dias de atraso",
    "notes": "Notas",
}
NEXT_DUE = {"due_date": "Vencimento", "name": "Cliente", "owed": "Deve", "number": "Nota"}

actor = session.require(Permission.ANALYTICS)
opened_on = data.today()

read_headline = data.portfolio(overview.headline)
read_details = data.portfolio(overview.details)


def headline_of(seen: View, today: date) -> Headline:
    """The figures of the cards for a view."""
    return read_headline(seen.as_of, seen.period, seen.before, today=today, scope=seen.scope)


@st.fragment(run_every=REFRESH)
def show_headline(seen: View) -> None:
    """The headline figures, read anew every few seconds."""
    found = headline_of(seen, current_day(opened_on))
    show_stock_cards(found)
    show_rates(found, seen)
    show_flow_cards(found, seen)


def show_stock_cards(found: Headline) -> None:
    """What the shop has to receive, what of it is late, and the rate of the two."""
    now, before = found.stock, found.before
    day = format_date(now.as_of)
    st.header(f"Carteira em {day}", anchor=False)
    cards.show(
        *stock_cards(before, found.history, elsewhere="Outras definições estão mais abaixo."),
    )
    st.caption(
        messages.plain(
            f"{format_count(now.overdue_notes, 'nota atrasada', 'notas atrasadas')} de "
            f"{format_count(now.open_notes)} em aberto. Encargos das atrasadas até {day}: "
            f"juros de mora {format_brl(found.charges.interest)}, "
            f"multa {format_brl(found.charges.fine)}."
        )
    )
    inherited_risk.show(now)


def show_rates(found: Headline, seen: View) -> None:
    """Every variant of the delinquency rate with what it means (R17)."""
    now = found.stock
    with st.expander("Taxas de inadimplência e como são calculadas", icon=":material/percent:"):
        st.markdown(WHOLE)
        for variant in VARIANTS:
            amount = variant.amount(now, found.contracts)
            rate = format_rate(now.rate(amount))
            st.markdown(
                f"**{messages.plain(variant.label)}: {messages.plain(rate)}** "
                f"({messages.plain(format_brl(amount))})  \n{messages.plain(variant.definition)}"
            )
        links.link("analytics/portfolio.py", "Ver a carteira em detalhe", **seen.params())


def show_flow_cards(found: Headline, seen: View) -> None:
    """What was sold and received in the period."""
    now, before = found.flow, found.flow_before
    before_on, period_before = seen.before
    months = list(found.months.values())[-overview.HISTORY :]
    st.header(f"Movimento de {seen.period}", anchor=False)
    cards.show(
        cards.card(
            "Vendido",
            format_brl(now.sold),
            in_percent(now.sold, before.sold),
            seen.since,
            [month.sold for month in months],
            chart="bar",
            help="Total das vendas, com as entradas, sem as canceladas.",
        ),
        cards.card(
            "Recebido: principal",
            format_brl(now.principal),
            in_percent(now.principal, before.principal),
            seen.since,
            [month.principal for month in months],
            chart="bar",
            help="Pela data do pagamento, sem os estornados. As entradas não são pagamentos.",
        ),
        cards.card(
            "Recebido: juros e multa",
            format_brl(now.charges),
            in_percent(now.charges, before.charges),
            seen.since,
            [month.charges for month in months],
            chart="bar",
            help="Pela data do pagamento, sem os estornados.",
        ),
    )
    given = f"Descontos dados, fora do recebido: {format_brl(now.discount)}. "
    came_down = now.down_payments - found.down_by_credit
    down = f"Entradas, fora do recebido de notas: {format_brl(came_down)}. "
    st.caption(
        messages.plain(
            f"{format_count(now.sales, 'venda', 'vendas')}. Encargos recebidos: juros de mora "
            f"{format_brl(now.interest)}, multa {format_brl(now.fine)}. "
            f"{down if came_down else ''}{given if now.discount else ''}Comparado com: "
            f"{period_before}, como estava em {format_date(before_on)}. Os gráficos pequenos "
            "mostram os últimos doze meses."
        )
    )
    days = {"paid_from": str(seen.period.start), "paid_to": str(min(seen.period.end, seen.as_of))}
    with st.container(horizontal=True):
        links.link("counter/payments.py", "Recebido de notas, por forma", **days, reversed="no")
        links.link("counter/payments.py", "Entradas, por forma", **days, what="down")
    no_money.show(found, seen.as_of)


@st.fragment(run_every=REFRESH)
def show_details(seen: View) -> None:
    """Charts that lead to the notes, and the people behind them."""
    today = current_day(opened_on)
    found = headline_of(seen, today)
    if not found.stock.open_notes and not any(flow.sales for flow in found.months.values()):
        explain_nothing(seen)
        return
    below = read_details(seen.as_of, today=today, scope=seen.scope)
    with st.grid(2, min_column_width=340, border=True) as grid:
        with grid.cell():
            note_charts.aging(found.stock.bands, **seen.filters())
        with grid.cell():
            note_charts.due_months(below.dues, **seen.filters())
        with grid.cell(column_span="all"):
            show_months(found.months, seen)
        with grid.cell(column_span="all"):
            show_debtors(below.debtors)
        with grid.cell(column_span="all"):
            show_next_due(below.next_due, seen)


@drawn
def show_months(months: dict[date, Flow], seen: View) -> Exhibit:
    """Sold and received month by month; a bar opens the sales or the payments of its month."""
    newest = months[max(months)]
    discounts = any(flow.discount for flow in months.values())
    return exhibit(
        "Vendido e recebido por mês",
        sold_and_received(months),
        key="months",
        definition=(
            "Vendido pela data da venda, com as entradas, sem as canceladas; recebido pela data "
            "do pagamento, sem os estornados."
        ),
        sentence=(
            f"Em {month_label(max(months))} foram vendidos {format_brl(newest.sold)} e recebidos "
            f"{format_brl(newest.received)}, {format_brl(newest.charges)} deles de juros e multa."
        ),
        table=pd.DataFrame(
            {
                "Mês": month_label(month),
                "Vendas": flow.sales,
                "Vendido": flow.sold,
                "Principal recebido": flow.principal,
                "Juros recebidos": flow.interest,
                "Multa recebida": flow.fine,
                **({"Descontos dados": flow.discount} if discounts else {}),
            }
            for month, flow in months.items()
        ),
        file_name="vendido-e-recebido",
        leads={
            id_: lead
            for month, flow in reversed(months.items())
            for id_, lead in month_leads(month, flow, seen).items()
        },
        alt="Vendido e recebido em cada um dos 13 meses",
    )


def month_leads(month: date, flow: Flow, seen: View) -> dict[str, Lead]:
    """The sales of a month, and the payments that were received in it."""
    last, leads = min(month_end(month), seen.as_of), {}
    if flow.sales:
        leads[bar_id(month, SOLD)] = Lead(
            f"{month_label(month)}: {format_count(flow.sales, 'venda', 'vendas')}",
            "counter/sales.py",
            seen.filters(sold_from=month, sold_to=last),
        )
    if flow.received:
        whole = "" if seen.scope == Scope() else " (da loja toda)"
        received = Lead(
            f"{month_label(month)}: pagamentos recebidos{whole}",
            "counter/payments.py",
            {"paid_from": str(month), "paid_to": str(last), "reversed": "no"},
        )
        leads |= {bar_id(month, kind): received for kind in (RECEIVED, CHARGES)}
    return leads


def show_debtors(debtors: pd.DataFrame) -> None:
    """Who owes most; a row opens the customer."""
    st.header("Maiores devedores", anchor=False)
    if debtors.empty:
        st.info("Ninguém deve nada nesta data.", icon=":material/task_alt:")
        return
    tables.table(
        debtors,
        DEBTORS,
        key="debtors",
        money=["principal", "overdue", "charges"],
        opens="counter/customer.py",
        id_column="customer_id",
    )


def show_next_due(notes: pd.DataFrame, seen: View) -> None:
    """Notes of the next days; a row opens the note."""
    last = seen.as_of + timedelta(days=overview.NEXT_DAYS - 1)
    st.header("Próximos 7 dias", anchor=False)
    if notes.empty:
        st.info(f"Nenhuma nota vence até {format_date(last)}.", icon=":material/event_available:")
        return
    st.caption(f"Notas em aberto que vencem de {format_date(seen.as_of)} a {format_date(last)}.")
    tables.table(
        notes.head(lists.ROWS_A_PAGE),
        NEXT_DUE,
        key="next_due",
        money=["owed"],
        dates=["due_date"],
        opens="counter/note.py",
        id_column="note_id",
    )
    links.link(
        "counter/notes.py",
        "Ver todas na lista de notas",
        **seen.filters(status="open", due_from=seen.as_of, due_to=last),
    )


def explain_nothing(seen: View) -> None:
    """What to do when there is nothing to show yet."""
    if seen.params():
        st.info(
            f"Com estes filtros não há vendas até {format_date(seen.as_of)}. Mude a data-base ou "
            "limpe os filtros.",
            icon=":material/filter_alt_off:",
        )
        return
    st.info(
        f"Até {format_date(seen.as_of)} não há vendas. O painel se enche com a primeira venda a "
        "prazo.",
        icon=":material/monitoring:",
    )
    coming.tell("Painel")
    links.link("counter/new_sale.py", "Registrar uma venda", icon=":material/add_shopping_cart:")


messages.header("Painel")
draw_notice(actor)
chosen = view.choose(today=opened_on)
with st.skeleton(320):
    headline_of(chosen, opened_on)  # the parts below find it in the cache
show_headline(chosen)
show_details(chosen)
