"""Sales: the list with its filters and totals; a row opens the sale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import streamlit as st

from credigestor.reports import sales
from credigestor.reports.sales import SaleFilters, SaleTotals
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Permission
from credigestor.rules.value_ranges import VALUE_RANGE_NAMES
from credigestor.ui.kit import (
    address,
    cards,
    data,
    downloads,
    links,
    lists,
    messages,
    rows,
    session,
    tables,
)
from credigestor.ui.kit.figures import format_count

#: Words of the address that limit the list.
NAMES = ("as_of", "q", "status", "sold_from", "sold_to", "seller", "city", "value")
SITUATIONS = {"": "Todas", "live": "Ativas", "cancelled": "Canceladas"}
LABELS = {
    "customer": "Cliente",
    "total": "Total",
    "owed": "A receber hoje",
    "number": "Venda",
    "sold_on": "Data",
    "installments": "Parcelas",
    "seller": "Vendedor",
    "situation": "Situação",
    "description": "Descrição",
}
#: Over every sale there is: kept until a write.
read_all = data.cached(sales.totals, primary=True)
GREATEST_FIRST = ("number", "sold_on", "total", "installments", "owed")


def filters_area(today: date) -> tuple[date, SaleFilters]:
    """The as-of date and the filters; each lives in the address."""
    with st.grid(3, min_column_width=165, vertical_alignment="bottom"):
        text = address.text(
            "Procurar", name="q", placeholder="Cliente, número ou descrição", live="300ms"
        )
        situation = address.choice("Situação", SITUATIONS, name="status")
        folded = address.more()
    with folded:
        sold_from = address.day("De", name="sold_from")
        sold_to = address.day("Até", name="sold_to")
        seller = address.seller()
        as_of = address.day(
            "Data-base",
            name="as_of",
            default=today,
            help="A lista mostra as vendas como estavam ao fim deste dia.",
        )
        city = address.city()
        value = address.value()
    with st.container(horizontal=True, gap="small"):
        address.between_badge("Vendas", sold_from, sold_to, "sold_from", "sold_to")
        address.seller_badge(seller)
        address.as_of_badge(as_of, today)
        if city:
            address.badge(address.customers_of(city), "city")
        if value:
            address.badge(f"Valor da venda: {VALUE_RANGE_NAMES[value]}", "value")
        address.clear(NAMES)
    return as_of or today, SaleFilters(
        text=text,
        seller=seller,
        city=city,
        value=value,
        sold_from=sold_from,
        sold_to=sold_to,
        cancelled={"live": False, "cancelled": True}.get(situation),
    )


def totals_area(totals: SaleTotals, label: str, read_owed: Callable[[], Decimal]) -> None:
    """How many sales, and their sums; what they owe, called `label`, is read where it is shown."""
    summed = lists.summed(totals.count, "Somar o que resta a receber")
    sums = {
        "Vendas": format_count(totals.count - totals.cancelled - totals.renegotiations),
        "Total vendido": format_brl(totals.total),
        "Entradas": format_brl(totals.down_payment),
        "Financiado": format_brl(totals.financed),
    }
    cards.figures(sums | ({label: format_brl(read_owed())} if summed else {}))
    if totals.cancelled:
        gone = format_count(totals.cancelled, "cancelada", "canceladas")
        st.caption(f"Fora dos totais: {gone}.")
    if totals.renegotiations:  # no goods sold (R15)
        renewed = format_count(totals.renegotiations, "renegociação", "renegociações")
        st.caption(
            messages.plain(f"Fora do vendido: {renewed}, {format_brl(totals.renegotiated)}.")
        )


def sales_page() -> None:
    """The whole page."""
    actor = session.require(Permission.COUNTER)
    today = data.today()
    messages.header("Vendas")
    links.link("counter/new_sale.py", "Nova venda", icon=":material/add_shopping_cart:")
    as_of, filters = filters_area(today)
    unlimited = filters == SaleFilters()
    totals = (
        read_all(filters, as_of=as_of)
        if unlimited
        else data.read(sales.totals, filters, as_of=as_of)
    )
    if not totals.count:
        if filters == SaleFilters() and as_of == today:
            st.info("Nenhuma venda ainda. Comece por “Nova venda”.", icon=":material/receipt_long:")
        else:
            st.info("Nenhuma venda com esses filtros. Limpe ou mude algum deles.")
        return
    then = as_of != today
    labels = LABELS | {"owed": f"A receber em {format_date(as_of)}"} if then else LABELS
    totals_area(
        totals,
        labels["owed"],
        lambda: data.read(sales.owed, filters, as_of=as_of, today=today),
    )
    sorting = rows.sorting(
        sales.ORDERS,
        usual=sales.NEWEST_FIRST,
        many=(sales.SUMS, sales.MANY, totals.count),
        greatest_first=GREATEST_FIRST,
    )
    shown = lists.page(totals.count, key="sales", of=(as_of, filters, sorting.order))
    frame = data.read(
        sales.page,
        filters,
        as_of=as_of,
        today=today,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    frame["number"] = [sale_number(id_) for id_ in frame["id"]]
    frame["situation"] = ["Cancelada" if gone else "" for gone in frame["cancelled"]]
    if told := sorting.told(labels):
        st.caption(told)
    tables.table(
        frame,
        labels,
        key="sales",
        title="Vendas",
        money=["total", "owed"],
        dates=["sold_on"],
        opens="counter/sale.py",
        phone="phone",
        sorting=sorting,
        page=shown,
    )
    downloads.list_button(actor, "list_sales", filters, as_of=as_of, sort=sorting.order)


sales_page()
