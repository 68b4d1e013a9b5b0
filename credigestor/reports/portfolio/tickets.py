"""The average sale: how much (R$), and in how many notes."""

from __future__ import annotations

from decimal import Decimal

from credigestor.reports.portfolio.flows import Flow


def ticket(flow: Flow) -> Decimal | None:
    """The average total of the sales, down payments included, R$; None of no sales."""
    return flow.sold / flow.sales if flow.sales else None


def installments(flow: Flow) -> Decimal | None:
    """Notes a sale on average, those wholly paid at once counting none; None of no sales."""
    return Decimal(flow.installments) / flow.sales if flow.sales else None
