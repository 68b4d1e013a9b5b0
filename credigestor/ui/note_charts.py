"""Charts of open principal whose bars, and links below them, lead to the notes behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from credigestor.reports.dashboard import BandTotal, DueTotal
from credigestor.rules.aging import BAND_NAMES
from credigestor.rules.money import format_brl
from credigestor.ui import charts, kit


def aging(totals: Sequence[BandTotal]) -> None:
    """Open principal by aging band; a bar or a link opens its notes."""
    st.subheader("A receber por dias de atraso")
    if not any(row.notes for row in totals):
        st.info("Nenhuma nota em aberto nesta data.", icon=":material/task_alt:")
        return
    event = st.altair_chart(
        charts.aging_bars(totals),
        key="aging",
        on_select="rerun",
        alt="Principal em aberto por faixa de atraso",
    )
    _open_picked("aging", event, {row.band: _band_params(row.band) for row in totals})
    with st.expander("Abrir as notas de uma faixa"):
        for row in totals:
            if row.notes:
                label = f"{BAND_NAMES[row.band]}: {format_brl(row.principal)}"
                kit.link("counter/notes.py", label, **_band_params(row.band))


def due_months(totals: Sequence[DueTotal]) -> None:
    """Open principal by due month; a bar or a link opens its notes."""
    st.subheader("A receber por mês de vencimento")
    if not any(row.notes for row in totals):
        st.info("Nenhuma nota em aberto nesta data.", icon=":material/task_alt:")
        return
    event = st.altair_chart(
        charts.receivable_by_month(totals),
        key="due_months",
        on_select="rerun",
        alt="Principal em aberto por mês de vencimento",
    )
    _open_picked("due_months", event, {charts.due_id(row): _due_params(row) for row in totals})
    with st.expander("Abrir as notas de um mês"):
        for row in totals:
            if row.notes:
                label = f"{charts.due_label(row)}: {format_brl(row.principal)}"
                kit.link("counter/notes.py", label, **_due_params(row))


def _open_picked(key: str, event: Any, targets: dict[str, dict[str, str]]) -> None:
    """Leave for the notes of the bar that was clicked."""
    params = targets.get(charts.picked(event) or "")
    if params is not None:
        del st.session_state[key]  # or coming back would lead here again
        kit.go("counter/notes.py", **params)


def _band_params(band: str) -> dict[str, str]:
    """The notes page's filters for an aging band."""
    return {"status": "open" if band == "current" else "overdue", "band": band}


def _due_params(total: DueTotal) -> dict[str, str]:
    """The notes page's filters for the open notes of a due month."""
    limits = {"due_from": total.due_from, "due_to": total.due_to}
    return {"status": "open"} | {name: str(day) for name, day in limits.items() if day}
