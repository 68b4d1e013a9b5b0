"""What a sale on credit is agreed at: the figures that booklet, contract and proposal all tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.db.settings import ShopSettings
from credigestor.db.steps import DUE_AS_MADE
from credigestor.reports.named_customer import NamedCustomer
from credigestor.rules.calendar import anchor_day, due_dates
from credigestor.rules.due_schedule import ScheduleKind, told
from credigestor.rules.money import ZERO

#: What a sale itself keeps of its terms, under the same names.
_KEPT = (
    "sold_on",
    "description",
    "total",
    "down_payment",
    "schedule",
    "schedule_step",
    "contract_rate",
    "daily_rate",
    "late_rate",
    "fine_rate",
    "grace_days",
    "ref",
)


@dataclass(frozen=True, slots=True)
class AgreedNote:
    """One note as it is agreed: its place among them, R$, nominal due date."""

    number: int
    amount: Decimal
    due_date: date


@dataclass(frozen=True, kw_only=True)
class CreditTerms:
    """A sale to be paid on instalments: R$, rates in percent, grace in days (R5).

    `daily_rate` is the true rate, a fraction a day (R2b).
    """

    shop: ShopSettings
    customer: NamedCustomer
    sold_on: date
    description: str
    total: Decimal
    down_payment: Decimal
    contract_rate: Decimal
    daily_rate: Decimal
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int
    installments: Sequence[AgreedNote]
    schedule: str = ScheduleKind.MONTHLY
    schedule_step: int | None = None
    #: The sale's old number, where it came from another system.
    ref: str | None = None

    @property
    def financed(self) -> Decimal:
        """The price less the down payment, R$."""
        return self.total - self.down_payment

    @property
    def in_installments(self) -> Decimal:
        """What all notes sum up to as they were made, R$."""
        return sum((each.amount for each in self.installments), ZERO)

    @property
    def interest(self) -> Decimal:
        """What buying on instalments costs more than paying at once, R$."""
        return self.in_installments - self.financed

    @property
    def to_pay(self) -> Decimal:
        """Down payment and all notes, R$ (CDC art. 52, V)."""
        return self.down_payment + self.in_installments

    @property
    def due_told(self) -> str:
        """How the notes fall due, in words that follow their number (R33)."""
        if self.schedule == ScheduleKind.MONTHLY and not self.is_monthly:
            return "nas datas abaixo"
        return told(self.schedule, self.schedule_step)

    @property
    def is_monthly(self) -> bool:
        """Whether the due dates are a month apart (R3); imported notes may have any."""
        days = [each.due_date for each in self.installments]
        anchor = anchor_day(self.sold_on, days[0])
        return days in (due_dates(days[0], len(days)), due_dates(days[0], len(days), anchor))


def kept_of(sale: Sale) -> dict[str, Any]:
    """The terms that a recorded sale keeps itself, by their names in `CreditTerms` (R5)."""
    return {name: getattr(sale, name) for name in _KEPT}


def notes_as_made(session: Session, sale_id: int) -> list[AgreedNote]:
    """A sale's notes as they were agreed, by number; later dates have papers of their own (R32)."""
    notes = session.execute(
        select(Note.number, Note.amount, DUE_AS_MADE)
        .where(Note.sale_id == sale_id)
        .order_by(Note.number)
    )
    return [AgreedNote(*note) for note in notes]
