"""Who pays, and which note was asked for: by the address, or by one box for names and numbers."""

from __future__ import annotations

import uuid
from functools import partial

import streamlit as st

from credigestor.reports import notes, numbered
from credigestor.ui.counter.customer_search import PARAMETER, pick_customer
from credigestor.ui.kit import data, links, messages

_NAMES = {"note": "Nota", "sale": "Venda", "customer": "Cliente"}


def choose_payer(form: uuid.UUID) -> int | None:
    """Draw the choice and give the customer's id; None while nobody is chosen.

    `?customer=` preselects the customer; `?note=`, or a number typed, also ticks that note.
    Those who are overdue come first.
    """
    _take_note_from_address(form)
    customer_id = pick_customer(
        f"payer:{form}", numbers=partial(_offer_numbers, form), overdue_first=True
    )
    if customer_id is None:
        st.session_state.pop(f"asked:{form}", None)  # it was of a customer who is not the payer now
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


def _offer_numbers(form: uuid.UUID, typed: str) -> None:
    """Buttons that choose the note of a printed number and who owes it, or who bought by it."""
    for found in data.read(numbered.of_debts, typed) if typed else ():
        old = f" · antes {found.old}" if found.old else ""
        told = messages.plain(f"{found.number} · {found.customer}{old}")
        if st.button(
            f"**{_NAMES[found.kind]}** {told}",
            key=f"payer:{form}:number:{found.kind}:{found.id}",
            icon=":material/tag:",
            width="stretch",
            wrap=True,
        ):
            _choose(found.customer_id, found.id if found.kind == "note" else None, form)
            st.rerun()


def _choose(customer_id: int, note_id: int | None, form: uuid.UUID) -> None:
    st.query_params[PARAMETER] = str(customer_id)
    if note_id is not None:
        st.session_state[tick_key(form, note_id)] = True
        st.session_state[f"asked:{form}"] = note_id
