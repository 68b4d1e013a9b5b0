"""Who pays, where that is not the customer: out of the way until somebody needs it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from credigestor.ui.kit.forms import Fields

INPUTS = ("payer_name", "payer_tax_id")


def choose(key: Callable[[str], str], fields: Fields) -> PayerInput | None:
    """The other person, if one is named; raises InvalidInputs, at the fields."""
    with st.expander("Quem paga é outra pessoa", icon=":material/person_add:"):
        name = st.text_input(
            "Nome de quem paga", key=key("payer_name"), autocomplete="off", persist_state="session"
        )
        fields.slot("payer_name")
        tax_id = st.text_input(
            "CPF ou CNPJ de quem paga (opcional)",
            key=key("payer_tax_id"),
            autocomplete="off",
            persist_state="session",
        )
        fields.slot("payer_tax_id")
        st.caption("Sai no recibo, que continua em nome do cliente.")
    if not ((name or "").strip() or (tax_id or "").strip()):
        return None
    return parse(PayerInput, {"name": name or "", "tax_id": tax_id})
