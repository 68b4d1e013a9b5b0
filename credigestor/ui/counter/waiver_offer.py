"""R29 at the counter: late charges let go where what is handed over lacks charges alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import streamlit as st

from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import Discounts, Part, allocated
from credigestor.rules.calendar import format_date
from credigestor.rules.money import ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import MAX_REASON
from credigestor.services.lapses import lapsing
from credigestor.services.payments import NewPayment
from credigestor.services.waivers import Waived, suggested
from credigestor.ui.kit import clicks, data, forms, messages

_FACE, _ROUND, _OTHER = "Pagou o valor da nota", "Valor arredondado", "Outro motivo"
#: The short list; what it lacks is typed.
REASONS = (_FACE, _ROUND, "Bom cliente", "Demora por falha da loja", _OTHER)
#: What is drawn or kept here, as the preview's witnesses.
INPUTS = ("waive", "waiver_face", "waiver_round", "waiver_other")


@dataclass(frozen=True)
class LetGo:
    """What of each note's charges is let go, by its id, and why; nothing by default."""

    by_note: Mapping[int, Waived] = field(default_factory=dict)
    reason: str | None = None

    @property
    def total(self) -> Decimal:
        """All of it, R$."""
        return sum((each.total for each in self.by_note.values()), ZERO)

    @property
    def told(self) -> str:
        """The end of a sentence about a payment; empty when there is nothing."""
        return f", dispensando {format_brl(self.total)}" if self.by_note else ""


def offer(
    form: uuid.UUID, parts: list[Part], discounts: Discounts, actor: Actor, fields: forms.Fields
) -> tuple[list[Part], LetGo]:
    """Offer to let go what is missing to settle the notes that are paid, if charges alone are.

    That is where their principal is handed over, or whole reais. Gives the allocation and what is
    let go: as it was, and nothing, until the offer is taken. Another amount is another offer.
    """
    paid, short, charges = _short(parts, discounts)
    waived = suggested([(part.note.id, part.note.owed) for part in parts], short)
    if not waived or (short < charges and paid % 1):
        return parts, LetGo()
    with st.container(gap="xsmall"):
        missing = f"Para quitar faltam {format_brl(short)}, só de encargos."
        limit = data.settings().waiver_limit
        if short > limit and not actor.can(Permission.WAIVE):
            who = "Só um gerente pode dispensá-los."
            if limit:
                who = f"Um vendedor dispensa até {format_brl(limit)}: mais, só um gerente."
            st.markdown(messages.plain(f"{missing} {who}"))
            return parts, LetGo()
        key = f"waive:{form}"
        taken = st.session_state.setdefault(key, None) == waived
        st.markdown(messages.plain(_told(waived) if taken else missing))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
            why = _choose_reason(form, whole=short == charges) if taken else None
            clicks.button(
                "Não dispensar"
                if taken
                else messages.plain(f"Dispensar {format_brl(short)} de encargos"),
                _take,
                (key, None if taken else waived),
                key=f"waive_or_not:{form}",
                icon=":material/undo:" if taken else ":material/money_off:",
                shortcut="Alt+J",
            )
        fields.slot("waived")
        if why == _OTHER:
            why = st.text_input(
                "Por que dispensar",
                key=f"waiver_other:{form}",
                max_chars=MAX_REASON,
                live="300ms",
                persist_state="session",
            )
        fields.slot("waiver_reason")
    if not taken:
        return parts, LetGo()
    left = [_without(part.note, waived.get(part.note.id)) for part in parts]
    return allocated(paid, left, discounts), LetGo(waived, why)


def tell_lapses(new: NewPayment, today: date) -> None:
    """Say what of later waivers has no effect once a payment dated back is among them."""
    for lapse in data.read(lapsing, new) if new.paid_on < today else ():
        st.warning(
            messages.plain(
                f"Com este pagamento, {format_brl(lapse.amount)} da dispensa de "
                f"{format_date(lapse.acted_on)} na nota {lapse.number} ficam sem efeito: já não "
                "seriam devidos nesse dia."
            ),
            icon=":material/info:",
        )


def _short(parts: Sequence[Part], discounts: Discounts) -> tuple[Decimal, Decimal, Decimal]:
    """What is paid of the notes, what they lack to be settled, and the charges they owe, R$."""
    notes = [part.note for part in parts]
    paid = sum((part.amount for part in parts), ZERO)
    charges = sum((note.owed.charges for note in notes), ZERO)
    return paid, discounts.settles(*notes) - paid, charges


def _choose_reason(form: uuid.UUID, *, whole: bool) -> str:
    """Why: from the short list, what fits at first."""
    name, first = ("waiver_face", _FACE) if whole else ("waiver_round", _ROUND)
    return st.selectbox(
        "Motivo da dispensa",
        REASONS,
        index=REASONS.index(first),
        key=f"{name}:{form}",
        label_visibility="collapsed",
        persist_state="session",
    )


def _take(key: str, waived: dict[int, Waived] | None) -> None:
    st.session_state[key] = waived


def _told(waived: Mapping[int, Waived]) -> str:
    interest = sum((each.interest for each in waived.values()), ZERO)
    fine = sum((each.fine for each in waived.values()), ZERO)
    parts = {"juros": interest, "multa": fine}
    told = ", ".join(f"{name} {format_brl(value)}" for name, value in parts.items() if value)
    return f"Dispensados: {told}."


def _without(note: OpenNote, waived: Waived | None) -> OpenNote:
    """The note as it is once the charges are let go."""
    if waived is None:
        return note
    owed = note.owed
    interest, fine = owed.interest - waived.interest, owed.fine - waived.fine
    return replace(note, owed=replace(owed, interest=interest, fine=fine))
