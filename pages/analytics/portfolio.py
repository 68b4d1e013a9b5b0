"""The portfolio at a date: what it is worth, what of it is late, who owes it, who sold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import streamlit as st

from credigestor.reports.portfolio import breakdown, flows, largest, stock
from credigestor.reports.portfolio.flows import Flow
from credigestor.reports.portfolio.stock import Stock
from credigestor.reports.portfolio.tickets import installments, ticket
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.calendar import format_date
from credigestor.rules.money import ZERO, format_brl, format_number
from credigestor.rules.periods import stock_dates
from credigestor.rules.permissions import Permission
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES, VALUE_RANGES
from credigestor.ui.analytics import average_sale as by_month
from credigestor.ui.analytics import coming, inherited_risk, portfolio_parts, portfolio_risk
from credigestor.ui.analytics.stock_cards import since, stock_cards
from credigestor.ui.analytics.view import View, choose, read_sellers
from credigestor.ui.kit import cards, data, figures, links, messages, session
from credigestor.ui.kit.figures import format_count, in_percent

MONTHS = 12

session.require(Permission.ANALYTICS)

read_stocks = data.portfolio(stock.stocks)
read_contracts = data.portfolio(stock.contracts)
read_debtors = data.portfolio(largest.debtors)
read_largest = data.portfolio(largest.debtors_by_name)
read_flow = data.portfolio(flows.flow)
read_months = data.portfolio(flows.by_month)
read_parts = data.portfolio(breakdown.parts)


def show_stock_cards(view: View, history: Sequence[Stock], before: Stock) -> None:
    """What there is to receive, how much of it is late and by how long, and who owes it."""
    now = history[-1]
    day = format_date(view.as_of)
    st.header(f"Carteira em {day}", anchor=False)
    owing, late = read_debtors(view.as_of, view.scope)
    owing_before, late_before = read_debtors(before.as_of, view.scope)
    cards.show(
        *stock_cards(before, history, elsewhere="As outras definições vêm logo abaixo."),
        cards.card(
            "Atraso médio",
            figures.whole_days(now.days_late),
            change(now.days_late, before.days_late),
            since(before),
            [item.days_late or ZERO for item in history],
            color="inverse",
            help="Média dos dias de atraso das notas atrasadas, contados do vencimento nominal. "
            "Cada nota conta uma vez, qualquer que seja o valor.",
        ),
    )
    cards.show(
        cards.card(
            "Clientes que devem",
            format_count(owing),
            in_percent(Decimal(owing), Decimal(owing_before)),
            since(before),
            [],
            color="blue",
            help="Clientes com alguma nota em aberto.",
        ),
        cards.card(
            "Clientes em atraso",
            format_count(late),
            in_percent(Decimal(late), Decimal(late_before)),
            since(before),
            [],
            color="inverse",
            help="Clientes com alguma nota atrasada.",
        ),
    )


def show_sale_cards(view: View, months: Mapping[date, Flow]) -> None:
    """The average sale of the period."""
    st.header(f"Vendas de {view.period}", anchor=False)
    before_on, period_before = view.before
    now = read_flow(view.period, as_of=view.as_of, scope=view.scope)
    before = read_flow(period_before, as_of=before_on, scope=view.scope)
    amount, pieces = ticket(now), installments(now)
    cards.show(
        cards.card(
            "Vendas",
            format_count(now.sales),
            in_percent(Decimal(now.sales), Decimal(before.sales)),
            view.since,
            [Decimal(flow.sales) for flow in months.values()],
            chart="bar",
            help="Vendas do período, sem as canceladas até a data-base.",
        ),
        cards.card(
            "Ticket médio",
            figures.NOTHING if amount is None else format_brl(amount),
            change(amount, ticket(before)),
            view.since,
            [ticket(flow) or ZERO for flow in months.values()],
            chart="bar",
            help="Total das vendas, com as entradas, ÷ número de vendas.",
        ),
        cards.card(
            "Parcelas por venda",
            figures.NOTHING if pieces is None else format_number(pieces),
            change(pieces, installments(before)),
            view.since,
            [installments(flow) or ZERO for flow in months.values()],
            color="blue",
            chart="bar",
            help="Notas das vendas ÷ número de vendas. Venda paga toda na entrada conta zero.",
        ),
    )


def change(now: Decimal | None, before: Decimal | None) -> str | None:
    """The change of a mean in percent; None when there was nothing to take the mean of."""
    return None if now is None or before is None else in_percent(now, before)


def show_risk(view: View, now: Stock, before: Stock) -> None:
    """What is late in every definition, and how few owe how much."""
    inherited_risk.show(now)
    contracts = read_contracts(view.as_of, view.scope)
    portfolio_risk.rates(view, now, contracts, before, read_contracts(before.as_of, view.scope))
    debtors, then = (
        read_largest(day, count=portfolio_risk.MANY, scope=view.scope)
        for day in (view.as_of, before.as_of)
    )
    before_amounts = [debtor.amount for debtor in then]
    portfolio_risk.concentration(view, debtors, now, before, before_amounts)


def show_parts(view: View) -> None:
    """By seller, by city, by the sale's value."""
    sellers = {str(id_): name for id_, name in read_sellers()}
    portfolio_parts.breakdown(
        view,
        read_parts("seller", view.as_of, view.period, view.scope),
        {NO_SELLER: "Sem vendedor", **sellers},
        key="seller",
        title="Por vendedor",
        one="vendedor",
        many="vendedores",
        other="Outros",
    )
    portfolio_parts.breakdown(
        view,
        read_parts("city", view.as_of, view.period, view.scope),
        {"": "Sem cidade"},
        key="city",
        title="Por cidade do cliente",
        one="cidade",
        many="cidades",
        other="Outras",
    )
    portfolio_parts.breakdown(
        view,
        read_parts("value", view.as_of, view.period, view.scope),
        VALUE_RANGE_NAMES,
        key="value",
        title="Por valor da venda",
        one="faixa de valor",
        many="faixas",
        other="Outras",
        ordered=VALUE_RANGES,
    )


def explain_nothing(view: View) -> None:
    """What to do when there is nothing to show yet."""
    filtered = " com estes filtros" if view.scope != Scope() else ""
    st.info(
        f"Até {format_date(view.as_of)} não há vendas a prazo{filtered}. "
        "A carteira se enche com a primeira.",
        icon=":material/account_balance:",
    )
    coming.tell("Carteira")
    links.link("counter/new_sale.py", "Registrar uma venda", icon=":material/add_shopping_cart:")


def show(view: View) -> None:
    """The page below its filters."""
    before_on, _ = view.before
    *history, before = read_stocks([*stock_dates(view.as_of, MONTHS), before_on], view.scope)
    months = read_months(view.as_of, count=MONTHS, scope=view.scope)
    if not any(item.receivable for item in history) and not any(
        flow.sales for flow in months.values()
    ):
        explain_nothing(view)
        return
    show_stock_cards(view, history, before)
    show_sale_cards(view, months)
    show_risk(view, history[-1], before)
    show_parts(view)
    with st.grid(2, min_column_width=340) as grid:
        with grid.cell():
            by_month.average_sale(view, months)
        with grid.cell():
            by_month.average_installments(view, months)


messages.header("Carteira")
chosen = choose()
with st.spinner("Somando a carteira…"):
    show(chosen)
