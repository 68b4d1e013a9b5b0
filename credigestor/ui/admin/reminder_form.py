"""The text by which customers are reminded in WhatsApp, with how it will read."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.db.settings import ShopSettings, longest
from credigestor.errors import BusinessError
from credigestor.reports.settings_history import LABELS
from credigestor.rules import pix, reminder
from credigestor.rules.permissions import Actor
from credigestor.rules.reminder import Reminder
from credigestor.services.settings_inputs import cleaned, reminder_text
from credigestor.ui.admin.settings_form import save
from credigestor.ui.kit import data, forms, messages, session

NAME = "whatsapp_text"


def reminder_form(actor: Actor, current: ShopSettings) -> None:
    """Draw the template, its fields, and the text that it makes."""
    form, fields = "settings-reminder", forms.Fields()
    key = forms.key(form)
    st.caption("O botão WhatsApp abre a conversa com este texto já escrito. Os campos:")
    told = (f"`{{{name}}}` {messages.plain(what)}" for name, what in reminder.FIELDS.items())
    st.markdown("  \n".join(told))
    typed = st.text_area(
        LABELS[NAME],
        current.whatsapp_text,
        key=f"{key}:{NAME}",
        height=240,
        help=f"Até {longest(NAME)} caracteres. Um parágrafo com um campo vazio, como o Pix de uma "
        "loja sem chave, não é enviado. Deixe em branco para voltar ao texto de costume.",
    )
    fields.slot(NAME)
    st.markdown("**Como o cliente vai ler**")
    try:
        read = reminder_text(typed or "")
    except BusinessError as error:
        fields.show(error)
    else:
        example = Reminder(
            "Maria das Dores",
            Decimal("205.00"),
            data.today() - timedelta(days=15),
            pix.customer_txid(1),
        )
        hour = session.now().astimezone(ZoneInfo(current.time_zone)).hour
        example_text = reminder.filled(read, current, example, hour=hour)
        st.code(example_text, language=None, wrap_lines=True)
    if st.button("Salvar texto", type="primary", icon=":material/save:", key=f"{key}:save"):
        save(form, fields, actor, lambda: cleaned({NAME: typed or ""}, labels=LABELS))
