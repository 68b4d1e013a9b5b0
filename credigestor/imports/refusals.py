"""Why a payment of an import does not fit its note."""

from __future__ import annotations

from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid
from credigestor.rules.money import format_brl


def too_much(error: Overpaid, number: int, sale_ref: str) -> str:
    """Why a payment does not fit a note."""
    owed, paid = error.owed, error.act
    note = f"a parcela {number} da venda {sale_ref}"
    if owed.total == 0:
        return f"Em {format_date(paid.on)} {note} já estava paga."
    charges = (
        f" (principal {format_brl(owed.principal)}, juros {format_brl(owed.interest)}, "
        f"multa {format_brl(owed.fine)})"
        if owed.charges
        else ""
    )
    return (
        f"{format_brl(paid.amount)} passa do que {note} devia em {format_date(paid.on)}: "
        f"{format_brl(owed.total)}{charges}."
    )


def too_much_later(error: Overpaid) -> str:
    """Why a payment does not fit before one that is on record."""
    return (
        f"Com este pagamento, o de {format_brl(error.act.amount)} já registrado em "
        f"{format_date(error.act.on)} passaria do que a parcela devia naquele dia: "
        f"{format_brl(error.owed.total)}."
    )
