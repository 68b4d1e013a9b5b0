"""What was done to a note besides payments, and its undoing by who may (R12, R29–R34)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from credigestor.reports.note import NoteAct, NoteDetail
from credigestor.rules.acts import ACT_NAMES, KINDS
from credigestor.rules.calendar import format_date
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor
from credigestor.services import acts
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.kit import data, forms, messages, tables

_LABELS = {
    "acted_on": "Data",
    "name": "Ato",
    "interest": "Juros",
    "fine": "Multa",
    "principal": "Principal",
    "due_date": "Novo vencimento",
    "reason": "Motivo",
    "made_by": "Por",
    "situation": "Situação",
}
_MONEY = ("interest", "fine", "principal")


def show(note: NoteDetail, actor: Actor) -> None:
    """The note's acts that are no payments, and a form for each that may be undone here."""
    if not note.acts:
        return
    st.header("Dispensas e outros atos", anchor=False)
    frame = pd.DataFrame(
        {
            "acted_on": act.acted_on,
            "name": ACT_NAMES[act.kind],
            "interest": act.taken.interest,
            "fine": act.taken.fine,
            "principal": act.taken.principal,
            "due_date": act.due_date,
            "reason": act.reason or "",
            "made_by": act.made_by or "",
            "situation": f"Desfeito em {format_date(act.reversed_on)}" if act.reversed_on else "",
        }
        for act in note.acts
    )
    shown = {name: label for name, label in _LABELS.items() if _some(frame[name])}
    tables.table(
        frame,
        shown,
        key="note-acts",
        money=[name for name in _MONEY if name in shown],
        dates=[name for name in ("acted_on", "due_date") if name in shown],
    )
    for act in note.acts:
        if (
            KINDS[act.kind].undone_on_note
            and not act.reversed_on
            and actor.can(KINDS[act.kind].permission)
        ):
            undo(act.act_id, _named(act), actor)


def _some(column: pd.Series[Any]) -> bool:
    """Whether there is anything in a column."""
    return bool(column.notna().any() and any(column.dropna()))


def _named(act: NoteAct) -> str:
    what = f"{ACT_NAMES[act.kind].lower()} de {format_date(act.acted_on)}"
    taken = act.taken.interest + act.taken.fine + act.taken.principal
    if taken > 0:
        what += f", {format_brl(taken)}"
    return what


def undo(act_id: int, what: str, actor: Actor) -> None:
    """The reversal of an act, which `what` names, behind a reason and a second button."""
    fields = forms.Fields()
    with st.expander(
        messages.plain(f"Desfazer {what}"), icon=":material/undo:", key=f"undo:{act_id}"
    ):
        st.write(
            "Cada nota dela é recalculada como se isto não tivesse sido feito; o registro fica."
        )
        why = st.text_input("Motivo", key=f"undo_why:{act_id}", max_chars=MAX_REASON)
        fields.slot("reason")
        if not st.button(
            "Confirmar: desfazer",
            key=f"undo_confirm:{act_id}",
            type="primary",
            icon=":material/undo:",
        ):
            return
        with fields.catching():
            today = data.today()
            data.write(lambda s: acts.reverse(s, actor, act_id=act_id, why=why or "", today=today))
            messages.flash(f"Desfeito: {what}.", ":material/undo:")
            st.rerun()
