"""What a proposal offers, as its row keeps it: what was asked for, and what that makes.

`asked` is the sale's own input: whatever a sale may be asked for some day is kept here without a
change, and read by the service that sells. The notes and rates stand beside it as offered, so that
paper and page show what was offered, whatever a later version would make of the same input.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Asked(BaseModel):
    """The part of a sale's input that every reader needs; the rest is kept as it came."""

    model_config = ConfigDict(frozen=True, extra="allow")

    sold_on: date
    description: str = ""
    seller_id: int | None = None
    total: Decimal
    down_payment: Decimal


class OfferedNote(BaseModel):
    """A note as offered: nominal due date, R$."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    due_date: date
    amount: Decimal


class ProposalTerms(BaseModel):
    """The terms of a proposal: rates in percent, the daily one a fraction (R2b), grace in days.

    `schedule` and its step tell how the notes fall due (R33); what a free list held is `asked`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    asked: Asked
    contract_rate: Decimal
    schedule: str
    schedule_step: int | None
    daily_rate: Decimal
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int
    notes: Sequence[OfferedNote]

    @property
    def as_kept(self) -> dict[str, Any]:
        """As JSON, money and rates as text."""
        return self.model_dump(mode="json")
