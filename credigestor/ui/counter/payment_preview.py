"""What each note gets of a payment, shown before it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports.receiving import Part
from credigestor.rules import early
from credigestor.rules.money import ZERO, format_number
from credigestor.services.waivers import Waived
from credigestor.ui.kit import keyboard, messages

#: More notes than these are summed up: the button that confirms stays in view below them.
FEW = 3
_SUMS = ("Juros", "Multa", "Principal", "Paga", "Dispensado", "Desconto", "Saldo")


def preview(parts: Sequence[Part], waived: Mapping[int, Waived]) -> None:
    """What each note gets, what of its charges is let go (R29), and what is left of it.

    Of many notes those that are settled stand in one row.
    """
    rows = [_row(part, waived) for part in parts]
    if len(parts) > FEW:
        settled = [row for row, part in zip(rows, parts, strict=True) if not part.after]
        left = [row for row, part in zip(rows, parts, strict=True) if part.after]
        rows = [
            *_summed(settled, "notas quitadas"),
            *_summed(left, "notas em parte"),
        ]
    with st.container(key=keyboard.PREVIEW, gap="xsmall"):
        st.markdown("**Prévia**")
        _table(rows, parts, waived)
        for part in parts[:FEW]:
            if part.after and part.discount:
                found = early.shown_part(
                    part.amount,
                    part.amount + part.discount,
                    part.note.daily_rate,
                    part.note.days_early,
                )
                told = f"Paga em parte antes do vencimento, {part.note.number}: {found}."
                st.caption(messages.plain(told))


def note_by_note(parts: Sequence[Part], waived: Mapping[int, Waived]) -> None:
    """The rows that the preview summed up, for who wants to see them."""
    if len(parts) > FEW:
        with st.expander(f"Prévia nota a nota: {len(parts)} notas", icon=":material/list:"):
            _table([_row(part, waived) for part in parts], parts, waived)


def _row(part: Part, waived: Mapping[int, Waived]) -> dict[str, str | Decimal]:
    return {
        "Nota": part.note.number,
        "Juros": part.split.interest,
        "Multa": part.split.fine,
        "Principal": part.split.principal,
        "Paga": part.amount,
        "Dispensado": waived.get(part.note.id, Waived()).total,
        "Desconto": part.discount,
        "Saldo": part.after,
    }


def _summed(rows: list[dict[str, str | Decimal]], what: str) -> list[dict[str, str | Decimal]]:
    if len(rows) < FEW:
        return rows
    sums = {name: sum((Decimal(row[name]) for row in rows), ZERO) for name in _SUMS}
    return [{"Nota": f"{len(rows)} {what}", **sums}]


def _table(
    rows: Sequence[Mapping[str, str | Decimal]],
    parts: Sequence[Part],
    waived: Mapping[int, Waived],
) -> None:
    frame = pd.DataFrame(
        {
            name: value if isinstance(value, str) else format_number(value)
            for name, value in row.items()
        }
        for row in rows
    )
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
