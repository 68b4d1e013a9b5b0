"""Giving debts up by a list: late notes by how late they are and how much they owe (R34)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from credigestor.reports import written_off
from credigestor.reports.written_off import MOST_CANDIDATES, Candidate
from credigestor.rules.money import CENT, ZERO, format_brl, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.counter import lost_notes
from credigestor.ui.kit import data, forms, messages, tables

_USUAL_DAYS = 360
_COLUMNS = {
    "number": "Nota",
    "customer": "Cliente",
    "due_date": "Vencimento",
    "days_late": "Dias de atraso",
    "principal": "Principal",
    "charges": "Juros e multa",
}


def show(actor: Actor, today: date) -> None:
    """Choose notes by a rule, see them, and give them all up, for who may."""
    if not actor.can(Permission.WRITE_OFF):
        return
    with st.expander(
        "Baixar notas por perda",
        expanded="write_off" in st.query_params,
        icon=":material/money_off:",
        key="write_off_list",
    ):
        st.caption(
            "As notas com mais dias de atraso e principal de até o valor saem do que há a receber. "
            "O que entrar delas depois é recuperação. Cada cliente fica com a sua baixa, que se "
            "desfaz na página da nota."
        )
        fields = forms.Fields()
        with st.grid(2, min_column_width=220):
            days = st.number_input(
                "Mais de tantos dias de atraso", 0, 36500, _USUAL_DAYS, key="write_off_days"
            )
            with st.container():
                typed = st.text_input(
                    "Principal de até (R$)",
                    key="write_off_up_to",
                    placeholder="sem limite",
                    autocomplete="off",
                )
                fields.slot("up_to")
        # Read when it is asked for: this page has other things to do.
        if not st.toggle("Mostrar as notas", key="write_off", bind="query-params"):
            return
        with fields.catching():
            up_to = _amount(typed or "")
            found = data.read(written_off.candidates, over_days=int(days), up_to=up_to, today=today)
            _show(found, actor, today)


def _amount(typed: str) -> Decimal | None:
    return parse_money(typed, field="up_to", minimum=CENT) if typed.strip() else None


def _show(found: list[Candidate], actor: Actor, today: date) -> None:
    if not found:
        st.info("Nenhuma nota com esse atraso e esse valor.", icon=":material/task_alt:")
        return
    people = len({each.customer_id for each in found})
    owed = sum((each.principal for each in found), ZERO)
    notes = "1 nota" if len(found) == 1 else f"{len(found)} notas"
    customers = "1 cliente" if people == 1 else f"{people} clientes"
    st.markdown(messages.plain(f"{notes} de {customers}, {format_brl(owed)} de principal."))
    if len(found) == MOST_CANDIDATES:
        st.caption(f"São as {MOST_CANDIDATES} mais antigas: baixe estas e volte para as outras.")
    frame = pd.DataFrame(
        {"id": each.note_id} | {name: getattr(each, name) for name in _COLUMNS} for each in found
    )
    tables.table(
        frame,
        _COLUMNS,
        key="write_off_candidates",
        money=["principal", "charges"],
        dates=["due_date"],
        opens="counter/note.py",
    )
    lost_notes.confirmable("write_off_list", [each.note_id for each in found], actor, today)
