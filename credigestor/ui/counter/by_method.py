"""What came by each method, in words (R36)."""

from __future__ import annotations

from decimal import Decimal

from credigestor.reports.by_method import ByMethod
from credigestor.rules.methods import NAMES
from credigestor.rules.money import ZERO, format_brl


def by_method_words(found: ByMethod) -> str:
    """Each method with its sum and how often it was used: Pix R$ 40,00 (1) · Dinheiro …"""
    return " · ".join(
        f"{NAMES[method]} {format_brl(amount)} ({number})"
        for method, (number, amount) in found.items()
    )


def in_all(found: ByMethod) -> Decimal:
    """The sum of all methods, R$."""
    return sum((amount for _, amount in found.values()), ZERO)
