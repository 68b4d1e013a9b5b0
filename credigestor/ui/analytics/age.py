"""Of when the figures of a page are, where many sales are still to be folded in."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.reports.unfolded import Unfolded
from credigestor.rules.permissions import Permission
from credigestor.ui.kit import data, session
from credigestor.ui.kit.figures import format_count

_REFRESH = "5s"


def show() -> None:
    """Say it above the figures, and draw the page anew once they are up to date."""
    if data.behind() is not None:
        _follow()


@st.fragment(run_every=_REFRESH)
def _follow() -> None:
    session.require(Permission.ANALYTICS)
    found = data.behind()
    if found is None:
        st.rerun()
    shop, today = data.settings_today()
    st.info(words(found, ZoneInfo(shop.time_zone), today), icon=":material/hourglass_top:")


def words(found: Unfolded, zone: ZoneInfo, today: date) -> str:
    """Of when the figures are, on the shop's clock, and how much is still to come."""
    since = found.since.astimezone(zone)
    moment = f"{since:%H:%M}" if since.date() == today else f"{since:%d/%m/%Y %H:%M}"
    sales = format_count(
        found.sales, "venda nova ou mudada ainda entra", "vendas novas ou mudadas ainda entram"
    )
    return f"Números de {moment}: {sales} na conta. A página se atualiza sozinha."
