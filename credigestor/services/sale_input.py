"""A sale as it is asked for: what makes no sense is refused, and what notes the rest would make."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from credigestor.db.settings import MAX_RATE, RATE_PLACES, ShopSettings
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import check_date_range
from credigestor.rules.due_schedule import MONTHLY, Schedule
from credigestor.rules.methods import Part
from credigestor.rules.money import MAX_MONEY, ZERO, format_brl
from credigestor.rules.schedule import Plan, plan
from credigestor.services.guarantors import GuarantorInput
from credigestor.services.inputs import InputModel, text


class NewSale(InputModel):
    """A sale to register: R$ as Decimal, contract rate in percent a month.

    `installments` and `first_due_date` are ignored when the down payment is the whole total, or
    the schedule is a list, and `contract_rate` where that agrees on all amounts (R33).
    `down_payment_methods` are the part of each method; without them nobody said how (R35, R36).
    `down_payment_by_credit`, in their place: by what the shop owes the customer (R31).
    """

    operation_id: uuid.UUID
    customer_id: int
    seller_id: int | None = None
    sold_on: date
    description: str = ""
    total: Decimal
    down_payment: Decimal = ZERO
    down_payment_methods: tuple[Part, ...] = ()
    down_payment_by_credit: bool = False
    installments: int = 1
    first_due_date: date | None = None
    schedule: Schedule = MONTHLY
    contract_rate: Decimal = ZERO
    override_reason: str | None = None
    #: A manager's, where the sale is dated in closed days (R37).
    backdate_reason: str | None = None
    guarantors: tuple[GuarantorInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """What a sale was offered at, in place of the settings in force: the proposal and its rates."""

    proposal_id: int
    late_rate: Decimal
    fine_rate: Decimal
    grace_days: int


def parse_description(typed: str) -> str:
    """What was sold, at most 500 characters; raises InvalidInput."""
    return text(typed, field="description", maximum=500, label="Descrição")


def plan_notes(
    data: NewSale, settings: ShopSettings, *, today: date, suggested: bool = True
) -> Plan:
    """The notes the sale would make; none when all is paid down (R1–R4, R8, R33).

    `suggested` as `schedule.plan` has it. Raises InvalidInput, naming the field, for whatever does
    not make sense.
    """
    check_money(data)
    check_date_range(data.sold_on, "sold_on")
    if data.sold_on > today:
        raise InvalidInput("A data da venda não pode ser futura.", field="sold_on")
    if data.down_payment == data.total:
        return Plan()
    if not data.schedule.is_list:
        _check_first_due(data)
    if not 0 <= data.contract_rate <= MAX_RATE:
        raise InvalidInput("A taxa deve ser de 0 a 100 % ao mês.", field="contract_rate")
    if data.contract_rate != round(data.contract_rate, RATE_PLACES):
        raise InvalidInput("Use no máximo quatro decimais na taxa.", field="contract_rate")
    return plan(
        data.total - data.down_payment,
        data.contract_rate,
        data.installments,
        data.first_due_date,
        sold_on=data.sold_on,
        schedule=data.schedule,
        suggested=suggested,
        grace_days=settings.grace_days,
        holidays=settings.holiday_rules,
    )


def _check_first_due(data: NewSale) -> None:
    if data.first_due_date is None:
        raise InvalidInput("Informe o primeiro vencimento.", field="first_due_date")
    check_date_range(data.first_due_date, "first_due_date")
    if data.first_due_date < data.sold_on:
        raise InvalidInput(
            "O primeiro vencimento não pode ser antes da venda.", field="first_due_date"
        )


def check_money(data: NewSale) -> None:
    """Refuse a total or down payment that makes no sense, naming the field."""
    if data.total <= 0:
        raise InvalidInput("O total deve ser maior que zero.", field="total")
    if data.total > MAX_MONEY:
        raise InvalidInput(f"Total alto demais: o máximo é {format_brl(MAX_MONEY)}.", field="total")
    if data.down_payment < 0:
        raise InvalidInput("A entrada não pode ser negativa.", field="down_payment")
    if data.down_payment > data.total:
        raise InvalidInput("A entrada não pode passar do total.", field="down_payment")
    for field in ("total", "down_payment"):
        value: Decimal = getattr(data, field)
        if value != value.quantize(ZERO):
            raise InvalidInput("Use no máximo dois decimais.", field=field)
