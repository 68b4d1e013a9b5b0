"""The rates of a sale or a proposal in lines of words, the same on both pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from credigestor.documents.credit_words import effective
from credigestor.rules.money import exact_percent


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
    days = "sem carência" if not terms.grace_days else f"carência de {terms.grace_days} dias"
    return [
        interest_line(terms.contract_rate, terms.daily_rate),
        f"No atraso: juros de {_rate(terms.late_rate)} ao mês, multa de {_rate(terms.fine_rate)}, "
        f"{days}",
    ]


def interest_line(contract_rate: Decimal, daily_rate: Decimal) -> str:
    """The contract rate, or that there is none, with the effective rates (R2b)."""
    agreed = f"Juros do contrato: {_rate(contract_rate)} ao mês"
    monthly, yearly = effective(daily_rate)
    return (
        f"{agreed if contract_rate else 'Sem juros de contrato'}. Taxa efetiva, pelas datas: "
        f"{monthly} ao mês, {yearly} ao ano (CET)"
    )


def _rate(percent: Decimal) -> str:
    return exact_percent(percent, least=2)
