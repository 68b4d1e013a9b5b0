"""A bare Streamlit app: a first page of nothing, and for each folder's chart file a page of them.

    streamlit run bare_pages.py -- FOLDER

A file holds one page's finished charts, each with its width, kept by `benchmarks.clicks`.
"""

from __future__ import annotations

import pickle
import sys
from functools import partial
from pathlib import Path
from typing import Any, Literal

import streamlit as st

Width = Literal["stretch", "content"]


@st.cache_resource
def charts(path: Path) -> list[tuple[dict[str, Any], Width]]:
    """The charts of a page, read once."""
    found: list[tuple[dict[str, Any], Width]] = pickle.loads(path.read_bytes())
    return found


def show(path: Path) -> None:
    """A page of ready charts and nothing else."""
    st.title(path.stem)
    for spec, width in charts(path):
        st.vega_lite_chart(spec, width=width)
    st.write("Fim")


def first() -> None:
    """Where each click starts."""
    st.title("Começo")
    st.write("Fim")


pages = [
    st.Page(first, title="Início", url_path="inicio", default=True),  # its address would be "/"
    st.Page(first, title="Começo", url_path="comeco"),
]
pages += [
    st.Page(partial(show, path), title=path.stem, url_path=path.stem)
    for path in sorted(Path(sys.argv[1]).iterdir())
]
st.navigation(pages, expanded=True).run()
