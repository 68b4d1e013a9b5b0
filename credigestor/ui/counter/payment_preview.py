"""What each note gets of a payment, shown before it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from credigestor.reports.receiving import Part
from credigestor.rules import early
from credigestor.rules.money import format_number
from credigestor.services.waivers import Waived
from credigestor.ui.kit import messages


def preview(parts: Sequence[Part], waived: Mapping[int, Waived]) -> None:
    """What each note gets, what of its charges is let go (R29), and what is left of it."""
    st.header("Prévia", anchor=False)
    rows = [
        {
            "Nota": part.note.number,
            "Juros": format_number(part.split.interest),
            "Multa": format_number(part.split.fine),
            "Principal": format_number(part.split.principal),
            "Paga": format_number(part.amount),
            "Dispensado": format_number(waived.get(part.note.id, Waived()).total),
            "Desconto": format_number(part.discount),
            "Saldo": format_number(part.after),
        }
        for part in parts
    ]
    frame = pd.DataFrame(rows)
    if not any(part.discount for part in parts):
        del frame["Desconto"]
    if not waived:
        del frame["Dispensado"]
    if len(frame.columns) > 6:  # a telephone has no room for all seven
        if not any(part.note.owed.charges for part in parts):
            frame = frame.drop(columns=["Juros", "Multa"])
        elif waived and len(parts) == 1:
            del frame["Dispensado"]  # of one note it is told above
    st.table(frame, border="horizontal", hide_index=True)
    for part in parts:
        if part.after and part.discount:
            found = early.shown_part(
                part.amount, part.amount + part.discount, part.note.daily_rate, part.note.days_early
            )
            st.caption(
                messages.plain(f"Paga em parte antes do vencimento, {part.note.number}: {found}.")
            )
