"""The rates of a sale or a proposal in lines of words, the same on both pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from credigestor.rules import true_rate
from credigestor.rules.money import exact_percent, format_percent


class _Terms(Protocol):
    @property
    def contract_rate(self) -> Decimal: ...
    @property
    def daily_rate(self) -> Decimal: ...
    @property
    def late_rate(self) -> Decimal: ...
    @property
    def fine_rate(self) -> Decimal: ...
    @property
    def grace_days(self) -> int: ...


def credit_lines(terms: _Terms) -> list[str]:
    """Contract rate with the effective ones (R2b), then what being late costs."""
    if terms.contract_rate:
        interest = (
            f"Juros do contrato: {_rate(terms.contract_rate)} ao mês. Taxa efetiva, pelas datas: "
            f"{format_percent(true_rate.monthly(terms.daily_rate))} ao mês, "
            f"{format_percent(true_rate.yearly(terms.daily_rate))} ao ano (CET)"
        )
    else:
        interest = "Sem juros de contrato"
    days = "sem carência" if not terms.grace_days else f"carência de {terms.grace_days} dias"
    return [
        interest,
        f"No atraso: juros de {_rate(terms.late_rate)} ao mês, multa de {_rate(terms.fine_rate)}, "
        f"{days}",
    ]


def _rate(percent: Decimal) -> str:
    return exact_percent(percent, least=2)
