"""The button that opens WhatsApp with the reminder written: whoever taps it only sends it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.db.settings import ShopSettings
from credigestor.rules import reminder
from credigestor.rules.identity import format_phone, whatsapp_url
from credigestor.rules.reminder import Reminder
from credigestor.ui.kit import messages, session


def address(shop: ShopSettings, phone: str, about: Reminder | None) -> str:
    """Where the conversation opens: with the text about what is owed, or empty for nothing."""
    if about is None:
        return whatsapp_url(phone)
    hour = session.now().astimezone(ZoneInfo(shop.time_zone)).hour
    return whatsapp_url(phone, reminder.filled(shop.whatsapp_text, shop, about, hour=hour))


def button(shop: ShopSettings, phone: str, about: Reminder | None) -> None:
    """The button, named by the phone."""
    st.link_button(
        f"WhatsApp {messages.plain(format_phone(phone))}",
        address(shop, phone, about),
        icon=":material/chat:",
    )
