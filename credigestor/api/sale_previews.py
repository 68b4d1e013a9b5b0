"""What a sale would make, before it is made: by the service that makes it, on a snapshot."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from credigestor.api import sales, schedules
from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Money, Rate
from credigestor.api.once import placed
from credigestor.api.operations import Operations
from credigestor.api.sales import SaleToMake
from credigestor.db.engine import snapshot
from credigestor.db.settings import RATE_PLACES
from credigestor.rules import true_rate
from credigestor.rules.permissions import Permission
from credigestor.services import sales as services

router = Operations("/sales", "Vendas")

#: The operation of what is not done.
NO_OPERATION = uuid.UUID(int=0)


class PlannedNote(Answer):
    """A note as the sale would make it; `number` is its place among them."""

    number: int
    amount: Money
    due_date: date
    on_time_until: date
    free_until: date


class SalePreview(Answer):
    """What the sale would make: `financed` and `interest` are its notes, `to_pay` all of it.

    `warnings` tell why to register it takes a manager's `override_reason`; without any, it does
    not. The effective rates go by the dates (R2b), percent.
    """

    customer_id: int
    seller_id: int | None
    sold_on: date
    total: Money
    down_payment: Money
    financed: Money
    interest: Money
    to_pay: Money
    installments: int
    first_due_date: date | None
    schedule: schedules.SaleSchedule
    contract_rate: Rate
    effective_monthly_rate: Rate
    effective_yearly_rate: Rate
    late_rate: Rate
    fine_rate: Rate
    grace_days: int
    notes: list[PlannedNote]
    warnings: list[str]


@router.acts("/preview", Permission.SELL, "O que uma venda faria: notas e avisos de crédito")
def preview(call: Caller, data: SaleToMake) -> SalePreview:
    """What a sale would make; what would refuse it refuses this, but for the credit's warnings."""
    with placed(data, schedules.RENAMED), snapshot() as session:
        new = sales.asked(session, call, data, NO_OPERATION)
        found = services.preview(session, call.actor, new, today=call.today)
    plan, financed = found.plan, new.total - new.down_payment
    notes = plan.notes
    return SalePreview(
        customer_id=new.customer_id,
        seller_id=found.seller_id,
        sold_on=new.sold_on,
        total=new.total,
        down_payment=new.down_payment,
        financed=financed,
        interest=plan.total - financed,
        to_pay=new.down_payment + plan.total,
        installments=len(notes),
        first_due_date=notes[0].due_date if notes else None,
        schedule=schedules.SaleSchedule.model_validate(plan.schedule),
        contract_rate=_as_kept(plan.contract_rate),
        effective_monthly_rate=true_rate.monthly(plan.daily_rate),
        effective_yearly_rate=true_rate.yearly(plan.daily_rate),
        late_rate=_as_kept(found.settings.late_rate),
        fine_rate=_as_kept(found.settings.fine_rate),
        grace_days=found.settings.grace_days,
        notes=[PlannedNote.model_validate(note) for note in notes],
        warnings=list(found.warnings),
    )


def _as_kept(rate: Decimal) -> Decimal:
    """With the decimals that the sale will have."""
    return round(rate, RATE_PLACES)
