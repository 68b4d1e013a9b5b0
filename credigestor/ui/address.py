"""Filters kept in the address, so that a link leads to a filtered list and a reload keeps it.

Texts and dates do this by Streamlit's own `bind="query-params"`; a select box would put its
Portuguese label there, so its code is kept by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from credigestor.reports import notes
from credigestor.ui import data, kit


def choice(
    label: str,
    names: Mapping[str, str],
    *,
    name: str,
    default: str,
    segmented: bool = False,
) -> str:
    """Draw a select box over code → label and give the code; `?name=` holds it.

    What is no code of it in the address is ignored and removed. `segmented` shows the labels
    side by side instead, where they are few and short.
    """
    key, seen = f"address:{name}", f"address:{name}:seen"
    asked = st.query_params.get(name)
    if key not in st.session_state or asked != st.session_state.get(seen):
        st.session_state[key] = asked if asked in names else default
    shared: dict[str, Any] = {"format_func": lambda code: names.get(code, code), "key": key}
    chosen: str = (
        st.segmented_control(label, list(names), required=True, **shared)
        if segmented
        else st.selectbox(label, list(names), **shared)
    )
    if chosen == default:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = chosen
    st.session_state[seen] = st.query_params.get(name)
    return chosen


def customer(sentence: str, name: str = "customer") -> int | None:
    """The customer whose id the address names, shown after the sentence with a way back to all."""
    customer_id = kit.row_id(name)
    found = None if customer_id is None else data.read(notes.customer_name, customer_id)
    if found is None:
        st.query_params.pop(name, None)
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{sentence} **{kit.plain(found)}**", width="content")
        if st.button("Ver todos os clientes", type="tertiary", icon=":material/close:"):
            st.query_params.pop(name, None)
            st.rerun()
    return customer_id
