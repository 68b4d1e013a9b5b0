"""In place of a page that this person may not open, or that there is not: a word, and a way on.

Streamlit would answer an unknown address with the first page and a dialog over it.
"""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import unquote, urlsplit

import streamlit as st

from credigestor.ui.kit import links, messages, session
from credigestor.ui.kit.navigation import PAGES

UNKNOWN = "Página não encontrada"
REFUSED = "Sem permissão"


def refused() -> NoReturn:
    """Say that this person's role does not open this page, lead on, and end the run."""
    st.set_page_config(page_title=f"{REFUSED} · CrediGestor")
    messages.header(REFUSED)
    session.tell_refused()
    _way_on()
    st.stop()


def unknown() -> st.Page | None:
    """The page that says so, where the address in the browser names none of ours."""
    name = unquote(urlsplit(st.context.url or "/").path).strip("/")
    if not name or "/" in name or name in {spec.url_path for spec in PAGES}:
        return None
    return st.Page(_nothing_here, title=UNKNOWN, url_path=name, visibility="hidden")


def _nothing_here() -> None:
    messages.header(UNKNOWN)
    st.info("O endereço digitado não existe.", icon=":material/search_off:")
    _way_on()


def _way_on() -> None:
    links.link("counter/home.py", "Ir para a página inicial", icon=":material/home:")
