"""Of when the figures of a page are, where sales are still to be folded in or the replica lags."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from credigestor.db import replica
from credigestor.db.replica import Lag
from credigestor.reports.unfolded import Unfolded
from credigestor.rules.permissions import Permission
from credigestor.ui.kit import data, session
from credigestor.ui.kit.figures import format_count

_REFRESH = "5s"
#: Seconds by which a replica may lag and nobody is told.
_USUAL = 5.0


def show() -> None:
    """Say it above the figures, and draw the page anew once all sales are folded in."""
    if data.behind() is not None:
        _follow()
    if replica.exists():
        _tell_lag()


@st.fragment(run_every=_REFRESH)
def _follow() -> None:
    session.require(Permission.ANALYTICS)
    found = data.behind()
    if found is None:
        st.rerun()
    shop, today = data.settings_today()
    st.info(words(found, ZoneInfo(shop.time_zone), today), icon=":material/hourglass_top:")


@st.fragment(run_every=_REFRESH)
def _tell_lag() -> None:
    """As long as it lasts; the figures are the primary's, and stay as they are when it is over."""
    session.require(Permission.ANALYTICS)
    lag = data.replica_behind()
    if lag is not None and lag.seconds >= _USUAL:
        shop, today = data.settings_today()
        st.info(lag_words(lag, ZoneInfo(shop.time_zone), today), icon=":material/database:")


def words(found: Unfolded, zone: ZoneInfo, today: date) -> str:
    """Of when the figures are, on the shop's clock, and how much is still to come."""
    sales = format_count(
        found.sales, "venda nova ou mudada ainda entra", "vendas novas ou mudadas ainda entram"
    )
    moment = _moment(found.since, zone, today)
    return f"Números de {moment}: {sales} na conta. A página se atualiza sozinha."


def lag_words(lag: Lag, zone: ZoneInfo, today: date) -> str:
    """Of when the replica is, on the shop's clock, and that it is not what is shown."""
    moment = _moment(lag.since, zone, today)
    return (
        f"Números de agora, do banco principal: a réplica está atrasada desde {moment}, há "
        f"{_age(lag.seconds)}."
    )


def _moment(at: datetime, zone: ZoneInfo, today: date) -> str:
    there = at.astimezone(zone)
    return f"{there:%H:%M}" if there.date() == today else f"{there:%d/%m/%Y %H:%M}"


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} segundos"
    return format_count(int(seconds // 60), "minuto", "minutos")
