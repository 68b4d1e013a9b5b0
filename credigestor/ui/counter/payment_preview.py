"""What each note gets of a payment, shown before it is written."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from credigestor.reports.receiving import Discounts, Part
from credigestor.rules.money import format_number


def preview(parts: Sequence[Part], discounts: Discounts) -> None:
    """What each note gets, and what is left of it."""
    st.subheader("Prévia")
    rows = [
        {
            "Nota": part.note.number,
            "Juros": format_number(part.split.interest),
            "Multa": format_number(part.split.fine),
            "Principal": format_number(part.split.principal),
            "Paga": format_number(part.amount),
            "Desconto": format_number(part.discount),
            "Saldo": format_number(part.after),
        }
        for part in parts
    ]
    frame = pd.DataFrame(rows)
    if not any(part.discount for part in parts):
        del frame["Desconto"]
    elif not any(part.note.owed.charges for part in parts):
        frame = frame.drop(columns=["Juros", "Multa"])  # a telephone has no room for all seven
    st.table(frame, border="horizontal", hide_index=True)
    if any(part.after and discounts.by_note.get(part.note.id) for part in parts):
        st.caption("Pagamento parcial não tem desconto: ele vale para a nota quitada.")
