"""Both debts of a renegotiation before it is confirmed: what is closed, and the new notes (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

import pandas as pd
import streamlit as st

from credigestor.documents.credit_words import effective
from credigestor.reports import guarantors
from credigestor.rules import renegotiation as rule
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.permissions import Actor
from credigestor.rules.renegotiation import Agreement
from credigestor.services import renegotiations
from credigestor.services.renegotiation_input import Agreed
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.ui.kit import data, messages, tables
from credigestor.ui.kit.live_form import LiveForm


def show(draft: LiveForm, actor: Actor, new: NewRenegotiation | None, today: date) -> Agreed | None:
    """Draw what would be made, or what is wrong with it at its field; None where nothing would."""
    found = None
    if new is not None:
        # Its reasons are asked for below: what would be made does not hang on them.
        told = new.model_copy(update={"waiver_reason": new.waiver_reason or "prévia"})
        found = draft.check(partial(data.read, renegotiations.preview, actor, told, today=today))
    if new is None or found is None:
        st.info("A dívida nova aparece aqui enquanto você digita.", icon=":material/preview:")
        return None
    _sums(found)
    _old(draft, found)
    _new(draft, found)
    _freed(found, new)
    return found


def _sums(found: Agreed) -> None:
    paid, plan = sum(found.paid.values(), ZERO), found.plan
    with st.grid(2, min_column_width=130):
        st.metric("Devido hoje", format_brl(rule.amount(rule.total(found.owed.values()))))
        st.metric("Entrada", format_brl(paid))
        st.metric("Dívida nova", format_brl(found.entering))
        st.metric("Total das notas novas", format_brl(plan.total))
        monthly, yearly = effective(plan.daily_rate)
        st.metric("Taxa efetiva ao mês", monthly)
        st.metric("CET ao ano", yearly)


def _old(draft: LiveForm, found: Agreed) -> None:
    st.header("Notas que se fecham", anchor=False)
    nothing = Split(ZERO, ZERO, ZERO)
    rows = [
        {
            "number": note.label,
            "entered": rule.amount(found.closed.get(note.id, nothing)),
            "paid": found.paid.get(note.id, ZERO),
            "interest": found.owed[note.id].interest,
            "fine": found.owed[note.id].fine,
            "principal": found.owed[note.id].principal,
        }
        for note in found.notes
    ]
    labels = {
        "number": "Nota",
        "entered": "Entra no acordo",
        "paid": "Entrada",
        "principal": "Principal",
        "interest": "Juros",
        "fine": "Multa",
    }
    if not found.paid:
        del labels["paid"]
    money = [name for name in labels if name != "number"]
    tables.table(pd.DataFrame(rows), labels, key=draft.key("old"), money=money)


def _new(draft: LiveForm, found: Agreed) -> None:
    st.header("Notas novas", anchor=False)
    notes = found.plan.notes
    frame = pd.DataFrame(
        {
            "number": [f"{note.number}/{len(notes)}" for note in notes],
            "due": [format_date(note.due_date) for note in notes],
            "amount": [note.amount for note in notes],
            "held": found.held,
        }
    )
    labels = {"number": "Nota", "due": "Vencimento", "amount": "Valor"}
    if any(found.held):
        labels["held"] = "Encargos antigos nela"
    money = [name for name in ("amount", "held") if name in labels]
    tables.table(frame, labels, key=draft.key("new"), money=money)
    if any(found.held):
        st.caption(
            messages.plain(
                f"{format_brl(sum(found.held, ZERO))} de encargos antigos vão dentro das notas "
                "novas e contam como recebidos à medida que elas são pagas."
            )
        )


def _freed(found: Agreed, new: NewRenegotiation) -> None:
    """Name those who guaranteed the old notes and do not sign the new ones."""
    signing = {each.tax_id for each in new.guarantors}
    names: Sequence[str] = sorted(
        {
            each.name
            for sale_id in {note.sale_id for note in found.notes}
            for each in data.read(guarantors.of_sale, sale_id)
            if each.tax_id not in signing
        }
    )
    if not names:
        return
    who, many = ", ".join(names), len(names) > 1
    if new.kind is Agreement.NOVATION:
        told = f"{who} fica{'m' if many else ''} livre{'s' if many else ''}: não assina"
        told += f"{'m' if many else ''} as notas novas (CC, arts. 364 a 366)."
    else:
        told = f"{who} só responde{'m' if many else ''} pelas notas novas se as assinar"
        told += f"{'em' if many else ''}. Inclua nos avalistas quem assina."
    st.warning(messages.plain(told), icon=":material/person_remove:")
