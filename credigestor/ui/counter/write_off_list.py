"""Giving debts up by a list: late notes by how late they are and how much they owe (R34)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import streamlit as st

from credigestor.reports import written_off
from credigestor.rules.money import CENT, format_brl, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.counter import lost_notes
from credigestor.ui.kit import data, forms, lists, messages, rows, tables
from credigestor.ui.kit.figures import format_count

_USUAL_DAYS = 360
_COLUMNS = {
    "customer": "Cliente",
    "principal": "Principal",
    "days_late": "Dias de atraso",
    "number": "Nota",
    "due_date": "Vencimento",
    "charges": "Juros e multa",
}
#: Begins this list's words of the address: the page has another list.
_PREFIX = "loss_"


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
            asked = {"over_days": int(days), "up_to": up_to, "as_of": today, "today": today}
            _show(asked, actor, today)


def _amount(typed: str) -> Decimal | None:
    return parse_money(typed, field="up_to", minimum=CENT) if typed.strip() else None


def _show(asked: dict[str, Any], actor: Actor, today: date) -> None:
    totals = data.read(written_off.candidate_totals, **asked)
    if not totals.notes:
        st.info("Nenhuma nota com esse atraso e esse valor.", icon=":material/task_alt:")
        return
    notes = format_count(totals.notes, "nota", "notas")
    customers = format_count(totals.customers, "cliente", "clientes")
    principal = format_brl(totals.principal)
    st.markdown(messages.plain(f"{notes} de {customers}, {principal} de principal."))
    sorting = rows.sorting(
        written_off.ORDERS,
        usual=written_off.OLDEST_FIRST,
        greatest_first=("principal", "days_late", "charges"),
        prefix=_PREFIX,
    )
    found = data.read(written_off.candidates, **asked, order=sorting.order)
    some = len(found) < totals.notes
    if some:
        st.caption(
            f"A baixa é das {len(found)} primeiras nesta ordem: baixe estas e volte para as outras."
        )
    page = lists.page(
        len(found), key="write_off", of=(asked, sorting.order), first=some, prefix=_PREFIX
    )
    frame = pd.DataFrame(
        {"id": each.note_id} | {name: getattr(each, name) for name in _COLUMNS}
        for each in found[page.offset : page.offset + page.size]
    )
    tables.table(
        frame,
        _COLUMNS,
        key="write_off_candidates",
        money=["principal", "charges"],
        dates=["due_date"],
        opens="counter/note.py",
        title="Notas que podem ser baixadas",
        sorting=sorting,
        page=page,
    )
    lost_notes.confirmable("write_off_list", [each.note_id for each in found], actor, today)
