"""Sales: registered with their notes, listed, read on a day, cancelled."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BeforeValidator, Field
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api import guarantors, schedules
from credigestor.api.calls import Call, Caller
from credigestor.api.fields import (
    Answer,
    Body,
    Day,
    Id,
    Money,
    MoneyIn,
    PathId,
    QueryId,
    Rate,
    RateIn,
    examples,
    integer,
    one_of,
)
from credigestor.api.guarantors import NewGuarantor
from credigestor.api.handed import MoneyOfSale, PartsIn, Way, word
from credigestor.api.handed import asked as asked_parts
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.db.engine import snapshot
from credigestor.db.settings import current_settings
from credigestor.reports import sale as one_sale
from credigestor.reports import sales as reports
from credigestor.reports.sales import SaleFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules import true_rate
from credigestor.rules.aging import Status
from credigestor.rules.installments import MAX_INSTALLMENTS
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from credigestor.rules.permissions import Permission
from credigestor.rules.value_ranges import VALUE_RANGES
from credigestor.services import sales as services
from credigestor.services.inputs import parse
from credigestor.services.sales import NewSale

router = Operations("/sales", "Vendas")

Seller = QueryId | Literal["none"]
MadeBy = Annotated[int | None, Field(description="A renegociação da qual a venda é a dívida nova.")]
ValueRange = Annotated[str, *one_of(VALUE_RANGES)]


class SaleToMake(Body):
    """A sale; made today, and at the contract rate of the settings, unless it says otherwise.

    Its down payment comes by the `down_payment_methods`, or by what the shop owes the customer,
    `down_payment_by_credit` (R31).
    """

    model_config = examples(
        {
            "customer_id": 7,
            "description": "Geladeira Consul 340 L",
            "total": "2199.90",
            "down_payment": "199.90",
            "down_payment_methods": [{"method": "pix", "amount": "199.90"}],
            "installments": 10,
            "first_due_date": "2026-12-10",
        },
        {
            "customer_id": 7,
            "seller_id": 4,
            "sold_on": "2026-11-20",
            "description": "Sofá de três lugares",
            "total": "1200.00",
            "installments": 3,
            "first_due_date": "2026-12-20",
            "contract_rate": "1.5",
            "override_reason": "Cliente antiga, sempre pagou em dia",
            "guarantors": [
                {
                    "name": "Rita de Cássia Moreira",
                    "tax_id": "111.444.777-35",
                    "address": "Rua das Flores, 120, Messejana, Fortaleza/CE",
                }
            ],
        },
    )

    customer_id: Id
    seller_id: Id | None = None
    sold_on: Day | None = None
    description: str = ""
    total: MoneyIn
    down_payment: MoneyIn = ZERO
    down_payment_methods: PartsIn = ()
    down_payment_by_credit: bool = False
    installments: Annotated[int, Field(ge=0, le=MAX_INSTALLMENTS), BeforeValidator(integer)] = 1
    first_due_date: Day | None = None
    schedule: schedules.NewSchedule = schedules.MONTHLY
    contract_rate: RateIn | None = None
    override_reason: str | None = None
    backdate_reason: str | None = None
    guarantors: Annotated[tuple[NewGuarantor, ...], Field(max_length=2)] = ()


class NoteMade(Answer):
    """A note as the sale made it."""

    id: int
    number: str
    amount: Money
    due_date: date


class SaleMade(Answer):
    """The new sale and its notes."""

    id: int
    number: str
    sold_on: date
    total: Money
    down_payment: Money
    notes: list[NoteMade]


class SaleRow(Answer):
    """A sale in a list, with what it owes on the day, charges included."""

    id: int
    number: str
    sold_on: date
    customer: str
    seller: str | None
    description: str
    total: Money
    down_payment: Money
    installments: int
    owed: Money
    cancelled: bool
    renegotiation_id: MadeBy


class SaleNote(Answer):
    """A note of the sale on the day."""

    id: int
    number: str
    ref: str | None
    amount: Money
    due_date: date
    free_until: date
    principal: Money
    interest: Money
    fine: Money
    owed: Money
    days_late: int
    status: Status


class SalePayment(Answer):
    """A payment, this sale's part of it."""

    id: int
    number: str
    paid_on: date
    method: Annotated[Way, BeforeValidator(word)]
    amount: Money
    interest: Money
    fine: Money
    principal: Money
    discount: Money
    reversed: bool


