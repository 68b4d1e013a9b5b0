"""What came of a contact, in one tap; a promise with its amount and its day (R38)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal

import streamlit as st

from credigestor.errors import BusinessError
from credigestor.rules.calendar import format_date
from credigestor.rules.contacts import CHANNEL_NAMES, OUTCOME_NAMES, Channel, Outcome
from credigestor.rules.money import CENT, format_brl, format_number, parse_money
from credigestor.rules.permissions import Actor
from credigestor.services import contacts
from credigestor.services.contacts import NewContact
from credigestor.services.inputs import MAX_REASON, parse
from credigestor.ui.kit import data, forms, messages

#: Days ahead that a promise's day is suggested for.
USUAL_DAYS = 7
#: Which way the customer was reached, for all the cards of a page.
CHANNEL = "contact-channel"


def choose_channel() -> Channel:
    """By what customers are reached from here on; kept while one goes from page to page."""
    chosen: Channel | None = st.segmented_control(
        "Contato por",
        list(Channel),
        default=Channel.WHATSAPP,
        format_func=CHANNEL_NAMES.__getitem__,
        key=CHANNEL,
        required=True,
        persist_state="session",
    )
    return chosen or Channel.WHATSAPP


def outcome(
    actor: Actor,
    customer_id: int,
    name: str,
    *,
    channel: Channel,
    owed: Decimal | None,
    today: date,
    remark: str | None = None,
) -> bool:
    """Draw the outcomes and record the one that is tapped; tells whether that was done.

    A promise asks for its amount, R$ `owed` to begin with, and its day.
    """
    key = forms.key(f"contact:{customer_id}:{today}")
    chosen: Outcome | None = st.pills(
        messages.plain(f"Resultado do contato com {name}"),
        list(Outcome),
        format_func=OUTCOME_NAMES.__getitem__,
        key=f"{key}:outcome",
        label_visibility="collapsed",
    )
    # The outcome stays chosen where it was refused: it is not recorded by a later run unasked.
    state, slot = st.session_state, f"refused:{key}"
    if chosen is None:
        state.pop(slot, None)
        return False
    values: dict[str, object] = {
        # The same until it is recorded: two fast taps are one contact.
        "operation_id": st.session_state.setdefault(f"operation:{key}", uuid.uuid4()),
        "customer_id": customer_id,
        "channel": channel,
        "outcome": chosen,
        "remark": remark,
    }
    fields = forms.Fields()
    if chosen is not Outcome.PROMISED and (before := state.get(slot)) and before[0] is chosen:
        fields.show(before[1])
        return False
    amount, due_on = "", None
    if chosen is Outcome.PROMISED:
        with st.form(f"{key}:promise", border=False):
            with st.grid(2, min_column_width=140):
                with st.container():
                    amount = st.text_input(
                        "Prometeu pagar (R$)",
                        format_number(owed) if owed else "",
                        key=f"{key}:amount",
                        autocomplete="off",
                    )
                    fields.slot("amount")
                with st.container():
                    due_on = forms.date_field(
                        "Até", today + timedelta(days=USUAL_DAYS), key=f"{key}:due_on"
                    )
                    fields.slot("due_on")
            if not st.form_submit_button(
                "Gravar promessa", type="primary", icon=":material/handshake:"
            ):
                return False
    try:
        if chosen is Outcome.PROMISED:
            values["amount"] = parse_money(amount or "", field="amount", minimum=CENT)
            values["due_on"] = due_on
        new = parse(NewContact, values)
        data.write(lambda s: contacts.record(s, actor, new, today=today))
    except BusinessError as error:
        state[slot] = chosen, error
        fields.show(error)
        return False
    forms.renew(f"contact:{customer_id}:{today}")
    messages.flash(_done(name, new))
    return True


def remark(customer_id: int) -> str | None:
    """What may be said beside the outcome."""
    key = forms.key(f"contact-remark:{customer_id}")
    return st.text_input(
        "Observação (opcional)",
        key=f"{key}:remark",
        max_chars=MAX_REASON,
        autocomplete="off",
        help="Escreva antes de tocar no resultado. Vai na cópia dos dados que o cliente pedir.",
    )


def _done(name: str, new: NewContact) -> str:
    if new.amount is not None and new.due_on is not None:
        return f"{name} prometeu {format_brl(new.amount)} até {format_date(new.due_on)}."
    return f"Contato com {name} gravado: {OUTCOME_NAMES[new.outcome]}."
