"""How the down payment of a sale is handed over, in the sale's form (R35, R36)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import streamlit as st

from credigestor.rules.methods import Part
from credigestor.ui.counter import methods
from credigestor.ui.kit.live_form import LiveForm

#: What is missing while nobody has said how the down payment came.
METHOD = "forma da entrada"


def typed(draft: LiveForm, down: Decimal | None) -> tuple[Part, ...]:
    """The part of each method, which must be said where there is a down payment."""
    # A place of its own, empty or not: what stands below must not move and be made anew.
    with st.container():
        if not down:
            return ()
        chosen = methods.choose(draft.key, draft.fields, "Forma da entrada", persist="session")
        if chosen is None:
            draft.missing.append(METHOD)
            return ()
        parts = partial(methods.parts, draft.key, chosen, down, draft.fields, persist="session")
        return draft.check(parts) or ()
