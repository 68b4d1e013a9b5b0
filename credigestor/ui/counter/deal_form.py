"""The inputs of a renegotiation: old notes, what is let go and paid down, the new debt (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial

import streamlit as st

from credigestor.db.settings import MAX_RATE, ShopSettings
from credigestor.errors import InvalidInput
from credigestor.reports.notes import OpenNote, open_notes
from credigestor.rules.calendar import format_date, format_days
from credigestor.rules.due_schedule import MONTHLY
from credigestor.rules.money import ZERO, format_brl, parse_money, parse_rate
from credigestor.rules.renegotiation import AGREEMENT_NAMES, AGREEMENT_WORDS, Agreement
from credigestor.services import inputs
from credigestor.services.renegotiations import NewRenegotiation
from credigestor.services.waivers import Waived
from credigestor.ui.counter import down_payment, guarantors, sale_schedule
from credigestor.ui.kit import data, messages
from credigestor.ui.kit.live_form import LiveForm

#: More open notes than this scroll in a frame of their own.
_IN_VIEW = 6


def typed(
    draft: LiveForm, customer_id: int, settings: ShopSettings, today: date
) -> NewRenegotiation | None:
    """Draw the form; what it asks for, None while that is no deal that could be previewed."""
    chosen = _notes(draft, customer_id, today)
    waived, why = _waived(draft, chosen)
    owed = sum((note.owed.total for note in chosen), ZERO)
    owed -= sum((each.total for each in waived.values()), ZERO)
    down = draft.typed(
        "down_payment",
        "Entrada agora (R$)",
        partial(parse_money, field="down_payment"),
        placeholder="0,00",
        help="Paga as notas antigas: primeiro os juros, depois a multa, depois o principal.",
    )
    paid = down_payment.typed(draft, down, customer_id)
    left = owed - (down or ZERO)
    due = sale_schedule.typed(
        draft, settings, today, financed=left if chosen and left > 0 else None, no_notes=False
    )
    rate = draft.typed(
        "contract_rate",
        "Juros do contrato (% ao mês)",
        partial(parse_rate, field="contract_rate", maximum=MAX_RATE),
        placeholder="0",
        help="Deixe vazio para parcelar sem juros.",
    )
    kind = _kind(draft)
    guaranteed_by = guarantors.typed(draft, no_notes=False)
    reason = draft.typed(
        "reason",
        "Motivo da renegociação",
        inputs.reason,
        needed="motivo",
        placeholder="O que levou ao acordo",
    )
    if not chosen or not due.is_whole or draft.wrong or (down and not any(paid)):
        return None
    return NewRenegotiation(
        operation_id=draft.operation.id,
        customer_id=customer_id,
        agreed_on=today,
        kind=kind,
        notes=tuple(note.id for note in chosen),
        reason=reason or "",
        waived=waived,
        waiver_reason=why,
        down_payment=down or ZERO,
        methods=paid.methods,
        by_credit=paid.by_credit,
        installments=due.count or 1,
        first_due_date=due.first_due,
        schedule=due.schedule or MONTHLY,
        contract_rate=rate or ZERO,
        guarantors=guaranteed_by,
    )


def waived_of(notes: Sequence[OpenNote], interest: Decimal, fine: Decimal) -> dict[int, Waived]:
    """Interest and fines let go together, R$, by note, oldest first (R29).

    Raises InvalidInput at the field of what is more than they owe.
    """
    left = {"interest": interest, "fine": fine}
    found = {}
    for note in notes:
        parts = {name: min(left[name], getattr(note.owed, name)) for name in left}
        for name, part in parts.items():
            left[name] -= part
        if any(parts.values()):
            found[note.id] = Waived(**parts)
    for name, word in (("interest", "juros"), ("fine", "multa")):
        if left[name]:
            owed = sum((getattr(note.owed, name) for note in notes), ZERO)
            raise InvalidInput(
                f"As notas escolhidas devem {format_brl(owed)} de {word}.", field=f"waived_{name}"
            )
    return found


def _notes(draft: LiveForm, customer_id: int, today: date) -> list[OpenNote]:
    """Tick boxes over the open notes, oldest due first: those that are late are ticked."""
    there = data.read(open_notes, customer_id, on=today, today=today)
    if not there:
        draft.refused = "Este cliente não tem notas em aberto."
        st.info(draft.refused, icon=":material/task_alt:")
        return []
    st.caption("Notas que entram no acordo. As atrasadas já vêm marcadas.")
    with st.container(height=420 if len(there) > _IN_VIEW else "content", gap="small"):
        chosen = [
            note
            for note in there
            if st.checkbox(
                _described(note),
                bool(note.days_late),
                key=draft.key(f"note:{note.id}"),
                persist_state="session",
            )
        ]
    draft.fields.slot("notes")
    if not chosen:
        draft.missing.append("notas")
    return chosen


def _described(note: OpenNote) -> str:
    due = f"vence {format_date(note.due_date)}"
    if note.days_late:
        due = f"{format_days(note.days_late)} de atraso"
    total = messages.plain(format_brl(note.owed.total))
    return f"**{total}** · {messages.plain(note.number)} · {due}"


def _waived(draft: LiveForm, chosen: Sequence[OpenNote]) -> tuple[dict[int, Waived], str | None]:
    """What of the charges is let go, and why; nothing is asked where none are owed."""
    charges = {
        "interest": sum((note.owed.interest for note in chosen), ZERO),
        "fine": sum((note.owed.fine for note in chosen), ZERO),
    }
    amounts = dict.fromkeys(charges, ZERO)
    labels = {"interest": "Dispensar juros (R$)", "fine": "Dispensar multa (R$)"}
    if not any(charges.values()):
        return {}, None
    for place, name in zip(st.columns(2), charges, strict=True):
        with place:
            given = draft.typed(
                f"waived_{name}",
                labels[name],
                partial(parse_money, field=f"waived_{name}"),
                placeholder="0,00",
                help=messages.plain(f"Devidos: {format_brl(charges[name])}"),
            )
            amounts[name] = given or ZERO
    draft.fields.slot("waived")
    found = draft.check(lambda: waived_of(chosen, **amounts)) or {}
    if not any(amounts.values()):
        return {}, None
    why = draft.typed(
        "waiver_reason",
        "Motivo da dispensa",
        partial(inputs.reason, field="waiver_reason"),
        needed="motivo da dispensa",
    )
    return found, why or "prévia"


def _kind(draft: LiveForm) -> Agreement:
    kind = st.radio(
        "O que acontece com a dívida antiga",
        list(Agreement),
        format_func=AGREEMENT_NAMES.__getitem__,
        captions=[AGREEMENT_WORDS[kind] for kind in Agreement],
        key=draft.key("kind"),
        persist_state="session",
    )
    draft.fields.slot("kind")
    return Agreement(kind or Agreement.NOVATION)
