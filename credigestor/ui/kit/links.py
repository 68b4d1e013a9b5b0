"""Ways from page to page: links, and ids and words of an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import NoReturn
from urllib.parse import urlencode

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


def listed(ways: Iterable[tuple[str, str, Mapping[str, object]]]) -> None:
    """Links below each other, one element of plain HTML: each a file, a label and parameters."""
    found = "".join(
        f'<a class="cg-follow" href="{escape(row_address(file, **params))}">{escape(label)}</a>'
        for file, label, params in ways
    )
    if found:
        st.html(f'<div class="cg-leads">{found}</div>')


def address_words(params: Mapping[str, object]) -> dict[str, str | list[str]]:
    """Parameters as they stand in an address: each a text, or a list of them where it repeats."""
    return {
        name: [str(item) for item in value] if isinstance(value, (list, tuple)) else str(value)
        for name, value in params.items()
    }


def row_address(file: str, **params: object) -> str:
    """The address of another page as a link of plain HTML has it: `nota?id=7`."""
    return f"{page(file).url_path}?{urlencode(address_words(params), doseq=True)}"


def row_id(name: str = "id") -> int | None:
    """A row's id from the address; None for anything that cannot be one."""
    raw = str(st.query_params.get(name, ""))
    if raw.isascii() and raw.isdigit() and len(raw) <= 10 and int(raw) <= MAX_ROW_ID:
        return int(raw)
    return None
