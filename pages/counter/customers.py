"""Customers: search and list, and the form of a new one (`?novo=1`)."""

from __future__ import annotations

import streamlit as st

from credigestor.reports import customers
from credigestor.rules.identity import format_phone, format_tax_id
from credigestor.rules.permissions import Permission
from credigestor.ui.counter.customer_form import new_customer
from credigestor.ui.kit import data, downloads, links, messages, session, tables
from credigestor.ui.kit.figures import format_count

ACTIVE = {"Ativos": True, "Inativos": False, "Todos": None}
LABELS = {
    "name": "Nome",
    "tax_id": "CPF ou CNPJ",
    "phone": "Telefone",
    "city": "Cidade",
    "owed": "Deve hoje",
    "overdue_notes": "Notas atrasadas",
}

actor = session.require(Permission.COUNTER)
today = data.today()


def show_form() -> None:
    messages.header("Novo cliente")
    links.link("counter/customers.py", "Voltar para a lista", icon=":material/arrow_back:")
    new_customer(actor, today=today)


def show_list() -> None:
    links.return_to_list("counter/customers.py", "customers")
    messages.header("Clientes")
    if st.button("Novo cliente", type="primary", icon=":material/person_add:", shortcut="Alt+N"):
        links.go("counter/customers.py", novo=1)
    filters = choose_filters()
    total = data.read(customers.count, filters, today=today)
    if not total:
        explain_nothing(filters)
        return
    st.caption(f"{format_count(total, 'cliente', 'clientes')}. Marque uma linha para abrir.")
    offset = tables.pager(total, key=f"customers-page:{filters}")
    frame = data.read(customers.page, filters, today=today, offset=offset, limit=tables.ROWS_A_PAGE)
    frame["tax_id"] = frame["tax_id"].map(format_tax_id)
    frame["phone"] = frame["phone"].map(format_phone, na_action="ignore")
    tables.table(frame, LABELS, key="customers", money=["owed"], opens="counter/customer.py")
    downloads.list_button(actor, "list_customers", filters)


def choose_filters() -> customers.CustomerFilters:
    with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
        text = st.text_input(
            "Procurar",
            key="busca",
            bind="query-params",
            type="search",
            live="250ms",
            icon=":material/search:",
            placeholder="Nome, CPF ou telefone",
        )
        active = st.selectbox("Situação", list(ACTIVE), key="situacao", bind="query-params")
        overdue = st.toggle("Só com notas atrasadas", key="atrasados", bind="query-params")
    return customers.CustomerFilters(text or "", ACTIVE[active], overdue)


def explain_nothing(filters: customers.CustomerFilters) -> None:
    if filters == customers.CustomerFilters():
        st.info("Ainda não há clientes. Use o botão “Novo cliente” para cadastrar o primeiro.")
    else:
        st.info("Nenhum cliente com esses filtros. Mude a busca ou a situação.")


if st.query_params.get("novo") == "1":
    show_form()
else:
    show_list()
