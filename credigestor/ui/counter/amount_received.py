"""How much is received: typed, or filled in by one key from what is owed; and how it is shared."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from credigestor.errors import InvalidInput
from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import Discounts, Part, allocated, check_granted
from credigestor.rules.money import CENT, ZERO, format_brl, format_number, parse_money
from credigestor.ui.counter.note_ticks import offer_next
from credigestor.ui.kit import clicks, forms, messages
from credigestor.ui.kit.figures import format_count
from credigestor.ui.kit.live_form import PAUSE

#: Pixels: beside it a telephone has room for the button that fills it in.
AMOUNT_WIDTH = 128


def choose_amount(
    form: uuid.UUID,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    discounts: Discounts,
    fields: forms.Fields,
) -> list[Part]:
    """The amount as typed and how it is allocated; empty while there is none that fits (R10)."""
    paying = chosen or open_notes
    whole = discounts.settles(*paying)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="cg-amount"):
        typed = st.text_input(
            "Valor recebido (R$)",
            key=key_of(form),
            live=PAUSE,
            placeholder="1.234,56",
            autocomplete="off",
            persist_state="session",
            width=AMOUNT_WIDTH,
        )
        offer_whole(form, chosen, open_notes, discounts)
    fields.slot("amount")
    st.caption(messages.plain(counted(paying, chosen, discounts)))
    if not (typed or "").strip():
        return []
    with fields.catching():
        amount = parse_money(typed or "", field="amount", minimum=CENT)
        check_amount(amount, whole, open_notes, discounts)
        if amount > whole:
            offer_next(form, amount, chosen, open_notes, discounts)
            check_discounted(amount, paying, discounts)
        return allocated(amount, paying, discounts)
    return []


def offer_whole(
    form: uuid.UUID,
    chosen: Sequence[OpenNote],
    open_notes: Sequence[OpenNote],
    discounts: Discounts,
) -> None:
    """Buttons that fill in what settles the ticked notes, or the late ones, the oldest, or all."""
    late = [note for note in open_notes if note.days_late]
    offered: list[tuple[str, str, Sequence[OpenNote]]] = []
    if chosen:
        offered.append(("Quitar selecionadas", "Alt+Q", chosen))
    else:
        if late:
            offered.append(("Quitar atrasadas", "Alt+Q", late))
        if len(open_notes) > 1:
            offered.append(("Quitar a mais antiga", "Alt+A", open_notes[:1]))
        if len(late) < len(open_notes):
            offered.append(("Quitar tudo", "Alt+U", open_notes))
    for label, keys, notes in offered:
        amount = discounts.settles(*notes)
        clicks.button(
            messages.plain(f"{label} {format_brl(amount)}"),
            set_amount,
            (form, amount),
            key=f"whole:{label}:{form}",
            shortcut=keys,
        )


def check_amount(
    amount: Decimal, whole: Decimal, open_notes: Sequence[OpenNote], discounts: Discounts
) -> None:
    """A granted discount is for settling; otherwise no more than all that is owed fits (R10)."""
    check_granted(amount, whole, discounts)
    check_discounted(amount, open_notes, discounts)
    most = discounts.settles(*open_notes)
    if amount > most:
        raise InvalidInput(
            f"O valor passa de tudo o que o cliente deve: {format_brl(most)}.", field="amount"
        )


def check_discounted(amount: Decimal, paying: Sequence[OpenNote], discounts: Discounts) -> None:
    """Where only the discount makes the amount too large, tell both ways on."""
    whole, owed = discounts.settles(*paying), sum((note.owed.total for note in paying), ZERO)
    if whole < amount <= owed:
        raise InvalidInput(
            f"Com o desconto de {format_brl(owed - whole)}, basta receber {format_brl(whole)}. "
            "Para receber sem desconto, desligue-o acima.",
            field="amount",
        )


def key_of(form: uuid.UUID | str) -> str:
    """Key of the amount's input."""
    return f"amount:{form}"


def turn_of(form: uuid.UUID) -> int:
    """How often the amount was filled in by a button: each time the caret comes back to it."""
    turn: int = st.session_state.get(f"amount_set:{form}", 0)
    return turn


def set_amount(form: uuid.UUID, amount: Decimal) -> None:
    """Fill in an amount, R$."""
    st.session_state[key_of(form)] = format_number(amount)
    st.session_state[f"amount_set:{form}"] = turn_of(form) + 1


def counted(paying: Sequence[OpenNote], chosen: Sequence[OpenNote], discounts: Discounts) -> str:
    """What the notes owe, what of it is late, and what settles them where that is less."""
    owed = sum((note.owed.total for note in paying), ZERO)
    late = [note.owed.total for note in paying if note.days_late]
    told, what = "", "Tudo o que está em aberto"
    if late and not chosen:
        many = format_count(len(late), "nota", "notas")
        told, what = f"Atrasado: {format_brl(sum(late, ZERO))} em {many} · ", "em aberto"
    if chosen:
        one = len(paying) == 1
        what = "A nota marcada deve" if one else f"As {len(paying)} notas marcadas devem"
    told += f"{what}: {format_brl(owed)}"
    if (whole := discounts.settles(*paying)) != owed:
        told += f". Com {format_brl(owed - whole)} de desconto, quita-se com {format_brl(whole)}"
    return told
