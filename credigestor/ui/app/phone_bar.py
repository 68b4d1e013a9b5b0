"""The bar at the bottom of a phone's screen: the pages of every day, one tap away."""

from __future__ import annotations

from html import escape

import streamlit as st

from credigestor.rules.permissions import Actor
from credigestor.ui.kit.navigation import PAGES, PageSpec, page

#: The pages that the bar leads to, and what it calls them.
WAYS = (
    (page("counter/receive.py"), "Receber"),
    (page("counter/new_sale.py"), "Vender"),
    (page("counter/customers.py"), "Clientes"),
)
#: The first page of who sees the whole shop's day, and of who sees their own.
_SHOPS, _OWN = page("analytics/today.py"), page("counter/home.py")


def show(actor: Actor, shown: str) -> None:
    """Draw what this person may open, `shown` being the address of the page that they see.

    Style alone keeps it from wider screens (`web/phone.css`); as links of ours they are followed
    in the same visit.
    """
    today = _SHOPS if actor.can(_SHOPS.permission) else _OWN
    links = "".join(
        _link(spec, word, shown == _path(spec))
        for spec, word in (*WAYS, (today, "Hoje"))
        if actor.can(spec.permission)
    )
    st.html(f'<nav class="cg-bar" aria-label="Atalhos">{links}</nav>')


def _link(spec: PageSpec, word: str, current: bool) -> str:
    here = ' aria-current="page"' if current else ""
    return (
        f'<a class="cg-follow" href="{escape(_path(spec) or "./")}"{here}>'
        f'<span aria-hidden="true">{escape(spec.icon)}</span>{escape(word)}</a>'
    )


def _path(spec: PageSpec) -> str:
    return "" if spec is PAGES[0] else spec.url_path
