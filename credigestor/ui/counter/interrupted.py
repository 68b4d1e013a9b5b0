"""A payment half typed when another page was opened: offered back, and in nobody's way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from credigestor.reports import customers
from credigestor.ui.counter.amount_received import key_of
from credigestor.ui.counter.customer_search import PARAMETER, chosen_before
from credigestor.ui.kit import clicks, data, messages, operations


def set_aside(form: str) -> None:
    """Set the form aside when its page is opened anew, with nobody in the address.

    The form is for the next person then; where a customer had been chosen, it is offered back.
    """
    if {PARAMETER, "note"} & set(st.query_params) or not operations.begun(form):
        return
    customer_id = chosen_before(f"payer:{operations.begun(form)}")
    if customer_id is not None:
        kept = operations.set_aside(form)
        st.session_state[_slot(form)] = {"kept": kept, "customer": customer_id}


def offer(form: str) -> None:
    """The form that was set aside, to go on with or to let go."""
    aside: Mapping[str, Any] | None = st.session_state.get(_slot(form))
    customer = data.read(customers.one, aside["customer"]) if aside else None
    if aside is None or customer is None:
        return
    amount = st.session_state.get(key_of(aside["kept"][1]))
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        told = f"Recebimento interrompido: **{messages.plain(customer.name)}**"
        st.markdown(told + (messages.plain(f", R$ {amount}") if amount else ""), width="content")
        clicks.button(
            "Continuar",
            _take_up,
            (form,),
            key=f"take_up:{form}",
            icon=":material/undo:",
            shortcut="Alt+I",
        )
        clicks.button("Descartar", _let_go, (form,), key=f"let_go:{form}", type="tertiary")


def _take_up(form: str) -> None:
    aside = st.session_state.pop(_slot(form))
    operations.take_up(form, aside["kept"])
    st.query_params[PARAMETER] = str(aside["customer"])


def _let_go(form: str) -> None:
    aside = st.session_state.pop(_slot(form))
    operations.forget(aside["kept"][1])


def _slot(form: str) -> str:
    return f"interrupted:{form}"
