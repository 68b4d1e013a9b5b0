"""One chart on a page: what it says now, what it means, its data, and the way to what is behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import streamlit as st

from credigestor.exports.csv_format import csv_bytes
from credigestor.ui.analytics import view_address
from credigestor.ui.charts import theme
from credigestor.ui.charts.theme import Spec
from credigestor.ui.kit import links, messages

#: So many links stand below each other; more places are chosen in a box that can be searched.
MOST_LINKS = 40


@dataclass(frozen=True)
class Lead:
    """Where a mark leads: what its link says, a file under pages/ and that page's parameters.

    A parameter is a text, or a list of them.
    """

    label: str
    file: str
    params: Mapping[str, Any]


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
) -> None:
    """Draw a chart with its definition, the sentence of what it says now, its data and its leads.

    A click on a mark whose `id` is one of `leads` goes there, and so do links below. `table` is
    the CSV, its columns named as a person reads them; `file_name` has no ending. Where there is
    nothing to show, `empty` says what to do in place of it all.
    """
    st.subheader(title, help=messages.plain(definition), anchor=False)
    if empty is not None or chart is None:
        st.info(messages.plain(empty or "Nada a mostrar."), icon=":material/info:")
        return
    st.markdown(messages.plain(sentence))
    # A heat map keeps the width of its cells, and is scrolled where the screen is narrower.
    wide = "width" in chart
    width: Literal["content", "stretch"] = "content" if wide else "stretch"
    if wide:
        st.html(f"<style>.st-key-{key}{{overflow-x:auto}}</style>")
    chart = theme.lead(chart, leads or ())
    if leads:
        event = st.vega_lite_chart(chart, key=key, on_select="rerun", alt=alt, width=width)
        _open_picked(key, theme.picked(event), leads)
    else:
        st.vega_lite_chart(chart, key=key, alt=alt, width=width)
    with st.container(horizontal=True):
        if leads:
            _offer_leads(leads, f"{key}:lead")
        st.download_button(
            "Baixar CSV",
            csv_bytes(table, {name: name for name in table.columns}),
            f"{file_name}.csv",
            "text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"{key}-csv",
            help=messages.plain(f"Baixar os dados de “{title}” como CSV"),
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
        for lead in shown:
            links.link(lead.file, lead.label, **lead.params)
