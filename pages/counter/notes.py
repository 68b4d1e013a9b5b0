"""Notes: filtered in the address, paged, with what all of them owe today."""

from __future__ import annotations

import streamlit as st

from credigestor.reports import notes, sales
from credigestor.reports.notes import Filters, Totals
from credigestor.rules.aging import BAND_NAMES, STATUS_NAMES, Status
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui import address, data, kit, session
from credigestor.ui.figures import format_count

STATUSES = {
    notes.OPEN: "Em aberto",
    "all": "Todas",
    **{str(status): name for status, name in STATUS_NAMES.items()},
}
BANDS = {"": "Todas", **BAND_NAMES}
LABELS = {
    "number": "Nota",
    "customer": "Cliente",
    "due_date": "Vencimento",
    "status": "Situação",
    "days_late": "Dias de atraso",
    "owed": "Deve hoje",
    "principal": "Principal",
    "interest": "Juros",
    "fine": "Multa",
    "amount": "Valor da nota",
}

session.require(Permission.COUNTER)
today = data.settings().today


def choose_filters() -> Filters:
    """The filters, one row wide on a desk; nonsense in the address is ignored."""
    people = {str(user_id): name for user_id, name in data.read(sales.sellers)}
    with st.grid(3, min_column_width=220):
        text = st.text_input(
            "Procurar",
            key="q",
            bind="query-params",
            type="search",
            icon=":material/search:",
            placeholder="Cliente, CPF ou número da nota",
        )
        status = address.choice("Situação", STATUSES, name="status", default=notes.OPEN)
        band = address.choice("Faixa de atraso", BANDS, name="band", default="")
        due_from = kit.date_field("Vencimento de", None, key="due_from", bind="query-params")
        due_to = kit.date_field("Vencimento até", None, key="due_to", bind="query-params")
        seller = address.choice(
            "Vendedor",
            {"": "Todos", "none": "Sem vendedor", **people},
            name="seller",
            default="",
        )
    return Filters(
        status=None if status == "all" else status,
        band=band or None,
        customer_id=address.customer("Só as notas de"),
        seller="none" if seller == "none" else int(seller) if seller else None,
        due_from=due_from,
        due_to=due_to,
        text=text or "",
    )


def show_totals(found: Totals) -> None:
    """Sums over all that the filters leave, not only the page shown."""
    with st.grid(4, min_column_width=150):
        st.metric("Notas", format_count(found.count))
        st.metric("Principal", format_brl(found.principal))
        st.metric("Juros de mora", format_brl(found.interest))
        st.metric("Multa", format_brl(found.fine))


def show_list(filters: Filters) -> None:
    """The page asked for; a row opens its note."""
    found = data.read(notes.totals, filters, as_of=today, today=today)
    if not found.count:
        explain_nothing(filters)
        return
    show_totals(found)
    offset = kit.pager(found.count, key=f"notes-page:{filters}")
    frame = data.read(
        notes.list_notes, filters, as_of=today, today=today, offset=offset, limit=kit.ROWS_A_PAGE
    )
    frame["status"] = frame["status"].map(lambda value: STATUS_NAMES[Status(value)])
    st.caption("Marque uma linha para abrir a nota e ver o cálculo.")
    kit.table(
        frame,
        LABELS,
        key="notes",
        money=["owed", "principal", "interest", "fine", "amount"],
        dates=["due_date"],
        opens="counter/note.py",
    )


def explain_nothing(filters: Filters) -> None:
    """What to do when the list is empty."""
    if filters == Filters(status=notes.OPEN):
        st.info("Nenhuma nota em aberto. As notas nascem com a venda.", icon=":material/task_alt:")
        kit.link("counter/new_sale.py", "Registrar uma venda", icon=":material/add_shopping_cart:")
    else:
        st.info("Nenhuma nota com esses filtros. Mude a busca, a situação ou as datas.")


kit.return_to_list("counter/notes.py", "notes")
kit.header("Notas")
show_list(choose_filters())
