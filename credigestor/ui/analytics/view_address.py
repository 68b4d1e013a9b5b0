"""Where a manager's view is kept: in the address, in its widgets, and from page to page.

The address is the truth when it holds any of it; who comes by the menu finds the view left on
the page before. While a page is used its widgets are the truth, until the address is another
than the one written last: by Back, or by a link. What is no date, preset, seller or city in the
address is ignored and removed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from credigestor.ui.kit import forms, links

NAMES = ("as_of", "period", "from", "to", "compare", "seller", "city", "value", "band")
DEFAULTS = {"period": "month", "compare": "usual", "seller": "", "city": "", "value": ""}

#: Parameter → its words in an address.
Words = Mapping[str, list[str]]
#: Parameter → word in the address → label.
Labels = Mapping[str, Mapping[str, str]]


def key(name: str) -> str:
    """The key of a parameter's widget."""
    return f"view:{name}"


def current(drawn: Sequence[str], labels: Labels, today: date) -> dict[str, Any]:
    """The value of every parameter, those drawn also put into the state of their widgets.

    A word is a text, `band` a list of them, a day a date or None.
    """
    state = st.session_state
    _come_back()
    asked = {} if state.pop("view:forgotten", False) else _asked()
    kept: Words = state.get("view:kept", {})
    page = _page()
    arrived = state.get("view:page") != page or key("as_of") not in state
    if asked or not arrived:
        kept = {name: words for name, words in kept.items() if name not in drawn} | asked
    values = _parsed(kept, labels, today)
    if not arrived and (_touched() or _only(drawn, asked) == state.get("view:seen")):
        values |= {name: state[key(name)] for name in drawn if _usable(name, labels)}
        if values["as_of"] == state["view:today"]:
            values["as_of"] = today  # a screen left open over midnight goes on being today's
    for name in drawn:
        if values[name] is not None:
            state[key(name)] = values[name]
    state["view:page"], state["view:today"] = page, today
    return values


def keep(params: Mapping[str, Any], drawn: Sequence[str]) -> None:
    """Put what is drawn into the address, and all of it into the session for the next page."""
    words = _words(params)
    shown = _only(drawn, words)
    asked = _asked()
    if asked != shown:
        if set(st.query_params) <= set(NAMES):
            st.query_params.from_dict(shown)  # one entry of the browser's history, not several
        else:
            for name in asked.keys() - shown.keys():
                del st.query_params[name]
            st.query_params.update(shown)
    state = st.session_state
    # On the way back to where a visitor came from, the bare address of a page is passed once.
    if shown or not state.get("view:seen"):
        state["view:kept"] = words
    state["view:seen"] = shown
    state["view:drawn"] = {name: state.get(key(name)) for name in drawn}


def forget(*own: str) -> None:
    """Back to the defaults, on every page; for a button's `on_click`.

    `own` are parameters of this page alone, taken out of its address.
    """
    for name in own:
        st.query_params.pop(name, None)
    for name in (*NAMES, "kept", "seen"):
        st.session_state.pop(key(name), None)
    st.session_state["view:forgotten"] = True  # whatever the address still says


def leave(file: str, params: Mapping[str, Any]) -> NoReturn:
    """Leave a page that has a view for another one, so that the browser's Back finds the view.

    Streamlit writes the other page's parameters under this page's path before it changes the
    page, so Back leads here with those.
    """
    st.session_state["view:left"] = (_words(params), _address())
    links.go(file, **params)


def _come_back() -> None:
    others, own = st.session_state.pop("view:left", (None, {}))
    if others == _address():
        st.query_params.from_dict(own)


def _touched() -> bool:
    """Whether a widget was changed since it was drawn.

    If so, an address that differs is only late: the browser sent it before it got the new one.
    """
    state = st.session_state
    return any(
        key(name) in state and state[key(name)] != value
        for name, value in state["view:drawn"].items()
    )


def _usable(name: str, labels: Labels) -> bool:
    """Whether a widget has a value that may still be chosen."""
    state = st.session_state
    return key(name) in state and (name not in DEFAULTS or state[key(name)] in labels[name])


def _parsed(words: Words, labels: Labels, today: date) -> dict[str, Any]:
    """The value of every parameter by its words in an address, the default for nonsense."""
    found = {name: [w for w in words.get(name, []) if w in labels[name]] for name in labels}
    values: dict[str, Any] = {name: (found[name] or [DEFAULTS[name]])[-1] for name in DEFAULTS}
    values["band"] = found["band"]
    for name in ("as_of", "from", "to"):
        values[name] = forms.filter_date((words.get(name) or [""])[-1])
    values["as_of"] = values["as_of"] or today
    return values


def _page() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""


def _address() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _asked() -> dict[str, list[str]]:
    return _only(NAMES, _address())


def _only(names: Sequence[str], words: Words) -> dict[str, list[str]]:
    return {name: found for name, found in words.items() if name in names}


def _words(params: Mapping[str, Any]) -> dict[str, list[str]]:
    found = links.address_words(params)
    return {name: [words] if isinstance(words, str) else words for name, words in found.items()}
