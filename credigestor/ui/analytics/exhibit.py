"""One chart on a page: what it says now, what it means, its data, and the way to what is behind.

    @drawn
    def aging(totals: Sequence[BandTotal]) -> Exhibit:
        return exhibit("A receber por dias de atraso", aging_bars(totals), key="aging", ...)

    aging(totals)  # made once for these totals, and drawn at each run

Nothing but its arguments may decide what such a function makes: dates, filters and names are
among them, and so is whatever limits what a person may see.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Literal, ParamSpec

import pandas as pd
import streamlit as st

from credigestor.exports.csv_format import csv_bytes
from credigestor.ui.analytics import view_address
from credigestor.ui.charts import theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit import data, links, messages

P = ParamSpec("P")

#: So many links stand below each other; more places are chosen in a box that can be searched.
MOST_LINKS = 40
#: How a chart wider than the screen is scrolled; it fades where it goes on (web/shell.css).
_SCROLLED = (
    "overflow-x:auto;animation:cg-goes-on linear;animation-timeline:scroll(self inline);"
    "mask-image:linear-gradient(to right,transparent,#000 var(--cg-before),"
    "#000 calc(100% - var(--cg-after)),transparent)"
)


@dataclass(frozen=True)
class Lead:
    """Where a mark leads: what its link says, a file under pages/ and that page's parameters.

    A parameter is a text, or a list of them.
    """

    label: str
    file: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Exhibit:
    """A finished exhibit, as `exhibit` made it; `empty` stands in place of all but the title."""

    title: str
    definition: str
    key: str
    chart: Spec
    sentence: str
    csv: bytes
    file_name: str
    alt: str
    leads: Mapping[str, Lead]
    empty: str | None


def drawn(make: Callable[P, Exhibit]) -> Callable[P, None]:
    """A function that makes an exhibit as one that draws it, and keeps it for the same arguments.

    They are told apart by their content, so a figure that changed is another exhibit; what is
    kept goes when its data do, by a write or with time.
    """
    name = f"{make.__code__.co_filename}:{make.__qualname__}"

    @wraps(make)
    def draw(*args: P.args, **kwargs: P.kwargs) -> None:
        content = sha256(pickle.dumps((name, args, kwargs))).hexdigest()
        show(_kept(content, lambda: make(*args, **kwargs)))

    return draw


@st.cache_data(ttl=data.CACHE_SECONDS, max_entries=data.MOST_KEPT, show_spinner=False)
def _kept(content: str, _make: Callable[[], Exhibit]) -> Exhibit:  # noqa: ARG001 - the key
    return _make()


def exhibit(
    title: str,
    chart: Spec | None,
    *,
    key: str,
    definition: str,
    sentence: str,
    table: pd.DataFrame,
    file_name: str,
    alt: str,
    leads: Mapping[str, Lead] | None = None,
    empty: str | None = None,
) -> Exhibit:
    """A chart with its definition, the sentence of what it says now, its data and its leads.

    A click on a mark whose `id` is one of `leads` goes there, and so do links below. `table` is
    the CSV, its columns named as a person reads them; `file_name` has no ending. Where there is
    nothing to show, `empty` says what to do in place of it all.
    """
    if empty is None and chart is None:
        empty = "Nada a mostrar."
    return Exhibit(
        title,
        definition,
        key,
        {} if chart is None else theme.lead(chart, leads or ()),
        sentence,
        b"" if empty else csv_bytes(table, {name: name for name in table.columns}),
        file_name,
        alt,
        leads or {},
        empty,
    )


def show(one: Exhibit) -> None:
    """Draw an exhibit."""
    st.header(one.title, help=messages.plain(one.definition), anchor=False)
    if one.empty is not None:
        st.info(messages.plain(one.empty), icon=":material/info:")
        return
    st.markdown(messages.plain(one.sentence))
    # A heat map keeps the width of its cells, and is scrolled where the screen is narrower.
    wide = "width" in one.chart
    width: Literal["content", "stretch"] = "content" if wide else "stretch"
    if wide:
        st.html(f"<style>.st-key-{one.key}{{{_SCROLLED}}}</style>")
    shared: dict[str, Any] = {"key": one.key, "alt": one.alt, "width": width}
    if one.leads:
        event = st.vega_lite_chart(one.chart, on_select="rerun", **shared)
        _open_picked(one.key, theme.picked(event), one.leads)
    else:
        st.vega_lite_chart(one.chart, **shared)
    with st.container(horizontal=True):
        if one.leads:
            _offer_leads(one.leads, f"{one.key}:lead")
        st.download_button(
            "Baixar CSV",
            one.csv,
            f"{one.file_name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"{one.key}-csv",
            help=messages.plain(f"Baixar os dados de “{one.title}” como CSV"),
        )


def _open_picked(key: str, mark: str | None, leads: Mapping[str, Lead]) -> None:
    lead = leads.get(mark) if mark is not None else None
    if lead is not None:
        del st.session_state[key]  # or coming back would lead there again
        view_address.leave(lead.file, lead.params)


def _offer_leads(leads: Mapping[str, Lead], key: str) -> None:
    """The way to every mark for who uses no mouse."""
    with st.popover("Abrir o que está por trás", icon=":material/manage_search:"):
        # Marks that lead to the same place share a link.
        places = {(lead.label, lead.file, str(lead.params)): lead for lead in leads.values()}
        shown = list(places.values())
        if len(shown) > MOST_LINKS:
            place = st.selectbox(
                "O que abrir",
                range(len(shown)),
                index=None,
                format_func=lambda place: shown[place].label,
                placeholder="Escolha ou digite",
                key=key,
            )
            shown = [] if place is None else shown[place : place + 1]
        links.listed((lead.file, lead.label, lead.params) for lead in shown)