class Sale(Answer):
    """A sale with its contract as made; rates in percent a month, the fine in percent."""

    as_of: date
    id: int
    number: str
    customer_id: int
    customer: str
    ref: str | None
    seller_id: int | None
    seller: str | None
    sold_on: date
    description: str
    total: Money
    down_payment: Money
    installments: int
    first_due_date: date | None
    schedule: schedules.SaleSchedule
    contract_rate: Rate
    effective_monthly_rate: Rate
    effective_yearly_rate: Rate
    late_rate: Rate
    fine_rate: Rate
    grace_days: int
    override_reason: str | None
    override_by: str | None
    proposal_id: int | None
    renegotiation_id: MadeBy
    cancelled_on: date | None
    cancelled_by: str | None
    cancel_reason: str | None
    notes: list[SaleNote]
    payments: list[SalePayment]
    down_payment_money: list[MoneyOfSale]


@router.lists(
    "", Permission.COUNTER, "Vendas, da mais nova à mais antiga", answers=DatedPage[SaleRow]
)
def search(
    call: Caller,
    paging: Paging,
    as_of: Day | None = None,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
    seller: Seller | None = None,
    city: str | None = None,
    value: ValueRange | None = None,
    sold_from: Day | None = None,
    sold_to: Day | None = None,
    cancelled: bool | None = None,
) -> DatedPage[SaleRow] | Response:
    """Sales, a page at a time or all."""
    day = as_of or call.today
    filters = SaleFilters(q, seller, city, value, sold_from, sold_to, cancelled)
    statement = reports.listed(
        filters, as_of=day, today=call.today, limit=paging.most, after=paging.after(date, int)
    )
    if whole := paging.whole(statement, _row, as_of=day):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["sold_on"], row["id"]])
    return DatedPage(as_of=day, items=[_row(row) for row in shown], next_cursor=cursor)


def asked(session: Session, call: Call, data: SaleToMake, key: uuid.UUID) -> NewSale:
    """The sale that a body asks for, as the service takes it."""
    values = data.model_dump() | {
        "operation_id": key,
        "sold_on": data.sold_on or call.today,
        "guarantors": guarantors.read(data.guarantors),
        "schedule": schedules.read(data.schedule, data.model_fields_set),
        "down_payment_methods": asked_parts(data.down_payment_methods),
    }
    if data.contract_rate is None:
        values["contract_rate"] = current_settings(session).contract_rate
    return parse(NewSale, values)


@router.writes("", Permission.SELL, "Registrar uma venda com suas notas", answers=SaleMade)
def create(call: Caller, once: Once, data: SaleToMake) -> Response:
    """Register a sale."""

    def act(session: Session) -> SaleMade:
        new = asked(session, call, data, once.key)
        sale_id = services.register(session, call.actor, new, today=call.today)
        notes = one_sale.notes_made(session, sale_id)
        return SaleMade(
            id=sale_id,
            number=sale_number(sale_id),
            sold_on=new.sold_on,
            total=new.total,
            down_payment=new.down_payment,
            notes=[
                NoteMade(
                    id=note.id,
                    number=note_number(sale_id, note.number, len(notes)),
                    amount=note.amount,
                    due_date=note.due_date,
                )
                for note in notes
            ],
        )

    return once(data, act, renamed=schedules.RENAMED)


# An id is digits, so that a GET of /preview is told which method that takes.
@router.reads("/{sale_id:int}", Permission.COUNTER, "Uma venda, suas notas e pagamentos numa data")
def read(sale_id: PathId, call: Caller, as_of: Day | None = None) -> Sale:
    """One sale."""
    day = as_of or call.today
    with snapshot() as session:
        found = one_sale.detail(session, sale_id, as_of=day, today=call.today)
    count = found.installments
    notes = [
        {**row, "id": row["note_id"], "number": note_number(sale_id, row["number"], count)}
        for row in found.notes.to_dict("records")
    ]
    payments = [
        {**row, "id": row["payment_id"], "number": receipt_number(row["number"])}
        for row in found.payments.to_dict("records")
    ]
    shown = {name: getattr(found, name) for name in Sale.model_fields if hasattr(found, name)}
    money = [MoneyOfSale.of(each) for each in found.money]
    shown |= {"as_of": day, "notes": notes, "payments": payments, "down_payment_money": money}
    shown["schedule"] = schedules.of(found)
    shown["effective_monthly_rate"] = true_rate.monthly(found.daily_rate)
    shown["effective_yearly_rate"] = true_rate.yearly(found.daily_rate)
    return Sale.model_validate(shown)


def _row(row: RowMapping) -> SaleRow:
    return SaleRow.model_validate({**row, "number": sale_number(row["id"])})
