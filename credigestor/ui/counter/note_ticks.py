"""The payer's choice among the open notes: tick boxes, and more of them when money is left."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import Discounts
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import format_brl, format_number
from credigestor.ui.counter.payer import tick_key
from credigestor.ui.kit import clicks, messages

#: More open notes than this scroll in a frame of their own.
NOTES_IN_VIEW = 6


def choose_notes(form: uuid.UUID, open_notes: Sequence[OpenNote]) -> list[OpenNote]:
    """Tick boxes over the open notes, oldest due first; the chosen ones."""
    st.header("Notas em aberto", anchor=False)
    st.caption("Marque as notas a pagar. Sem marcar, o valor paga da mais antiga à mais nova.")
    with st.container(height=420 if len(open_notes) > NOTES_IN_VIEW else "content", gap="small"):
        return [
            note
            for note in open_notes
            if st.checkbox(_describe(note), key=tick_key(form, note.id), persist_state="session")
        ]


def offer_next(
    form: uuid.UUID,
    amount: Decimal,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    discounts: Discounts,
) -> None:
    """A button that ticks the next notes, oldest first, until they take the amount (R10)."""
    left, more = amount - discounts.settles(*chosen), []
    told = format_brl(left)
    for note in open_notes:
        if left > 0 and note not in chosen:
            more.append(note.id)
            left -= discounts.settles(note)
    clicks.button(
        messages.plain(f"Continuar nas próximas notas com os {told} restantes"),
        _tick,
        (form, more),
        key=f"more:{form}",
        icon=":material/playlist_add:",
    )


def _tick(form: uuid.UUID, note_ids: Sequence[int]) -> None:
    for note_id in note_ids:
        st.session_state[tick_key(form, note_id)] = True


def _describe(note: OpenNote) -> str:
    due = f"vence {format_date(note.due_date)}"
    if note.days_late:
        due = f"venceu {format_date(note.due_date)}, {format_days(note.days_late)} de atraso"
    text = (
        f"**{messages.plain(format_brl(note.owed.total))}** · {messages.plain(note.number)} · {due}"
    )
    if note.owed.charges:
        text += (
            f" (principal {format_number(note.owed.principal)}, juros "
            f"{format_number(note.owed.interest)}, multa {format_number(note.owed.fine)})"
        )
    if note.early_discount:
        text += f" (com desconto: {format_number(note.settlement)})"
    return text
