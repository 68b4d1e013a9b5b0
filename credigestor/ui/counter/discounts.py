"""R14 at the counter: the discount of notes settled before they are due, and a manager's own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import streamlit as st

from credigestor.errors import BusinessError, InvalidInput
from credigestor.reports.notes import OpenNote
from credigestor.rules.allocation import spread
from credigestor.rules.money import CENT, ZERO, format_brl, format_number, parse_money
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import MAX_REASON
from credigestor.ui.kit import forms

#: The inputs drawn here, as the preview's witnesses.
INPUTS = ("early", "discount", "discount_reason")


@dataclass(frozen=True)
class Discounts:
    """What settling each note saves, R$ by its id; `granted` is a manager's part of it."""

    by_note: Mapping[int, Decimal]
    granted: Decimal = ZERO
    reason: str | None = None

    def settles(self, *open_notes: OpenNote) -> Decimal:
        """What settles the notes whole, R$."""
        owed = sum((note.owed.total for note in open_notes), ZERO)
        return owed - sum((self.by_note.get(note.id, ZERO) for note in open_notes), ZERO)


def choose_discounts(
    form: uuid.UUID,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    paid_on: date,
    actor: Actor,
    fields: forms.Fields,
) -> Discounts | None:
    """By right, unless the person wants none; and for who may, another one on the ticked notes.

    None while what was typed makes no discount; its field says why.
    """
    by_right = {note.id: note.early_discount for note in open_notes if note.early_discount}
    paying = chosen or open_notes
    whole, reduced = Discounts({}).settles(*paying), Discounts(by_right).settles(*paying)
    if reduced != whole and not st.toggle(
        "Com o desconto da quitação antecipada (CDC, art. 52, § 2º)",
        value=True,
        key=f"early:{form}",
        on_change=_follow,
        args=(form, whole, reduced),
        help="A nota com juros do contrato, quitada antes do vencimento, vale menos: os juros "
        "dos dias que faltam saem dela. Pagamento parcial não tem desconto.",
        persist_state="page",
    ):
        by_right = {}
    early = Discounts(by_right)
    if not actor.can(Permission.DISCOUNT):
        return early
    if not any(note.due_date > paid_on for note in open_notes):
        return early
    try:
        return _grant(form, [n for n in chosen if n.due_date > paid_on], early, fields)
    except BusinessError as error:
        fields.show(error)
        return None


def _follow(form: uuid.UUID, whole: Decimal, reduced: Decimal) -> None:
    """What settled the notes settles them after the switch too; another amount stays as typed."""
    key, wanted = f"amount:{form}", st.session_state[f"early:{form}"]
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
            persist_state="page",
        )
        fields.slot("discount")
        why = st.text_input(
            "Motivo do desconto",
            key=f"discount_reason:{form}",
            max_chars=MAX_REASON,
            placeholder="Por que a loja concede este desconto",
            persist_state="page",
        )
        fields.slot("discount_reason")
    if not (typed or "").strip():
        return early
    granted = parse_money(typed or "", field="discount", minimum=CENT)
    if not settled:
        raise InvalidInput(
            "Marque ao menos uma nota que ainda não venceu: o desconto quita as notas marcadas.",
            field="discount",
        )
    left = {note.id: early.settles(note) for note in settled}
    shares = spread(granted, left)
    if granted >= sum(left.values()) or any(shares[note_id] >= left[note_id] for note_id in left):
        raise InvalidInput(
            "O desconto é grande demais: ainda há de se pagar ao menos R$ 0,01 em cada nota, e as "
            f"marcadas se quitam com {format_brl(sum(left.values(), ZERO))}.",
            field="discount",
        )
    every = {note.id: early.by_note.get(note.id, ZERO) + shares[note.id] for note in settled}
    return Discounts({**early.by_note, **every}, granted, why or None)
