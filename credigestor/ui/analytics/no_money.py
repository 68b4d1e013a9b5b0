"""What moved and was no money received: goods that came back, and customers' credit (R30, R31)."""

from __future__ import annotations

from datetime import date

import streamlit as st

from credigestor.reports.overview import Headline
from credigestor.reports.portfolio.act_totals import NOTHING
from credigestor.rules.acts import ActKind
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import CREDIT
from credigestor.rules.money import format_brl
from credigestor.ui.kit import messages


def show(found: Headline, as_of: date) -> None:
    """Say so in a line each, where there is any; the credit is of the whole shop at a date."""
    returned = found.acts.get(ActKind.RETURN, NOTHING).principal
    by_credit = found.acts.get(CREDIT, NOTHING)
    lines = []
    if returned:
        lines.append(
            f"Devoluções de mercadoria: {format_brl(returned)} abatidos das notas, fora do "
            "recebido, dos descontos e do cancelado."
        )
    if by_credit != NOTHING:
        paid = by_credit.principal + by_credit.interest + by_credit.fine
        lines.append(f"Pago com crédito de clientes: {format_brl(paid)}, fora do recebido.")
    if found.down_by_credit:
        lines.append(
            f"Entradas pagas com crédito de clientes: {format_brl(found.down_by_credit)}, sem "
            "entrar dinheiro."
        )
    if found.customer_credit:
        lines.append(
            f"Crédito de clientes em {format_date(as_of)}: a loja deve a eles "
            f"{format_brl(found.customer_credit)}."
        )
    for line in lines:
        st.caption(messages.plain(line))
