"""How a customer stands when a sale is made, and when selling more takes a manager's word."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Row, and_, bindparam, func, or_, select

from credigestor.db.models import Note, Sale
from credigestor.errors import Conflict, InvalidInput, NotAllowed
from credigestor.rules import identification, privacy
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services.inputs import reason

_TODAY = bindparam("today", type_=Date)
_OPEN = and_(
    Note.principal_balance > 0, or_(Note.cancelled_on.is_(None), Note.cancelled_on > _TODAY)
)
#: SELECT of what :customer_id owes and has overdue, and of the sale of :operation_id, if any.
#:
#: Columns: owed (R$ of principal), overdue (how many notes), registered (the sale's id). Run once
#: the customer is locked, it sees what whoever held the lock before has written. Built once, from
#: the notes' own columns, which say what `db.balances` does of today; a test compares the two.
STANDING = (
    select(
        func.coalesce(func.sum(Note.principal_balance), 0).label("owed"),
        func.count().filter(Note.on_time_until < _TODAY).label("overdue"),
        select(Sale.id)
        .where(Sale.operation_id == bindparam("operation_id"))
        .correlate(None)
        .scalar_subquery()
        .label("registered"),
    )
    .join_from(Note, Sale)
    .where(Note.customer_id == bindparam("customer_id"), Sale.sold_on <= _TODAY, _OPEN)
)


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


def check_buyer(customer: Row[Any], *, on_credit: bool, renegotiated: bool) -> None:
    """Refuse a sale to who may not have any, and credit to who is known by nothing (R23).

    What takes the place of old notes, `renegotiated`, is no credit that was not given before.
    """
    if customer.anonymised_at is not None:
        raise Conflict(privacy.REFUSAL)
    if renegotiated:
        return
    if not customer.active:
        raise Conflict("Este cliente está inativo. Reative o cadastro para vender.")
    if on_credit and customer.identification is None:
        raise InvalidInput(identification.NO_CREDIT, field="customer_id")


def override_reason(actor: Actor, given: str | None, warnings: Sequence[str]) -> str | None:
    """A manager's reason to sell in spite of the warnings; None where there is none to be had.

    Raises CreditWarning without a reason, NotAllowed for who may not give one.
    """
    if not warnings:
        return None
    if not given:
        raise CreditWarning(" ".join(warnings), field="override_reason")
    if not actor.can(Permission.OVERRIDE_CREDIT):
        raise NotAllowed(" ".join(warnings) + " Só um gerente pode liberar esta venda.")
    return reason(given, field="override_reason")
