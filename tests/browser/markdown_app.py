"""Every payload in every kind of place where a page shows what a person typed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from credigestor.ui.kit.messages import plain
from tests.browser.payloads import PAYLOADS, PLACES

DRAW: dict[str, Callable[[str, str], object]] = {
    "markdown": lambda text, _: st.markdown(text),
    "bold": lambda text, _: st.markdown(f"**{text}**"),
    "small": lambda text, _: st.markdown(f":small[{text}]"),
    "title": lambda text, _: st.title(text, anchor=False),
    "caption": lambda text, _: st.caption(text),
    "button": lambda text, key: st.button(text, key=key),
    "checkbox": lambda text, key: st.checkbox(text, key=key),
    "message": lambda text, _: st.success(text),
}
for number, payload in enumerate(PAYLOADS):
    for place in PLACES:
        with st.container(key=f"{place}-{number}"):
            DRAW[place](plain(payload), f"its {place} {number}")
st.caption("Fim")
