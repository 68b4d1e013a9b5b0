"""On the first page of whoever can do something about it: an endpoint that went off by itself."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from credigestor.reports import webhooks
from credigestor.rules.permissions import Actor, Permission
from credigestor.ui.kit import data, links
from credigestor.ui.kit.messages import plain


def draw_notice(actor: Actor) -> None:
    """Say which endpoints are off, until they are on or somebody leaves them off."""
    if not actor.can(Permission.SETTINGS):
        return
    for url in data.read(webhooks.off_by_themselves):
        st.warning(
            plain(f"O destino {urlsplit(url).netloc} foi desligado e não recebe mais avisos."),
            icon=":material/link_off:",
        )
        links.link("admin/webhooks.py", "Ver em Webhooks", icon=":material/webhook:")
