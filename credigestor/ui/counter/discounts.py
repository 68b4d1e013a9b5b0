"""R14 at the counter: the discount of notes paid before they are due, and a manager's own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from credigestor.errors import BusinessError
from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import Discounts, by_right, grant
from credigestor.rules.money import CENT, format_number, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.counter.amount_received import key_of
from credigestor.ui.kit import forms

#: The inputs drawn here, as the preview's witnesses.
INPUTS = ("early", "discount", "discount_reason")


def choose_discounts(
    form: uuid.UUID,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    paid_on: date,
    actor: Actor,
    fields: forms.Fields,
    below: DeltaGenerator,
) -> Discounts | None:
    """By right, unless the person wants none; and for who may, another one on the ticked notes.

    The latter is drawn into `below`. None while what was typed makes no discount; its field says
    why.
    """
    early, paying = by_right(open_notes), chosen or open_notes
    whole, reduced = Discounts({}).settles(*paying), early.settles(*paying)
    if reduced != whole and not st.toggle(
        "Com o desconto do pagamento antecipado (CDC, art. 52, § 2º)",
        value=True,
        key=f"early:{form}",
        on_change=_follow,
        args=(form, whole, reduced),
        help="A nota com juros do contrato, paga antes do vencimento, vale menos: os juros dos "
        "dias que faltam saem dela. Paga em parte, sai a redução dessa parte.",
        persist_state="session",
    ):
        early = Discounts({})
    if not actor.can(Permission.DISCOUNT):
        return early
    if not any(note.due_date > paid_on for note in open_notes):
        return early
    try:
        with below:
            return _grant(form, [n for n in chosen if n.due_date > paid_on], early, fields)
    except BusinessError as error:
        fields.show(error)
        return None


def _follow(form: uuid.UUID, whole: Decimal, reduced: Decimal) -> None:
    """What settled the notes settles them after the switch too; another amount stays as typed."""
    key, wanted = key_of(form), st.session_state[f"early:{form}"]
    before, after = (whole, reduced) if wanted else (reduced, whole)
    if st.session_state.get(key) == format_number(before):
        st.session_state[key] = format_number(after)


def _grant(
    form: uuid.UUID, settled: Sequence[OpenNote], early: Discounts, fields: forms.Fields
) -> Discounts:
    with st.expander("Conceder desconto", icon=":material/percent:", key=f"grant:{form}"):
        st.caption(
            "Vale para quitar as notas marcadas que ainda não venceram, além do desconto da "
            "quitação antecipada, e é repartido entre elas na proporção do que devem."
        )
        typed = st.text_input(
            "Desconto a conceder (R$)",
            key=f"discount:{form}",
            placeholder="10,00",
            autocomplete="off",
            persist_state="session",
        )
        fields.slot("discount")
        why = st.text_input(
            "Motivo do desconto",
            key=f"discount_reason:{form}",
            max_chars=MAX_REASON,
            placeholder="Por que a loja concede este desconto",
            persist_state="session",
        )
        fields.slot("discount_reason")
    if not (typed or "").strip():
        return early
    granted = parse_money(typed or "", field="discount", minimum=CENT)
    return grant(granted, settled, early, reason=why or None)
