"""The counter's customer picker: results while one types, the chosen customer as a card."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from credigestor.reports import customers, debtors_first
from credigestor.reports.customers import Found, Match
from credigestor.rules.identification import format_identity, mask_identity
from credigestor.rules.identity import phone_shown
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Permission
from credigestor.ui.counter import newcomer
from credigestor.ui.kit import data, keyboard, links, messages, session
from credigestor.ui.kit.figures import format_count

#: Name in the address of the chosen customer: `/nova-venda?customer=7`.
PARAMETER = "customer"
MIN_CHARACTERS = 2
RESULTS = 20
#: Above customers whose names are only like what was typed: where there are others too, or none.
ALSO_SIMILAR = "Nomes parecidos:"
ONLY_SIMILAR = "Nenhum nome igual; parecidos:"


def pick_customer(
    key: str,
    *,
    numbers: Callable[[str], None] | None = None,
    overdue_first: bool = False,
    for_sale: bool = False,
) -> int | None:
    """Draw the picker and return the chosen customer's id; None while nobody is chosen.

    `numbers` draws what a printed number names, above the customers; Enter picks what is first.
    `for_sale` also offers to register who is not there yet.

    The choice is kept in the session under `key` and in the address as `?customer=`, which
    also preselects. Choosing and changing rerun the whole page.
    """
    chosen = _chosen(key)
    if chosen is None:
        _search(key, numbers, overdue_first)
        if for_sale:  # outside of what is drawn while one types: its key is there at once
            newcomer.offer(st.session_state.get(f"{key}:query"))
        keyboard.put_caret(f"{key}:query")
        return None
    _card(key, chosen)
    return chosen.id


def forget_customer(key: str) -> None:
    """Let the next visit of the page begin with nobody chosen."""
    st.session_state.pop(_slot(key), None)
    st.query_params.pop(PARAMETER, None)


def chosen_before(key: str) -> int | None:
    """Id of who was chosen when the page was drawn last; None where nobody was."""
    found: int | None = st.session_state.get(_slot(key))
    return found


def describe(customer: Found, *, masked: bool = True) -> str:
    """CPF or CNPJ, city and phone in one line, what is unknown left out; not yet `plain`."""
    show = mask_identity if masked else format_identity
    tax_id = show(customer.identification)
    place = "/".join(part for part in (customer.city, customer.state) if part)
    phone = phone_shown(customer.phone, customer.phone_text)
    parts = [tax_id, place, phone, "" if customer.active else "inativo"]
    return " · ".join(part for part in parts if part)


def owing(customer: Match) -> str:
    """What a customer owes today in a few words; not yet `plain`."""
    if not customer.owed:
        return "não deve nada"
    late = format_count(customer.overdue_notes, "nota atrasada", "notas atrasadas")
    return f"deve {format_brl(customer.owed)}" + (f", {late}" if customer.overdue_notes else "")


def _unbroken(parts: str) -> str:
    """Parts that a line may end between, but not within: no phone and no amount is torn apart."""
    whole = parts.replace(" ", "\xa0").replace("-", "-\u2060")
    return whole.replace("\xa0·\xa0", " · ")


def _slot(key: str) -> str:
    return f"{key}:customer"


def _chosen(key: str) -> Found | None:
    if PARAMETER in st.query_params:
        st.session_state[_slot(key)] = links.row_id(PARAMETER)
    if _slot(key) not in st.session_state:
        return None
    customer_id = st.session_state[_slot(key)]
    customer = data.read(customers.one, customer_id) if customer_id else None
    if customer is None:
        forget_customer(key)
        st.warning("O cliente do endereço não existe. Procure pelo nome, CPF ou telefone.")
    return customer


def _card(key: str, customer: Found) -> None:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"cg-chosen-{key}"
    ):
        with st.container(gap=None):
            st.markdown(f"**{messages.plain(customer.name)}**")
            st.caption(messages.plain(describe(customer, masked=False)))
        if st.button("Trocar cliente", key=f"{key}:change", icon=":material/swap_horiz:"):
            forget_customer(key)
            st.rerun()


@st.fragment
def _search(key: str, numbers: Callable[[str], None] | None, overdue_first: bool) -> None:
    session.require(Permission.COUNTER)
    with st.container(key=f"{keyboard.PICK}{key}"):
        query = st.text_input(
            "Cliente",
            key=f"{key}:query",
            type="search",
            live="250ms",
            icon=":material/search:",
            placeholder="Nome, CPF, telefone ou nota" if numbers else "Nome, CPF ou telefone",
            autocomplete="off",
        )
        query = (query or "").strip()
        if numbers:
            numbers(query)
        if len(query) < MIN_CHARACTERS:
            st.caption("Digite ao menos duas letras do nome, ou parte do CPF ou do telefone.")
        else:
            _results(key, query, overdue_first)
        keyboard.tell_found(query)


def _results(key: str, query: str, overdue_first: bool) -> None:
    search = debtors_first.search if overdue_first else customers.search
    found = data.read(search, query, today=data.today(), limit=RESULTS)
    alike = [customer.similar for customer in found]
    for customer in found:
        if customer.similar and customer.id == found[alike.index(True)].id:
            st.caption(ONLY_SIMILAR if all(alike) else ALSO_SIMILAR)
        told = _unbroken(f"{owing(customer)} · {describe(customer)}")
        label = f"**{messages.plain(customer.name)}** · {messages.plain(told)}"
        if st.button(label, key=f"{key}:pick:{customer.id}", width="stretch", wrap=True):
            st.session_state[_slot(key)] = customer.id
            st.query_params[PARAMETER] = str(customer.id)
            st.rerun()
    if len(found) == RESULTS:
        st.caption(f"São mostrados os {RESULTS} primeiros. Digite mais para chegar a um só.")
    if not found:
        st.info("Nenhum cliente encontrado. Confira o que digitou ou cadastre o cliente.")
