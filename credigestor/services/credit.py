"""How a customer stands when a sale is made, and when selling more takes a manager's word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from credigestor.db.balances import note_balances
from credigestor.db.models import Note, Sale
from credigestor.errors import Conflict
from credigestor.rules.money import format_brl


class CreditWarning(Conflict):
    """The customer is over the limit or late; a manager may go on by giving a reason."""


def credit_warnings(
    *, limit: Decimal | None, owed: Decimal, overdue_notes: int, new_notes: Decimal
) -> list[str]:
    """Sentences on why a manager's word is needed before selling more; R$ amounts of principal."""
    warnings = []
    if limit is not None and new_notes > 0 and owed + new_notes > limit:
        warnings.append(
            f"Passa do limite de crédito de {format_brl(limit)}: o cliente já deve "
            f"{format_brl(owed)} e ficaria devendo {format_brl(owed + new_notes)}."
        )
    if overdue_notes:
        notes = "1 nota atrasada" if overdue_notes == 1 else f"{overdue_notes} notas atrasadas"
        warnings.append(f"O cliente tem {notes}.")
    return warnings


@lru_cache(maxsize=2)  # to build it takes longer than to write a whole sale
def standing(today: date) -> Select[*tuple[Any, ...]]:
    """SELECT of what :customer_id owes and has overdue, and of the sale of :operation_id, if any.

    Columns: owed (R$ of principal), overdue (how many notes), registered (the sale's id). Run
    once the customer is locked, it sees what whoever held the lock before has written.
    """
    notes = note_balances(today, today=today)
    columns = notes.selected_columns
    return notes.where(Note.customer_id == bindparam("customer_id")).with_only_columns(
        func.coalesce(func.sum(columns.principal), 0).label("owed"),
        func.count().filter(columns.is_overdue).label("overdue"),
        select(Sale.id)
        .where(Sale.operation_id == bindparam("operation_id"))
        .correlate(None)
        .scalar_subquery()
        .label("registered"),
    )
