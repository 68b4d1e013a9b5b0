"""Debts given up: on a note's page, in Receber where they come back, on the customer's (R34)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from credigestor.errors import InvalidInput
from credigestor.reports import written_off
from credigestor.reports.note import NoteDetail
from credigestor.reports.notes import OpenNote
from credigestor.rules.aging import Status
from credigestor.rules.money import ZERO, format_brl, format_number
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import write_offs
from credigestor.services.inputs import MAX_REASON
from credigestor.services.write_offs import Lost, NewWriteOff
from credigestor.ui.counter import reasoned
from credigestor.ui.counter.payer import tick_key
from credigestor.ui.kit import clicks, data, forms, messages, tables

_OPEN = (Status.PENDING, Status.PARTIAL, Status.OVERDUE)
_COLUMNS = {
    "number": "Nota",
    "written_off_on": "Baixada em",
    "lost": "Baixado",
    "principal": "Principal a recuperar",
    "charges": "Juros e multa",
    "owed": "A recuperar hoje",
}


def choose(form: uuid.UUID, lost: Sequence[OpenNote]) -> list[OpenNote]:
    """Tick boxes over notes that were written off, apart from those that are open; the chosen."""
    if not lost:
        return []
    with st.container(border=True, gap="small"):
        st.markdown("**Baixadas por perda**")
        st.caption("O que entrar delas é recuperação: não conta como recebido das notas em aberto.")
        return [
            note
            for note in lost
            if st.checkbox(_describe(note), key=tick_key(form, note.id), persist_state="session")
        ]


def recoverable(note: NoteDetail) -> bool:
    """Whether something may still be received of a note that was written off."""
    lost = note.status is Status.WRITTEN_OFF
    return lost and bool(note.lines) and note.lines[-1].after.total > 0


def of_customer(customer_id: int, today: date) -> None:
    """What was written off of a customer and not recovered; nothing where there is none."""
    found = data.read(written_off.of_customer, customer_id, on=today)
    if not found:
        return
    st.header("Baixadas por perda", anchor=False)
    owed = sum((each.note.owed.total for each in found), ZERO)
    st.caption(messages.plain(f"Podem ser recuperados hoje {format_brl(owed)}."))
    frame = pd.DataFrame(
        {
            "id": each.note.id,
            "number": each.note.number,
            "written_off_on": each.written_off_on,
            "lost": each.lost,
            "principal": each.note.owed.principal,
            "charges": each.note.owed.charges,
            "owed": each.note.owed.total,
        }
        for each in found
    )
    tables.table(
        frame,
        _COLUMNS,
        key="written_off",
        money=["lost", "principal", "charges", "owed"],
        dates=["written_off_on"],
        opens="counter/note.py",
    )


def offer_of_note(note: NoteDetail, actor: Actor, today: date) -> None:
    """Give one note up, for who may."""
    if note.status not in _OPEN or not actor.can(Permission.WRITE_OFF):
        return
    with st.expander("Baixar por perda", icon=":material/money_off:", key=f"loss:{note.id}"):
        st.caption(
            "A nota sai do que há a receber, pelo principal. Os encargos ficam anotados e seguem "
            "sendo calculados: o que o cliente ainda pagar é recuperação."
        )
        confirmable(f"write_off:{note.id}", [note.id], actor, today)


def confirmable(slot: str, note_ids: Sequence[int], actor: Actor, today: date) -> None:
    """What would be lost of these notes, the reason, and the button that gives them up."""
    operation = st.session_state.setdefault(f"operation:{slot}", uuid.uuid4())
    failed, fields = st.session_state.pop(f"failed:{slot}", None), forms.Fields()
    new = NewWriteOff(
        operation_id=operation, note_ids=tuple(note_ids), written_off_on=today, reason=""
    )
    with fields.catching():
        found = data.read(write_offs.preview, actor, new, today=today)
        lost = sum((each.lost.principal for each in found), ZERO)
        st.markdown(messages.plain(_told(found)))
        st.text_input("Motivo da baixa", key=f"reason:{operation}", max_chars=MAX_REASON)
        fields.slot("reason")
        clicks.button(
            messages.plain(f"Confirmar a baixa de {format_brl(lost)}"),
            _confirm,
            (slot, new.model_copy(update={"expected": lost}), f"reason:{operation}"),
            key=f"confirm:{slot}",
            type="primary",
            icon=":material/money_off:",
        )
    if failed:
        fields.show(failed)


def _told(found: Sequence[Lost]) -> str:
    lost = sum((each.lost.principal for each in found), ZERO)
    memo = sum((each.lost.interest + each.lost.fine for each in found), ZERO)
    what = f"{len(found)} notas" if len(found) > 1 else f"A nota {found[0].note.label}"
    leave = "saem" if len(found) > 1 else "sai"
    told = f"{what} {leave} do que há a receber: principal de {format_brl(lost)}"
    return told + (f", mais {format_brl(memo)} de encargos anotados." if memo else ".")


def _confirm(slot: str, new: NewWriteOff, why: str) -> None:
    """Give up what was previewed; a callback with the operation of the button as it was drawn."""
    if reasoned.record(slot, new, why, _give_up) is None:
        return
    many = len(new.note_ids)
    what = f"{many} notas baixadas" if many > 1 else "Nota baixada"
    messages.flash(f"{what} por perda.", ":material/money_off:")


def _give_up(session: Session, actor: Actor, new: NewWriteOff, *, today: date) -> list[int]:
    if not new.note_ids:
        raise InvalidInput("Escolha ao menos uma nota.", field="note_ids")
    return write_offs.write_off(session, actor, new, today=today)


def _describe(note: OpenNote) -> str:
    owed: Mapping[str, Any] = {
        "principal": note.owed.principal,
        "juros": note.owed.interest,
        "multa": note.owed.fine,
    }
    parts = ", ".join(f"{name} {format_number(value)}" for name, value in owed.items() if value)
    return (
        f"**{messages.plain(format_brl(note.owed.total))}** · {messages.plain(note.number)} "
        f"({parts})"
    )
