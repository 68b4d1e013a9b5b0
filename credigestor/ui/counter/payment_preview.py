"""What each note gets of a payment: worked out from the amount, and shown before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports.notes import OpenNote
from credigestor.rules.allocation import distribute
from credigestor.rules.charges import Split, allocate
from credigestor.rules.money import ZERO, format_number
from credigestor.ui.counter.discounts import Discounts


@dataclass(frozen=True)
class Part:
    """What one note gets of the payment, R$, the discount that settles it, and what is left."""

    note: OpenNote
    amount: Decimal
    split: Split
    discount: Decimal

    @property
    def after(self) -> Decimal:
        """Still owed on the note right after the payment."""
        return self.note.owed.total - self.amount - self.discount


def allocated(amount: Decimal, paying: Sequence[OpenNote], discounts: Discounts) -> list[Part]:
    """Note by note what it gets; one that is settled gets its discount, one paid in part none."""
    parts = dict(distribute(amount, [(note.id, discounts.settles(note)) for note in paying]))
    return [
        Part(
            note,
            parts[note.id],
            allocate(note.owed, parts[note.id]),
            discounts.by_note.get(note.id, ZERO)
            if parts[note.id] == discounts.settles(note)
            else ZERO,
        )
        for note in paying
        if note.id in parts
    ]


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
