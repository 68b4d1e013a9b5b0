"""What stands in the bands by an old debt's lateness, told where bands and rates are (R15)."""

from __future__ import annotations

import streamlit as st

from credigestor.reports.portfolio.stock import Stock
from credigestor.rules.money import format_brl
from credigestor.ui.kit import messages
from credigestor.ui.kit.figures import format_count


def show(stock: Stock) -> None:
    """Say so in a line, where there is any."""
    if not stock.inherited:
        return
    notes = format_count(stock.heirs, "nota, que está em dia", "notas, que estão em dia")
    early = f" Inclui {notes}." if stock.heirs else ""
    st.caption(
        messages.plain(
            f"Nas faixas e taxas de atraso, {format_brl(stock.inherited)} são de dívidas "
            "renegociadas: contam com os dias de atraso da nota antiga mais atrasada até que três "
            f"notas novas sejam pagas.{early}"
        )
    )
