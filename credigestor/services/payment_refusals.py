"""What to say of a payment that a note does not bear (R10, R11)."""

from __future__ import annotations

from credigestor.errors import Conflict, InvalidInput
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Overpaid, Paid
from credigestor.rules.money import format_brl
from credigestor.services.ledger import LockedNote


def too_much(note: LockedNote, paid: Paid, error: Overpaid) -> InvalidInput | Conflict:
    """The refusal of a payment: with it this one, or a later act, would exceed what is owed."""
    if error.act is not paid:
        return Conflict(
            f"Com este pagamento, o de {format_date(error.act.on)} passaria do que a nota "
            f"{note.label} devia naquele dia ({format_brl(error.owed.total)}). "
            "Estorne aquele primeiro.",
            field="paid_on",
        )
    if error.owed.total == 0:
        return Conflict(f"A nota {note.label} já está paga.", field="amount")
    beside = f" com desconto de {format_brl(paid.discount)}" if paid.discount else ""
    return InvalidInput(
        f"A nota {note.label} deve {format_brl(error.owed.total)} em {format_date(paid.on)}; "
        f"não é possível receber {format_brl(paid.amount)}{beside}.",
        field="amount",
    )
