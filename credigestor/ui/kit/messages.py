"""What a page says: its title, messages kept across a rerun, texts that Markdown leaves alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.errors import BusinessError

_KEPT = "flash"
#: The part of the page that is being drawn, by `part`; of its messages none leaves it.
_part: ContextVar[str] = ContextVar("part", default="")


def flash(
    message: str,
    icon: str = ":material/check_circle:",
    beside: Callable[[], object] | None = None,
    part_goes: bool = False,
) -> None:
    """Keep a message for the next page drawn, across a rerun or a change of page.

    Inside of `part` it is for that part of the page, unless that part goes, with the page or
    without it. `beside` draws what belongs to it, such as a link.
    """
    st.session_state[_KEPT] = ("" if part_goes else _part.get(), message, icon, beside)


def act(work: Callable[[], object], done: str) -> None:
    """Do it, say it, and draw the page anew; a refusal is said instead."""
    try:
        work()
    except BusinessError as error:
        st.error(plain(error.message), icon=":material/error:")
        return
    flash(done)
    st.rerun()


def header(title: str, caption: str = "") -> None:
    """Title of the page, and the message that was kept for it."""
    st.title(title, anchor=False)
    if caption:
        st.caption(caption)
    # A place of its own: when the message goes, nothing below it moves, so that no click on what
    # is below gets lost in a browser that is drawing it anew.
    place = st.empty()
    _tell(place, "")


@contextmanager
def part(place: DeltaGenerator, name: str) -> Iterator[None]:
    """Draw a part of the page, such as a tab, below the message that was kept there."""
    with place:
        _tell(st.empty(), name)
        before = _part.set(name)
        try:
            yield
        finally:
            _part.reset(before)


def _tell(place: DeltaGenerator, part: str) -> None:
    if st.session_state.get(_KEPT, ("",))[0] != part:
        return
    kept = st.session_state.pop(_KEPT, None)
    if kept:
        _, message, icon, beside = kept
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
