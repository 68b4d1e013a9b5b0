"""Settings of the shop, and the history of their versions."""

from __future__ import annotations

import streamlit as st

from credigestor.reports.settings_history import settings_history
from credigestor.rules.calendar import format_moment
from credigestor.rules.permissions import Permission
from credigestor.ui.admin.documents_form import documents_form
from credigestor.ui.admin.personal_data import retention_form
from credigestor.ui.admin.reminder_form import reminder_form
from credigestor.ui.admin.sale_plans_form import sale_plans_form
from credigestor.ui.admin.settings_form import calendar_form, charges_form, pix_form, shop_form
from credigestor.ui.analytics import first_steps
from credigestor.ui.kit import address, data, messages, session, tables

actor = session.require(Permission.SETTINGS)
current = data.settings()


def show_history() -> None:
    frame = data.read(settings_history, time_zone=current.time_zone)
    if frame.empty:
        st.info("Nada foi mudado ainda. Cada mudança aparecerá aqui, com quem a fez e quando.")
        return
    frame["at"] = [format_moment(moment) for moment in frame["at"]]
    labels = {"at": "Quando", "who": "Quem", "field": "O que", "old": "De", "new": "Para"}
    tables.table(frame, labels, key="settings-history")


def show_shop() -> None:
    shop_form(actor, current)
    first_steps.offer_again(actor)


messages.header("Configurações", "Cada mudança vira uma versão, com quem a fez e quando.")
address.tabs(
    {
        "Loja": show_shop,
        "Pix": lambda: pix_form(actor, current),
        "Encargos": lambda: charges_form(actor, current),
        "Planos": lambda: sale_plans_form(actor, current),
        "Calendário": lambda: calendar_form(actor, current),
        "Documentos": lambda: documents_form(actor, current),
        "WhatsApp": lambda: reminder_form(actor, current),
        "Privacidade": lambda: retention_form(actor, current),
        "Histórico": show_history,
    },
    name="settings_tab",
)
