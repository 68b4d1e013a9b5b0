"""Putting off due dates, on the pages of a note and of a sale, and the papers of it (R32)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from credigestor.db.settings import MAX_RATE
from credigestor.errors import BusinessError
from credigestor.reports import new_dates as report
from credigestor.reports.new_dates import NewDates as Agreed
from credigestor.reports.note import NoteDetail
from credigestor.reports.sale import SaleDetail
from credigestor.rules.aging import Status
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.money import format_brl, format_number, parse_rate
from credigestor.rules.new_dates import MOST_DAYS
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.words import listed as in_words
from credigestor.services import new_dates
from credigestor.services.inputs import MAX_REASON, parse
from credigestor.services.new_dates import NewDates, Planned
from credigestor.ui.counter import document_bars, note_acts, reasoned
from credigestor.ui.kit import clicks, data, forms, messages

_ON_TIME = (Status.PENDING, Status.PARTIAL)
#: What is previewed, of what is typed; the reason changes nothing of it.
_SEEN = ("due_date", "days", "agreed_on", "rate")


def offer_of_note(note: NoteDetail, actor: Actor, today: date) -> None:
    """Another due date for one note, for who may; of a late one to date the agreement back."""
    late = note.status is Status.OVERDUE
    if note.status in _ON_TIME or (late and actor.can(Permission.NEW_DATE)):
        _offer(f"new_date:{note.id}", {"note_id": note.id}, actor, today)


def offer_of_sale(sale: SaleDetail, actor: Actor, today: date) -> None:
    """So many days more for all notes that are left of a sale, for who may."""
    if ((sale.notes["owed"] > 0) & (sale.notes["days_late"] == 0)).any():
        _offer(f"new_dates:{sale.id}", {"sale_id": sale.id}, actor, today)


def listed(sale_id: int, actor: Actor, note_id: int | None = None) -> None:
    """The agreements on notes of a sale, each with its paper; of one note, the papers alone."""
    found = [
        each
        for each in data.read(report.of_sale, sale_id)
        if note_id in (None, *(note.note_id for note in each.notes))
    ]
    if found and note_id is None:
        st.header("Prorrogações", anchor=False)
    for each in found:
        if note_id is None:
            with st.container(border=True):
                _one(each, actor)
        elif not each.undone:
            paper(each.act_id, f"Acordo de prorrogação de {format_date(each.agreed_on)}")


def paper(act_id: int, label: str = "Acordo de prorrogação") -> None:
    """The way to the paper of an agreement."""
    with st.container(horizontal=True, gap="small"):
        document_bars.link(label, document_bars.path("prorrogacao", act_id))
        keep = document_bars.path("prorrogacao", act_id, keep=True)
        document_bars.link("Baixar", keep, type="tertiary", icon=":material/download:")


def _one(agreed: Agreed, actor: Actor) -> None:
    numbers = in_words([note.number for note in agreed.notes])
    days = format_days((agreed.notes[0].due_date - agreed.notes[0].before).days)
    told = [
        f"Prorrogação {agreed.number}, {format_date(agreed.agreed_on)}: {days} a mais, "
        f"{'nota' if len(agreed.notes) == 1 else 'notas'} {numbers}",
        f"Motivo: {agreed.reason}",
    ]
    if agreed.interest:
        told.append(f"Juros combinados: {format_brl(agreed.interest)}")
    if agreed.made_by:
        told.append(f"Registrada por {agreed.made_by}")
    if agreed.undone:
        by = f" por {agreed.undone.by}" if agreed.undone.by else ""
        why = f"Desfeita em {format_date(agreed.undone.on)}{by}: {agreed.undone.reason}"
        st.warning(messages.plain(why), icon=":material/undo:")
    st.markdown("\n".join(f"- {messages.plain(' '.join(line.splitlines()))}" for line in told))
    if agreed.undone:
        return
    paper(agreed.act_id)
    if actor.can(Permission.NEW_DATE):
        what = f"prorrogação de {format_date(agreed.agreed_on)}"
        note_acts.undo(agreed.act_id, what, actor)


def _offer(slot: str, of: Mapping[str, Any], actor: Actor, today: date) -> None:
    limit = data.settings().new_date_limit_days
    if not actor.can(Permission.SELL) or not (limit or actor.can(Permission.NEW_DATE)):
        return
    operation = st.session_state.setdefault(f"operation:{slot}", uuid.uuid4())
    failed, fields = st.session_state.pop(f"failed:{slot}", None), forms.Fields()
    of_sale = "sale_id" in of
    label = "Prorrogar as notas que restam" if of_sale else "Prorrogar vencimento"
    with st.expander(label, icon=":material/event_repeat:", key=slot, expanded=bool(failed)):
        st.caption(
            "Até o último dia em dia de cada nota. Atraso, juros e multa passam a contar da nova "
            "data; a original fica guardada."
            + (
                ""
                if actor.can(Permission.NEW_DATE)
                else f" Você prorroga até {format_days(limit)} depois do primeiro vencimento."
            )
        )
        read = _typed(str(operation), of_sale, today, fields)
        if failed:
            fields.show(failed)
        if read is None:
            return
        with fields.catching():
            new = parse(NewDates, {"operation_id": operation, "reason": "", **of, **read})
            planned = data.read(new_dates.preview, actor, new, today=today)
            _preview(planned)
            seen = {each.note.id: (each.after.due_date, each.interest) for each in planned.moved}
            keys = [key for name in _SEEN if (key := f"{name}:{operation}") in st.session_state]
            count = len(planned.moved)
            clicks.button(
                f"Confirmar a prorrogação de {count} notas"
                if count > 1
                else "Confirmar a prorrogação",
                _confirm,
                (
                    slot,
                    new.model_copy(update={"previewed": seen}),
                    {key: st.session_state[key] for key in keys},
                    f"reason:{operation}",
                ),
                key=f"confirm:{slot}",
                type="primary",
                icon=":material/event_repeat:",
            )


def _typed(form: str, of_sale: bool, today: date, fields: forms.Fields) -> dict[str, Any] | None:
    """What is typed of the agreement; None until it can be previewed."""
    found: dict[str, Any] = {}
    with st.grid(3, min_column_width=200):
        with st.container():
            if of_sale:
                found["days"] = st.number_input(
                    "Dias a mais", 1, MOST_DAYS, value=None, key=f"days:{form}"
                )
                fields.slot("days")
            else:
                found["due_date"] = forms.date_field(
                    "Novo vencimento", None, key=f"due_date:{form}"
                )
                fields.slot("due_date")
        with st.container():
            rate = st.text_input(
                "Juros combinados (% ao mês)",
                "0",
                key=f"rate:{form}",
                autocomplete="off",
                help="Sobre o principal, pelos dias da prorrogação. Com 0, não custa nada.",
            )
            fields.slot("rate")
        with st.container():
            found["agreed_on"] = forms.date_field("Combinado em", today, key=f"agreed_on:{form}")
            fields.slot("agreed_on")
    st.text_input("Motivo da prorrogação", key=f"reason:{form}", max_chars=MAX_REASON)
    fields.slot("reason")
    if not all(found.values()):
        return None
    try:
        typed = (rate or "").strip() or "0"
        return found | {"rate": parse_rate(typed, field="rate", maximum=MAX_RATE)}
    except BusinessError as error:
        fields.show(error)
        return None


def _preview(planned: Planned) -> None:
    """Both dates of each note that would be put off, and the notes that would not."""
    rows = [
        {
            "Nota": each.note.label,
            "Vence em": format_date(each.before.due_date),
            "Passa a vencer em": format_date(each.after.due_date),
            "Em dia até": format_date(each.after.on_time_until),
            "Juros (R$)": format_number(each.interest),
            "Na nova data (R$)": format_number(_owed(each)),
        }
        for each in planned.moved
    ]
    frame = pd.DataFrame(rows)
    if not planned.interest:
        del frame["Juros (R$)"], frame["Na nova data (R$)"]
    st.table(frame, border="horizontal", hide_index=True)
    if planned.late:
        late = in_words([note.label for note in planned.late])
        one = len(planned.late) == 1
        stays = "Já em atraso, fica como está" if one else "Já em atraso, ficam como estão"
        st.caption(messages.plain(f"{stays}: {late}."))


def _owed(each: new_dates.Moved) -> Decimal:
    """What the note costs on its new date, R$: interest agreed before is owed as well."""
    return each.principal + each.carried + each.interest


def _confirm(slot: str, new: NewDates, seen: Mapping[str, Any], why: str) -> None:
    """Record what was previewed, for the reason in the input `why` names.

    A callback with the operation of the button as it was drawn; `seen` is what was previewed.
    """
    act_id = reasoned.record(slot, new, why, new_dates.put_off, seen)
    if act_id is None:
        return
    count = len(new.previewed or ())
    what = f"{count} notas prorrogadas" if count > 1 else "Nota prorrogada"
    messages.flash(
        f"{what}. Imprima o acordo e colha as assinaturas.",
        ":material/event_repeat:",
        beside=lambda: paper(act_id),
    )
