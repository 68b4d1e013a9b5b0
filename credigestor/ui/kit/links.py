"""Ways from page to page: links, ids and words of an address, and back to a list as it was left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

import streamlit as st

from credigestor.ui.kit.messages import plain
from credigestor.ui.kit.navigation import page, streamlit_page

MAX_ROW_ID = 2**31 - 1


def go(file: str, **params: object) -> NoReturn:
    """Leave for another page, e.g. `go("counter/note.py", id=7)`; a list's parameter repeats."""
    st.switch_page(page(file).path, query_params=address_words(params))


def link(file: str, label: str, *, icon: str | None = None, **params: object) -> None:
    """A link to another page."""
    st.page_link(
        streamlit_page(page(file)),
        label=plain(label),
        icon=icon or "",  # or it would be the page's own
        query_params=address_words(params),
    )


def address_words(params: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Parameters as they stand in an address: each a text, or a list of them where it repeats."""
    return {
        name: [str(item) for item in value] if isinstance(value, (list, tuple)) else str(value)
        for name, value in params.items()
    }


def row_id(name: str = "id") -> int | None:
    """A row's id from the address; None for anything that cannot be one."""
    raw = str(st.query_params.get(name, ""))
    if raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= MAX_ROW_ID:
        return int(raw)
    return None


def leave_list(key: str, row: int) -> None:
    """Remember the filters in the address of a list that is left for one of its rows."""
    filters = {name: st.query_params.get_all(name) for name in st.query_params}
    st.session_state[f"left:{key}"] = (str(row), filters)


def return_to_list(file: str, key: str) -> None:
    """Give a list its filters again after the browser's Back; call it before drawing them.

    Streamlit writes the row's address under the list's own path before it changes the page, so
    Back leads to the list with `?id=` and nothing else.
    """
    row, filters = st.session_state.pop(f"left:{key}", (None, {}))
    if filters and st.query_params.get("id") == row:
        st.switch_page(page(file).path, query_params=filters)
