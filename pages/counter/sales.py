"""Sales: the list with its filters and totals; a row opens the sale."""

from __future__ import annotations

import streamlit as st

from credigestor.reports import sales
from credigestor.reports.sales import Filters, Totals
from credigestor.rules.money import format_brl
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Permission
from credigestor.ui import data, kit, session
from credigestor.ui.figures import format_count

NOBODY = 0  # in place of a seller's id: sales without one
SITUATIONS = {"Todas": None, "Ativas": False, "Canceladas": True}
LABELS = {
    "number": "Venda",
    "sold_on": "Data",
    "customer": "Cliente",
    "total": "Total",
    "installments": "Parcelas",
    "owed": "A receber hoje",
    "seller": "Vendedor",
    "situation": "Situação",
    "description": "Descrição",
}


def filters_area() -> Filters:
    """The filters; each lives in the address."""
    text = st.text_input(
        "Procurar",
        key="busca",
        type="search",
        live="300ms",
        bind="query-params",
        placeholder="Cliente, número ou descrição",
        autocomplete="off",
    )
    names = {**dict(data.read(sales.sellers)), NOBODY: "Sem vendedor"}
    with st.grid(4, min_column_width=150):
        sold_from = kit.date_field("De", None, key="de", bind="query-params")
        sold_to = kit.date_field("Até", None, key="ate", bind="query-params")
        seller = st.selectbox(
            "Vendedor",
            list(names),
            index=None,
            format_func=lambda id_: names.get(id_, ""),
            placeholder="Todos",
            key="vendedor",
            bind="query-params",
        )
        situation = st.selectbox("Situação", list(SITUATIONS), key="situacao", bind="query-params")
    return Filters(
        text=text or "",
        seller_id=seller or None,
        without_seller=seller == NOBODY and seller is not None,
        sold_from=sold_from,
        sold_to=sold_to,
        cancelled=SITUATIONS.get(situation),
    )


def totals_area(totals: Totals) -> None:
    """How many sales, and their sums."""
    with st.grid(4, min_column_width=150):
        st.metric("Vendas", format_count(totals.count - totals.cancelled))
        st.metric("Total vendido", format_brl(totals.total))
        st.metric("Entradas", format_brl(totals.down_payment))
        st.metric("Financiado", format_brl(totals.financed))
    if totals.cancelled:
        gone = "1 cancelada" if totals.cancelled == 1 else f"{totals.cancelled} canceladas"
        st.caption(f"Fora dos totais: {gone}.")


def sales_page() -> None:
    """The whole page."""
    session.require(Permission.COUNTER)
    today = data.settings().today
    kit.return_to_list("counter/sales.py", "sales")
    kit.header("Vendas")
    kit.link("counter/new_sale.py", "Nova venda", icon=":material/add_shopping_cart:")
    filters = filters_area()
    totals = data.read(sales.totals, filters)
    if not totals.count:
        if filters == Filters():
            st.info("Nenhuma venda ainda. Comece por “Nova venda”.", icon=":material/receipt_long:")
        else:
            st.info("Nenhuma venda com esses filtros. Limpe ou mude algum deles.")
        return
    totals_area(totals)
    offset = kit.pager(totals.count, key=f"sales_page:{hash(filters)}")
    frame = data.read(sales.page, filters, today=today, offset=offset, limit=kit.ROWS_A_PAGE)
    frame["number"] = [sale_number(id_) for id_ in frame["id"]]
    frame["situation"] = ["Cancelada" if gone else "" for gone in frame["cancelled"]]
    st.caption("Marque uma linha para abrir a venda.")
    kit.table(
        frame,
        LABELS,
        key="sales",
        money=["total", "owed"],
        dates=["sold_on"],
        opens="counter/sale.py",
    )


sales_page()
