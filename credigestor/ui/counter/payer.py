"""Who pays, and which note was asked for: by the address, by the picker, or by a note's number."""

from __future__ import annotations

import uuid

import streamlit as st

from credigestor.errors import BusinessError
from credigestor.reports import notes
from credigestor.ui.counter.customer_search import PARAMETER, pick_customer
from credigestor.ui.kit import data, links, messages


def choose_payer(form: uuid.UUID) -> int | None:
    """Draw the choice and give the customer's id; None while nobody is chosen.

    `?customer=` preselects the customer; `?note=`, or a number typed, also ticks that note.
    """
    _take_note_from_address(form)
    customer_id = pick_customer(f"payer:{form}")
    if customer_id is None:
        st.session_state.pop(f"asked:{form}", None)  # it was of a customer who is not the payer now
        number = st.text_input(
            "Ou o número da nota",
            key=f"number:{form}",
            icon=":material/tag:",
            placeholder="000123-02/10",
            autocomplete="off",
        )
        if number and number.strip():
            _find(number, form)
    return customer_id


def tick_key(form: uuid.UUID, note_id: int) -> str:
    """Key of the tick box of a note; true in the session's state means chosen."""
    return f"pick:{form}:{note_id}"


def asked_note(form: uuid.UUID) -> int | None:
    """The note that the address or the typed number named, if any."""
    asked: int | None = st.session_state.get(f"asked:{form}")
    return asked


def _take_note_from_address(form: uuid.UUID) -> None:
    if "note" not in st.query_params:
        return
    note_id = links.row_id("note")
    del st.query_params["note"]
    owner = None if note_id is None else data.read(notes.owner, note_id)
    if owner is None or note_id is None:
        st.warning("A nota do endereço não existe. Procure o cliente ou digite o número.")
        return
    _choose(owner, note_id, form)


def _find(number: str, form: uuid.UUID) -> None:
    try:
        customer_id, note_id = data.read(notes.find, number)
    except BusinessError as error:
        st.error(messages.plain(error.message), icon=":material/error:")
        return
    _choose(customer_id, note_id, form)
    st.rerun()


def _choose(customer_id: int, note_id: int | None, form: uuid.UUID) -> None:
    st.query_params[PARAMETER] = str(customer_id)
    if note_id is not None:
        st.session_state[tick_key(form, note_id)] = True
        st.session_state[f"asked:{form}"] = note_id
