"""Customers: search and list, and the form of a new one (`?new=1`)."""

from __future__ import annotations

import streamlit as st

from credigestor.reports import customers
from credigestor.rules.identity import format_phone, format_tax_id
from credigestor.rules.permissions import Permission
from credigestor.ui.counter.customer_form import begin_new, new_customer
from credigestor.ui.kit import address, data, downloads, links, messages, session, tables
from credigestor.ui.kit.figures import format_count

ACTIVE = {"active": True, "inactive": False, "all": None}
SITUATIONS = {"active": "Ativos", "inactive": "Inativos", "all": "Todos"}
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
    operation = begin_new(actor)
    messages.header("Novo cliente")
    links.link("counter/customers.py", "Voltar para a lista", icon=":material/arrow_back:")
    new_customer(actor, operation, today=today)


def show_list() -> None:
    links.return_to_list("counter/customers.py", "customers")
    messages.header("Clientes")
    if st.button("Novo cliente", type="primary", icon=":material/person_add:", shortcut="Alt+N"):
        links.go("counter/customers.py", new=1)
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
        text = address.text("Procurar", name="q", placeholder="Nome, CPF ou telefone", live="250ms")
        situation = address.choice("Situação", SITUATIONS, name="status", default="active")
        overdue = st.toggle("Só com notas atrasadas", key="overdue", bind="query-params")
    return customers.CustomerFilters(text, ACTIVE[situation], overdue)


def explain_nothing(filters: customers.CustomerFilters) -> None:
    if filters == customers.CustomerFilters():
        st.info("Ainda não há clientes. Use o botão “Novo cliente” para cadastrar o primeiro.")
    else:
        st.info("Nenhum cliente com esses filtros. Mude a busca ou a situação.")


if st.query_params.get("new") == "1":
    show_form()
else:
    show_list()
