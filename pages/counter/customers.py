"""Customers: search and list, and the form of a new one (`?new=1`)."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from credigestor.reports import customers
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui.counter import newcomer
from credigestor.ui.counter.customer_form import begin_new, new_customer
from credigestor.ui.counter.customer_search import ALSO_SIMILAR, ONLY_SIMILAR
from credigestor.ui.kit import (
    address,
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

ACTIVE = {"active": True, "inactive": False, "all": None}
SITUATIONS = {"active": "Ativos", "inactive": "Inativos", "all": "Todos"}
LABELS = {
    "name": "Nome",
    "owed": "Deve hoje",
    "overdue_notes": "Notas atrasadas",
    "phone": "Telefone",
    "tax_id": "CPF ou CNPJ",
    "city": "Cidade",
}
USUAL = "name"

actor = session.require(Permission.COUNTER)
today = data.today()


def show_form() -> None:
    operation = begin_new(actor)
    messages.header("Novo cliente")
    if newcomer.waited_for():
        links.link("counter/new_sale.py", "Voltar para a venda", icon=":material/arrow_back:")
    else:
        links.link("counter/customers.py", "Voltar para a lista", icon=":material/arrow_back:")
    new_customer(actor, operation, today=today)


def show_list() -> None:
    messages.header("Clientes")
    if st.button("Novo cliente", type="primary", icon=":material/person_add:", shortcut="Alt+N"):
        links.go("counter/customers.py", new=1)
    filters = choose_filters()
    total = data.read(customers.count, filters, today=today)
    if not total:
        if not show_similar(filters, ONLY_SIMILAR):
            explain_nothing(filters)
        return
    sorting = rows.sorting(
        customers.ORDERS,
        usual=USUAL,
        many=(customers.SUMS, customers.MANY, total),
        greatest_first=customers.SUMS,
    )
    shown = lists.page(total, key="customers", of=(filters, sorting.order))
    frame = data.read(
        customers.page,
        filters,
        today=today,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    show_totals(filters, total)
    if told := sorting.told(LABELS):
        st.caption(told)
    show_rows(frame, "customers", sorting, shown)
    downloads.list_button(actor, "list_customers", filters, sort=sorting.order)
    if total < customers.FEW:
        show_similar(filters, ALSO_SIMILAR)


def show_totals(filters: customers.CustomerFilters, total: int) -> None:
    """How many the filters leave, and what all of them owe."""
    told = format_count(total, "cliente", "clientes")
    with st.container(horizontal=True, vertical_alignment="center"):
        place = st.empty()
        if lists.summed(total, "Somar o que devem"):
            owed, late = data.read(customers.owed, filters, today=today)
            told += f", que {'devem' if total > 1 else 'deve'} {format_brl(owed)} hoje"
            told += f", com {format_count(late, 'nota atrasada', 'notas atrasadas')}" * bool(late)
        place.caption(messages.plain(f"{told}."), width="content")


def show_rows(
    frame: pd.DataFrame,
    key: str,
    sorting: rows.Sorting | None = None,
    page: lists.Page | None = None,
) -> None:
    frame["reached"] = frame["phone"]
    frame["tax_id"] = tables.identities(frame)
    frame["phone"] = tables.phones(frame)
    tables.table(
        frame,
        LABELS,
        key=key,
        title="Clientes",
        money=["owed"],
        opens="counter/customer.py",
        phone="reached",
        sorting=sorting,
        page=page,
    )


def show_similar(filters: customers.CustomerFilters, told: str) -> bool:
    """Those whose names are only like what was typed; whether there are any."""
    found = data.read(customers.similar, filters, today=today)
    if found:
        st.caption(told)
        show_rows(pd.DataFrame(found), "similar-customers")
    return bool(found)


def choose_filters() -> customers.CustomerFilters:
    with st.grid(3, min_column_width=220, vertical_alignment="bottom"):
        text = address.text("Procurar", name="q", placeholder="Nome, CPF ou telefone", live="250ms")
        situation = address.choice("Situação", SITUATIONS, name="status", default="active")
        overdue = st.toggle("Só com notas atrasadas", key="overdue", bind="query-params")
    unidentified = False
    if st.query_params.get("no_cpf") or data.read(customers.any_unidentified):
        unidentified = st.toggle("Só sem CPF", key="no_cpf", bind="query-params")
    return customers.CustomerFilters(text, ACTIVE[situation], overdue, unidentified)


def explain_nothing(filters: customers.CustomerFilters) -> None:
    if filters == customers.CustomerFilters():
        st.info("Ainda não há clientes. Use o botão “Novo cliente” para cadastrar o primeiro.")
    else:
        st.info("Nenhum cliente com esses filtros. Mude a busca ou a situação.")


if st.query_params.get("new") == "1":
    show_form()
else:
    show_list()
