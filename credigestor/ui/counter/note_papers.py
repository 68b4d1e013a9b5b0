"""What is on paper of a sale's notes: how often, and with which due date (R23, R32)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from credigestor.reports import printed_notes
from credigestor.reports.printed_notes import Printings
from credigestor.rules.words import listed
from credigestor.ui.kit import data, messages


def printings(sale_id: int) -> dict[int, Printings]:
    """How often each note of a sale was printed, and whether its paper is out of date."""
    return {each.note_id: each for each in data.read(printed_notes.status, sale_id)}


def tell_outdated(numbers: Sequence[str]) -> None:
    """Say which papers have another due date than their notes (R32)."""
    if not numbers:
        return
    which = listed(list(filter(None, numbers)))
    what = f"As notas {which} foram" if len(numbers) > 1 else f"A nota {which} foi"
    was = " impressas" if len(numbers) > 1 else " impressa"
    st.warning(
        messages.plain(
            f"{' '.join(what.split())}{was} antes da prorrogação. Imprima de novo e troque com o "
            "cliente: a nova via traz o vencimento de agora."
        ),
        icon=":material/event_repeat:",
    )
