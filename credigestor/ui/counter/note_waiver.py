"""Letting go late charges of one note, on its page (R29)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from credigestor.reports.note import NoteDetail
from credigestor.rules.money import format_brl, format_number, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import waivers
from credigestor.services.inputs import MAX_REASON
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.ui.counter import reasoned
from credigestor.ui.kit import clicks, data, forms, messages

LIVE = "300ms"
_INPUTS = ("interest", "fine", "waiver_reason")
#: Why, for the preview: what a waiver would do does not hang on it.
_ANY = "prévia"


def offer(note: NoteDetail, actor: Actor, today: date) -> None:
    """What the note owes of charges today, to be let go by who may; nothing where none is owed."""
    if not note.owed.charges or not actor.can(Permission.SELL):
        return
    limit = data.settings().waiver_limit
    if not (limit or actor.can(Permission.WAIVE)):
        return
    slot = f"waiver:{note.id}"
    operation = st.session_state.setdefault(f"operation:{slot}", uuid.uuid4())
    failed, fields = st.session_state.pop(f"failed:{slot}", None), forms.Fields()
    with st.expander(
        "Dispensar encargos", icon=":material/money_off:", key=slot, expanded=bool(failed)
    ):
        most = (
            "" if actor.can(Permission.WAIVE) else f" Você pode dispensar até {format_brl(limit)}."
        )
        st.caption(
            messages.plain(
                "Tira da nota juros e multa devidos hoje, no todo ou em parte; o principal, nunca. "
                f"Fica registrado, com o motivo e quem dispensou.{most}"
            )
        )
        keys = {name: f"{name}:{operation}" for name in _INPUTS}
        read = _typed(note, keys, fields)
        if failed:
            fields.show(failed)
        if read is None:
            return
        new = NewWaiver(
            operation_id=operation,
            customer_id=note.customer_id,
            waived_on=today,
            waived={note.id: read},
            reason=_ANY,
        )
        with fields.catching():
            _preview(actor, new)
            seen = {keys[name]: st.session_state[keys[name]] for name in ("interest", "fine")}
            clicks.button(
                messages.plain(f"Confirmar dispensa de {format_brl(read.total)}"),
                _confirm,
                (slot, new, seen, keys["waiver_reason"]),
                key=f"confirm:{slot}",
                type="primary",
                icon=":material/money_off:",
            )


def _typed(note: NoteDetail, keys: Mapping[str, str], fields: forms.Fields) -> Waived | None:
    """Interest and fine as typed, all that is owed at first; None while they are no amounts."""
    found: dict[str, Decimal | None] = {}
    with st.grid(2, min_column_width=200):
        for name, label, owed in (
            ("interest", "Juros a dispensar (R$)", note.owed.interest),
            ("fine", "Multa a dispensar (R$)", note.owed.fine),
        ):
            with st.container():
                typed = st.text_input(
                    label, format_number(owed), key=keys[name], live=LIVE, autocomplete="off"
                )
                fields.slot(name)
                found[name] = None
                with fields.catching():
                    found[name] = parse_money((typed or "").strip() or "0", field=name)
    fields.slot("waived")
    st.text_input("Motivo da dispensa", key=keys["waiver_reason"], max_chars=MAX_REASON)
    fields.slot("waiver_reason")
    interest, fine = found["interest"], found["fine"]
    return None if interest is None or fine is None else Waived(interest=interest, fine=fine)


def _preview(actor: Actor, new: NewWaiver) -> None:
    """What the note owes once they are let go; raises what would refuse it, but for the reason."""
    [(note, step)] = data.read(waivers.preview, actor, new, today=new.waived_on)
    state = step.state
    parts = {"juros": state.interest, "multa": state.fine}
    beside = "".join(f" + {name} {format_brl(value)}" for name, value in parts.items() if value)
    st.markdown(
        messages.plain(
            f"A nota {note.label} fica devendo {format_brl(state.total)}: principal "
            f"{format_brl(state.principal)}{beside}."
        )
    )


def _confirm(slot: str, new: NewWaiver, seen: Mapping[str, Any], why: str) -> None:
    """Record what was previewed, for the reason in the input `why` names.

    A callback with the operation of the button as it was drawn; `seen` is what was previewed.
    """
    if reasoned.record(slot, new, why, waivers.waive, seen) is None:
        return
    total = sum((each.total for each in new.waived.values()), Decimal(0))
    messages.flash(f"{format_brl(total)} de encargos dispensados.", ":material/money_off:")
