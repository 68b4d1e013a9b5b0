"""The menu's search: customer, note, sale, receipt by what is typed, from any page by Ctrl+K or /.

Nothing is asked of the database until somebody types. Enter opens the first result.
"""

from __future__ import annotations

import streamlit as st

from credigestor.reports import numbered
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.kit import data, keyboard, links, session
from credigestor.ui.kit.live_form import PAUSE

#: What the keys do that act on every page.
KEYS = "Ctrl+K ou / procura, Alt+R recebe, Alt+V vende, Alt+H volta ao início"
#: What each kind is called, its page, and its icon.
_KINDS = {
    "note": ("Nota", "counter/note.py", "description"),
    "sale": ("Venda", "counter/sale.py", "receipt_long"),
    "receipt": ("Recibo", "counter/payment.py", "receipt"),
    "money_receipt": ("Recibo", "counter/sale.py", "receipt"),
    "customer": ("Cliente", "counter/customer.py", "person"),
}


def menu_search(actor: Actor, page: str) -> None:
    """Draw the search; empty again once another page, or another row's, was opened."""
    if not actor.can(Permission.COUNTER):
        return
    here, state = f"{page}?{st.query_params.get('id', '')}", st.session_state
    if state.get("menu_search:here") != here:
        state["menu_search:here"] = here
        state["menu_search:turn"] = state.get("menu_search:turn", 0) + 1
    with st.container(key=f"{keyboard.PICK}menu", gap="xsmall"):
        _search(f"menu_search:{state['menu_search:turn']}")


@st.fragment
def _search(key: str) -> None:
    typed = st.text_input(
        "Procurar em tudo",
        key=key,
        type="search",
        live=PAUSE,
        icon=":material/search:",
        placeholder="Procurar",
        autocomplete="off",
        label_visibility="collapsed",
    )
    typed = (typed or "").strip()
    if typed:
        session.require(Permission.COUNTER)
        _results(typed)
        keyboard.tell_found(typed)


def _results(typed: str) -> None:
    found = data.read(numbered.everything, typed, today=data.today())
    with st.container(key="cg-menu-results", gap=None):
        for each in found.numbered:
            name, file, icon = _KINDS[each.kind]
            old = f" (antes {each.old})" if each.old else ""
            label = f"{name} {each.number}{old} · {each.customer}"
            links.link(file, label, icon=f":material/{icon}:", id=each.id)
        for customer in found.customers:
            owes = f"deve {format_brl(customer.owed)}" if customer.owed else "não deve nada"
            label = f"{customer.name} · {owes}"
            links.link("counter/customer.py", label, icon=":material/person:", id=customer.id)
        if not (found.numbered or found.customers):
            st.caption("Nada encontrado.")
