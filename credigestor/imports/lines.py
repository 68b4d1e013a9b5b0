"""Rows of an import whose cells are right by themselves; R$."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from credigestor.imports.batch import Ended, Given
from credigestor.imports.choices import Rates
from credigestor.rules.identification import identification


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A row of clientes.csv whose cells are right."""

    line: int
    ref: str
    values: dict[str, Any]  # columns of customers

    @property
    def identification(self) -> str | None:
        """By what they are known: CPF, CNPJ or foreign document; None for nothing yet (R26)."""
        known = (self.values.get(name) for name in ("tax_id", "foreign_document", "country"))
        return identification(*known)

    @property
    def identified_by(self) -> tuple[str, str]:
        """The column that says it, and what it is called."""
        return ("cpf", "CPF") if self.values["tax_id"] else ("documento_estrangeiro", "documento")


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A row of vendas.csv whose cells are right by themselves; R$."""

    line: int
    ref: str
    customer_ref: str
    sold_on: date
    description: str
    total: Decimal
    down_payment: Decimal
    installments: int
    first_due_date: date | None
    rates: Rates | None = None
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A row of parcelas.csv whose cells are right by themselves; R$."""

    line: int
    sale_ref: str
    number: int
    due_date: date
    amount: Decimal
    old_number: str = ""
    ended: Ended | None = None


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A row of pagamentos.csv whose cells are right by themselves; R$."""

    line: int
    sale_ref: str
    number: int
    #: None where the row does not say, of what was settled when it was due.
    paid_on: date | None
    amount: Decimal | None
    #: One method, or the part of each (R36), as `rules.methods` has it.
    way: str
    given: Given | None = None
    #: Whether the row leaves it open of which note it is.
    number_is_empty: bool = False
