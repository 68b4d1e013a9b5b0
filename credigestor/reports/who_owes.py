"""Every customer who owes, late or not yet, and how much: "quem me deve"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.balances import open_notes
from credigestor.db.models import Customer
from credigestor.rules.money import ZERO


@dataclass(frozen=True, slots=True)
class Debtor:
    """One customer's open notes added up, R$; `ref` is the number that they had elsewhere.

    `overdue` is the part of `principal` that is late, `charges` its interest and fine (R6, R7),
    `oldest_due` the day of the oldest open note, `days_late` of the latest one (R16).
    """

    customer_id: int
    name: str
    ref: str | None
    identification: str | None
    notes: int
    oldest_due: date
    days_late: int
    principal: Decimal
    overdue: Decimal
    charges: Decimal

    @property
    def owed(self) -> Decimal:
        """Principal with interest and fine."""
        return self.principal + self.charges


def who_owes(session: Session, as_of: date, *, today: date) -> list[Debtor]:
    """All who owe something at `as_of`, who owes most first (R13, R16)."""
    notes = open_notes(as_of, today=today).subquery().c
    principal, charges = func.sum(notes.principal), func.sum(notes.interest + notes.fine)
    found = (
        select(
            Customer.id,
            Customer.name,
            Customer.ref,
            Customer.identification,
            func.count(),
            func.min(notes.due_date),
            func.max(notes.days_late),
            principal,
            func.coalesce(func.sum(notes.principal).filter(notes.is_overdue), ZERO),
            charges,
        )
        .join(Customer, Customer.id == notes.customer_id)
        .where(notes.is_open)
        .group_by(Customer.id)
        .order_by((principal + charges).desc(), Customer.id)
    )
    return [Debtor(*row) for row in session.execute(found)]
