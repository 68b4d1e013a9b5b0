"""The three cards that begin the dashboard and the portfolio: to receive, late, and the rate."""

from __future__ import annotations

from collections.abc import Sequence

from credigestor.reports.portfolio.stock import Stock
from credigestor.rules.calendar import format_date
from credigestor.rules.money import ZERO, format_brl
from credigestor.ui.kit import cards
from credigestor.ui.kit.figures import format_rate, in_percent, in_points


def since(before: Stock) -> str:
    """What a stock is compared with, as it stands after a change."""
    return f"desde {format_date(before.as_of)}"


def stock_cards(before: Stock, history: Sequence[Stock], *, elsewhere: str) -> list[str]:
    """The cards of the last stock of a history (R17).

    `elsewhere` says where on the page the other definitions of the rate are.
    """
    now = history[-1]
    rate, rate_before = now.rate(now.overdue), before.rate(before.overdue)
    return [
        cards.card(
            "A receber",
            format_brl(now.receivable),
            in_percent(now.receivable, before.receivable),
            since(before),
            [item.receivable for item in history],
            color="blue",  # to have less to receive is neither good nor bad
            help="Principal em aberto de todas as notas, sem juros e multa.",
        ),
        cards.card(
            "Em atraso",
            format_brl(now.overdue),
            in_percent(now.overdue, before.overdue),
            since(before),
            [item.overdue for item in history],
            color="inverse",
            help="Principal das notas atrasadas, sem juros e multa.",
        ),
        cards.card(
            "Inadimplência (atrasado, por nota)",
            format_rate(rate),
            in_points(rate, rate_before),
            since(before),
            [item.rate(item.overdue) or ZERO for item in history],
            color="inverse",
            help=f"Principal atrasado ÷ principal a receber. {elsewhere}",
        ),
    ]
