"""Expanders drawn once somebody looks into them: in a closed one no field costs anything.

fold = folds.fold("Cancelar venda", key=f"cancel-fold:{sale.id}")
if fold is None:
    return
with fold:
    …
"""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.ui.kit import forms

#: The keys of those that were looked into on this page.
_LOOKED_INTO = "folds:looked-into"


def forget() -> None:
    """Begin another page: nothing of it was looked into yet."""
    st.session_state.pop(_LOOKED_INTO, None)


def fold(
    label: str,
    *,
    key: str,
    expanded: bool = False,
    icon: str | None = None,
    holds: Iterable[str] = (),
) -> DeltaGenerator | None:
    """Draw an expander and give the place of its content; None while nobody looked into it.

    Its content is drawn from when it is first opened until one leaves the page, closed again too:
    Streamlit forgets what was typed into fields that a run does not draw. `holds` are the keys of
    fields in it, by which a process that takes over from one that died knows that too. It opens by
    itself whenever `expanded` becomes true.
    """
    state, asked = st.session_state, f"{key}:asked"
    if expanded and not (key in state and state.get(asked)):
        state[key] = True
    state[asked] = expanded
    # What is `expanded` is told by the state: as an argument it would make another expander of it.
    place = st.expander(label, key=key, icon=icon, on_change="rerun")
    return place if looked_into(key, now=bool(place.open), holds=holds) else None


def looked_into(key: str, *, now: bool, holds: Iterable[str]) -> bool:
    """Whether somebody has opened it on this page, or does `now`."""
    known: set[str] = st.session_state.setdefault(_LOOKED_INTO, set())
    if now or any(map(forms.sent, holds)):
        known.add(key)
    return key in known
