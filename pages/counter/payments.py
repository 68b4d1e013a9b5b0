"""Payments: filtered in the address, paged, with what was received by all of them."""

from __future__ import annotations

import streamlit as st

from credigestor.reports import payments
from credigestor.reports.payments import PaymentFilters, PaymentTotals
from credigestor.rules.methods import CREDIT, METHOD_NAMES, UNKNOWN
from credigestor.rules.methods import NAMES as NAMES_OF_WAYS
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui.counter import down_payment_list, payment_list
from credigestor.ui.counter.by_method import by_method_words
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
)
from credigestor.ui.kit.figures import format_count

#: Words of the address that limit the list.
NAMES = ("q", "method", "paid_from", "paid_to", "received_by", "reversed", "customer")
METHODS = {
    "": "Todas",
    **{str(method): name for method, name in METHOD_NAMES.items()},
    CREDIT: NAMES_OF_WAYS[CREDIT],
}
WHAT = {"": "Pagamentos de notas", "down": "Entradas"}
REVERSED = {"": "Todos", "no": "Válidos", "yes": "Estornados"}
COLUMNS = (
    "customer",
    "amount",
    "paid_on",
    "number",
    "method",
    "principal",
    "interest",
    "fine",
    "discount",
    "received_by",
    "situation",
)
DEAR = tuple(name for name in COLUMNS if name not in payments.WALKS)

actor = session.require(Permission.COUNTER)
read_receivers = data.cached(payments.receivers, primary=True)
#: Over every payment there is, which takes longer than all else of the page: kept until a write.
read_all = data.cached(payments.totals, primary=True)


def choose_filters() -> PaymentFilters:
    """The filters; nonsense in the address is ignored."""
    people = {str(user_id): name for user_id, name in read_receivers().items()}
    with st.grid(3, min_column_width=165, vertical_alignment="bottom"):
        text = address.text("Procurar", name="q", placeholder="Cliente, CPF, nota ou recibo")
        method = address.choice("Forma", METHODS, name="method")
        folded = address.more()
    with folded:
        paid_from = address.day("Pago de", name="paid_from")
        paid_to = address.day("Pago até", name="paid_to")
        receiver = address.choice("Recebido por", {"": "Todos", **people}, name="received_by")
        reversed_ = address.choice("Situação", REVERSED, name="reversed")
    with st.container(horizontal=True, gap="small"):
        address.between_badge("Pagos", paid_from, paid_to, "paid_from", "paid_to")
        if receiver:
            address.badge(f"Recebidos por {people.get(receiver, receiver)}", "received_by")
        if reversed_:
            address.badge(REVERSED[reversed_], "reversed")
        address.clear(NAMES)
    return PaymentFilters(
        paid_from=paid_from,
        paid_to=paid_to,
        method=method or None,
        customer_id=address.customer("Só os pagamentos de"),
        received_by=int(receiver) if receiver else None,
        reversed={"yes": True, "no": False}.get(reversed_),
        text=text,
    )


def show_totals(found: PaymentTotals, method: str | None) -> None:
    """Sums over all that the filters leave; what was reversed is not money received (R22)."""
    sums = {
        "Pagamentos": format_count(found.count),
        "Recebido": format_brl(found.amount),
        "Principal": format_brl(found.principal),
        "Juros de mora": format_brl(found.interest),
        "Multa": format_brl(found.fine),
    }
    cards.figures(sums | ({"Desconto": format_brl(found.discount)} if found.discount else {}))
    apart = " O desconto foi abatido do principal e não está no recebido."
    st.caption(f"Os valores não contam os pagamentos estornados.{apart if found.discount else ''}")
    if found.by_method:
        only = " Os pagamentos são contados por inteiro." if method else ""
        st.caption(messages.plain(f"Por forma: {by_method_words(found.by_method)}.{only}"))


def show_list(filters: PaymentFilters) -> None:
    """The page asked for; a row opens its receipt."""
    unlimited = filters == PaymentFilters()
    found = read_all(filters) if unlimited else data.read(payments.totals, filters)
    if not found.count:
        explain_nothing(filters)
        return
    show_totals(found, filters.method)
    sorting = rows.sorting(
        payments.WALKS,
        usual=payments.NEWEST_FIRST,
        many=(DEAR, payments.MANY, found.count),
        greatest_first=("paid_on", "number", "amount", *payments.SUMS),
    )
    shown = lists.page(found.count, key="payments", of=(filters, sorting.order))
    frame = data.read(
        payments.list_payments,
        filters,
        offset=shown.offset,
        limit=shown.size,
        order=sorting.order,
    )
    if told := sorting.told(payment_list.LABELS):
        st.caption(told)
    payment_list.show(frame, COLUMNS, key="payments", sorting=sorting, page=shown)
    downloads.list_button(actor, "list_payments", filters, sort=sorting.order)


def explain_nothing(filters: PaymentFilters) -> None:
    """What to do when the list is empty."""
    if filters == PaymentFilters():
        st.info("Nenhum pagamento ainda. Receba o primeiro.", icon=":material/payments:")
        links.link("counter/receive.py", "Receber um pagamento", icon=":material/payments:")
    else:
        st.info("Nenhum pagamento com esses filtros. Mude a busca, as datas ou a forma.")


messages.header("Pagamentos")
if address.choice("O que mostrar", WHAT, name="what", segmented=True):
    down_payment_list.page(actor, METHODS | {UNKNOWN: "Não informado"})
else:
    show_list(choose_filters())
