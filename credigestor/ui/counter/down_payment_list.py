"""Down payments received and handed back: filtered in the address, paged, summed apart (R35)."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from credigestor.reports import payments, sale_money
from credigestor.reports.sale_money import MoneyFilters
from credigestor.rules.methods import in_words
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor
from credigestor.ui.counter.by_method import by_method_words
from credigestor.ui.kit import address, data, downloads, forms, lists, messages, rows, tables
from credigestor.ui.kit.figures import format_count

KINDS = {"": "Todas", "down": "Recebidas", "refund": "Devolvidas"}
LABELS = {
    "customer": "Cliente",
    "amount": "Valor",
    "moved_on": "Data",
    "what": "O quê",
    "sale": "Venda",
    "number": "Recibo",
    "method": "Forma",
    "done_by": "Por",
}


def page(actor: Actor, methods: Mapping[str, str]) -> None:
    """The filters, the sums over all that they leave, and a page of it; a row opens its sale."""
    filters = _filters(methods)
    found = data.read(sale_money.totals, filters)
    if not found.downs + found.refunds:
        st.info("Nenhuma entrada com esses filtros.", icon=":material/payments:")
        return
    with st.grid(4, min_column_width=150):
        st.metric("Entradas", format_count(found.downs))
        st.metric("Recebido de entrada", format_brl(found.received))
        st.metric("Devoluções", format_count(found.refunds))
        st.metric("Devolvido", format_brl(found.refunded))
    for label, ways in (
        ("Recebido por forma", found.by_method),
        ("Devolvido por forma", found.refunded_by_method),
    ):
        if ways:
            st.caption(messages.plain(f"{label}: {by_method_words(ways)}."))
    for label, credit in (
        ("Com crédito do cliente, sem entrar dinheiro", found.by_credit),
        ("De volta ao crédito do cliente, sem sair dinheiro", found.refunded_as_credit),
    ):
        if credit:
            st.caption(messages.plain(f"{label}: {format_brl(credit)}."))
    sorting = rows.sorting(
        sale_money.ORDERS,
        usual=sale_money.NEWEST_FIRST,
        greatest_first=("moved_on", "number", "sale", "amount"),
    )
    count = found.downs + found.refunds
    shown = lists.page(count, key="down_payments", of=(filters, sorting.order))
    frame = data.read(
        sale_money.list_money,
        filters,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    frame = frame.assign(
        what=["Devolução" if kind == "refund" else "Entrada" for kind in frame["kind"]],
        method=[in_words(way) for way in frame["method"]],
    )
    tables.table(
        frame,
        LABELS,
        key="down_payments",
        money=["amount"],
        dates=["moved_on"],
        opens="counter/sale.py",
        id_column="sale_id",
        title="Entradas",
        sorting=sorting,
        page=shown,
    )
    downloads.list_button(actor, "list_sale_money", filters, sort=sorting.order)


def _filters(methods: Mapping[str, str]) -> MoneyFilters:
    people = {
        str(user_id): name
        for user_id, name in data.cached(payments.receivers, primary=True)().items()
    }
    with st.grid(3, min_column_width=220):
        text = st.text_input(
            "Procurar",
            key="q",
            bind="query-params",
            type="search",
            icon=":material/search:",
            placeholder="Cliente, CPF, venda ou recibo",
        )
        moved_from = forms.date_field("De", None, key="paid_from", bind="query-params")
        moved_to = forms.date_field("Até", None, key="paid_to", bind="query-params")
        method = address.choice("Forma", methods, name="method")
        done_by = address.choice("Por", {"": "Todos", **people}, name="received_by")
        kind = address.choice("Recebidas ou devolvidas", KINDS, name="kind")
    return MoneyFilters(
        moved_from=moved_from,
        moved_to=moved_to,
        method=method or None,
        kind=kind or None,
        customer_id=address.customer("Só as entradas de"),
        done_by=int(done_by) if done_by else None,
        text=text or "",
    )
