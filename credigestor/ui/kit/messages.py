"""What a page says: its title, messages kept across a rerun, texts that Markdown leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import streamlit as st


def flash(
    message: str,
    icon: str = ":material/check_circle:",
    beside: Callable[[], object] | None = None,
) -> None:
    """Keep a message for the next page drawn, across a rerun or a change of page.

    `beside` draws what belongs to it, such as a link.
    """
    st.session_state["flash"] = (message, icon, beside)


def header(title: str, caption: str = "") -> None:
    """Title of the page, and the message that was kept for it."""
    st.title(title, anchor=False)
    if caption:
        st.caption(caption)
    # A place of its own: when the message goes, nothing below it moves, so that no click on what
    # is below gets lost in a browser that is drawing it anew.
    place = st.empty()
    kept = st.session_state.pop("flash", None)
    if kept:
        message, icon, beside = kept
        where = place.container() if beside else place
        where.success(plain(message), icon=icon)
        if beside:
            with where:
                beside()


# Links, e-mails, emoji and icons by name, and arrows are made of a text once its escapes are gone.
_MADE_LATER = re.compile(
    r"(?<=[\w.+-])(?=@[\w-])|(?<=www)(?=\.)|(?<=https:)(?=//)|(?<=http:)(?=//)"
    r"|(?<=:)(?=[\w+/-]+:)|(?<=[<>~-])(?=[->=])",
    re.IGNORECASE,
)
#: Streamlit draws it as nothing, but what stands on its two sides are two texts.
_PARTED = ":small[]"
_NUMBERED = re.compile(r"^(\s*\d+)\.(?=\s|$)", re.MULTILINE)


def plain(text: str) -> str:
    """A text as it was typed, for labels, messages and st.markdown: Markdown makes nothing of it.

    Needed for whatever a person typed, and for money: `R$ … R$` would be read as LaTeX.
    """
    return _NUMBERED.sub(r"\1\\.", _PARTED.join(map(_escaped, _MADE_LATER.split(text))))


def _escaped(text: str) -> str:
    for char in "\\`*_{}[]()<>#+-!|~$:&":
        text = text.replace(char, "\\" + char)
    return text
