"""What a page says: its title, messages kept across a rerun, texts that Markdown leaves alone."""

from __future__ import annotations

import streamlit as st


def flash(message: str, icon: str = ":material/check_circle:") -> None:
    """Keep a message for the next page drawn, across a rerun or a change of page."""
    st.session_state["flash"] = (message, icon)


def header(title: str, caption: str = "") -> None:
    """Title of the page, and the message that was kept for it."""
    st.title(title)
    if caption:
        st.caption(caption)
    # A place of its own: when the message goes, nothing below it moves, so that no click on what
    # is below gets lost in a browser that is drawing it anew.
    place = st.empty()
    kept = st.session_state.pop("flash", None)
    if kept:
        place.success(plain(kept[0]), icon=kept[1])


def plain(text: str) -> str:
    """A text with Markdown's own characters disarmed, for labels, messages and st.markdown.

    Needed for whatever a person typed, and for money: `R$ … R$` would be read as LaTeX.
    """
    for char in "\\`*_{}[]()<>#+-!|~$:":
        text = text.replace(char, "\\" + char)
    return text
