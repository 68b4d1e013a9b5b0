"""The same form sent twice: what its operation wrote before is found, and must be the same."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Act,
    Contact,
    ContractPrinting,
    CreditMovement,
    Customer,
    CustomerMove,
    DayClosing,
    NotePrinting,
    Payment,
    Proposal,
    Renegotiation,
    Sale,
)
from credigestor.errors import Conflict

T = TypeVar(
    "T",
    Act,
    Contact,
    CreditMovement,
    Customer,
    CustomerMove,
    DayClosing,
    Sale,
    Payment,
    NotePrinting,
    ContractPrinting,
    Proposal,
    Renegotiation,
)


def recorded(session: Session, table: type[T], operation_id: uuid.UUID) -> Sequence[T]:
    """The rows that an operation wrote, in id order; none where it is new."""
    return session.scalars(
        select(table).where(table.operation_id == operation_id).order_by(table.id)
    ).all()


#: The field that a Conflict of `require_same` names: no input, but the operation itself.
FIELD = "operation"


def require_same(same: bool, *, done: str, again: str) -> None:
    """Raise Conflict unless the operation is asked for what it did before.

    Nobody is told that something was recorded which was not. `done` and `again` are the
    sentence's own words: what the form did already, and what it takes to do another.
    """
    if not same:
        raise Conflict(
            f"Este formulário já {done} e nada mais foi gravado. Confira e confirme de novo para "
            f"{again}.",
            field=FIELD,
        )
