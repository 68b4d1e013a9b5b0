"""Payments: received for notes, listed, read as their receipt tells, reversed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import Field
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api import handed
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
    Why,
    examples,
)
from credigestor.api.handed import PartHanded, PartsIn, Way
from credigestor.api.notes import Split
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.papers import PDF, drawn
from credigestor.db.engine import snapshot
from credigestor.errors import InvalidInput
from credigestor.reports import payments as reports
from credigestor.reports import receipt as receipts
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.methods import Method, way_of
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Permission
from credigestor.services import payments as services
from credigestor.services import waivers as waived
from credigestor.services.inputs import parse
from credigestor.services.payers import PayerInput
from credigestor.services.payments import NewPayment

router = Operations("/payments", "Pagamentos")

#: Notes that one payment may name.
MOST_NOTES = 500
#: Where the body has what the service's refusals name.
RENAMED = {
    "amount": "items",
    "waived": "waivers",
    "payer_name": "payer/name",
    "payer_tax_id": "payer/tax_id",
}


class ItemToPay(Body):
    """Money for one note, and what is taken off its principal beside it (R14)."""

    note_id: Id
    amount: MoneyIn
    discount: MoneyIn | None = None


class ToWaive(Body):
    """What of a note's charges is let go (R29)."""

    note_id: Id
    interest: MoneyIn = ZERO
    fine: MoneyIn = ZERO


Waivers = Annotated[list[ToWaive], Field(max_length=MOST_NOTES)]


class PayerOfIt(Body):
    """Who pays, where that is not the customer (Código Civil art. 304)."""

    name: str
    tax_id: str | None = None


class PaymentToMake(Body):
    """A payment of one customer for their notes; of today unless it says otherwise.

    `waivers` let go charges of notes that are paid, and are one with the payment. It comes in one
    `method`, or in `methods` that add up to its items.
    """

    model_config = examples(
        {
            "customer_id": 7,
            "method": "pix",
            "items": [{"note_id": 318, "amount": "150.00"}, {"note_id": 319, "amount": "62.40"}],
        },
        {
            "customer_id": 7,
            "paid_on": "2026-11-20",
            "method": "cash",
            "items": [{"note_id": 318, "amount": "87.48", "discount": "1.37"}],
            "backdate_reason": "O recibo ficou na gaveta",
        },
        {
            "customer_id": 7,
            "methods": [
                {"method": "cash", "amount": "100.00"},
                {"method": "pix", "amount": "50.00"},
            ],
            "items": [{"note_id": 318, "amount": "150.00"}],
            "waivers": [{"note_id": 318, "interest": "0.50", "fine": "3.00"}],
            "waiver_reason": "Pagou o valor da nota",
            "payer": {"name": "Rita de Cássia Moreira", "tax_id": "111.444.777-35"},
        },
    )

    customer_id: Id
    paid_on: Day | None = None
    method: Method | None = None
    methods: PartsIn = ()
    payer: PayerOfIt | None = None
    items: Annotated[list[ItemToPay], Field(min_length=1, max_length=MOST_NOTES)]
    backdate_reason: str | None = None
    discount_reason: str | None = None
    waivers: Waivers = Field(default_factory=list)
    waiver_reason: str | None = None


class ItemMade(Answer):
    """Money for one note, as it was handed over."""

    note_id: int
    amount: Money
    discount: Money | None


class PaymentMade(Answer):
    """The new payment."""

    id: int
    number: str
    paid_on: date
    method: Way
    methods: list[PartHanded]
    amount: Money
    items: list[ItemMade]


class PaymentReversed(Answer):
    """A payment that was reversed."""

    id: int
    reversed_on: date


class PaymentRow(Answer):
    """A payment in a list; principal, interest and fine make its amount."""

    id: int
    number: str
    paid_on: date
    customer: str
    method: Way
    methods: list[PartHanded]
    amount: Money
    principal: Money
    interest: Money
    fine: Money
    discount: Money
    received_by: str | None
    reversed: bool


class Waived(Answer):
    """What of the charges was let go (R29)."""

    interest: Money
    fine: Money


class PaidItem(Answer):
    """What a payment did to one note; `after` is what the note owed right after it."""

    note_id: int
    number: str
    sale_id: int
    due_date: date
    amount: Money
    split: Split
    discount: Money
    waived: Waived
    after: Money


class Undone(Answer):
    """The reversal of a payment."""

    on: date
    at: datetime
    by: str | None
    reason: str


class Payment(Answer):
    """A payment as its receipt tells; `customer_after` is owed at the end of its day."""

    id: int
    number: str
    paid_on: date
    recorded_at: datetime
    amount: Money
    method: Way
    methods: list[PartHanded]
    payer: str | None
    payer_tax_id: str | None
    backdate_reason: str | None
    discount_reason: str | None
    waiver_reason: str | None
    received_by: str | None
    customer_id: int
    customer: str
    items: list[PaidItem]
    split: Split
    discount: Money
    waived: Waived
    after: Money
    customer_after: Money
    undone: Undone | None


@router.lists(
    "",
    Permission.COUNTER,
    "Pagamentos, do mais novo ao mais antigo",
    answers=Page[PaymentRow],
)
def search(
    paging: Paging,
    paid_from: Day | None = None,
    paid_to: Day | None = None,
    method: Method | None = None,
    customer_id: QueryId | None = None,
    received_by: QueryId | None = None,
    reversed: bool | None = None,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
) -> Page[PaymentRow] | Response:
    """Payments, a page at a time or all."""
    filters = PaymentFilters(paid_from, paid_to, method, customer_id, received_by, reversed, q)
    statement = reports.listed(filters, limit=paging.most, after=paging.after(date, int))
    if whole := paging.whole(statement, _row):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["paid_on"], row["id"]])
    return Page(items=[_row(row) for row in shown], next_cursor=cursor)


def by_note(waivers: Sequence[ToWaive]) -> dict[int, waived.Waived]:
    """What is let go of each note's charges; raises InvalidInput for a note named twice."""
    found = {
        each.note_id: waived.Waived(interest=each.interest, fine=each.fine) for each in waivers
    }
    if len(found) != len(waivers):
        raise InvalidInput("A mesma nota aparece duas vezes.", field="waived")
    return found


def asked(call: Call, data: PaymentToMake, key: uuid.UUID) -> NewPayment:
    """The payment that a body asks for, as the service takes it."""
    return parse(
        NewPayment,
        {
            "operation_id": key,
            "customer_id": data.customer_id,
            "paid_on": data.paid_on or call.today,
            "method": data.method,
            "methods": handed.asked(data.methods),
            "payer": data.payer and parse(PayerInput, data.payer.model_dump()),
            "items": tuple((item.note_id, item.amount) for item in data.items),
            "discounts": {item.note_id: item.discount for item in data.items if item.discount},
            "backdate_reason": data.backdate_reason,
            "discount_reason": data.discount_reason,
            "waived": by_note(data.waivers),
            "waiver_reason": data.waiver_reason,
        },
    )


@router.writes("", Permission.SELL, "Receber um pagamento", answers=PaymentMade)
def create(call: Caller, once: Once, data: PaymentToMake) -> Response:
    """Receive money for notes."""

    def act(session: Session) -> PaymentMade:
        new = asked(call, data, once.key)
        payment_id = services.receive(session, call.actor, new, today=call.today)
        return PaymentMade(
            id=payment_id,
            number=receipt_number(payment_id),
            paid_on=new.paid_on,
            amount=new.amount,
            items=[ItemMade.model_validate(item) for item in data.items],
            **handed.told(way_of(new.handed), new.amount),
        )

    return once(data, act, renamed=RENAMED)


@router.reads("/{payment_id:int}", Permission.COUNTER, "Um pagamento e o que fez em cada nota")
def read(payment_id: PathId) -> Payment:
    """One payment."""
    with snapshot() as session:
        found = receipts.receipt(session, payment_id)
    shown = {name: getattr(found, name) for name in Payment.model_fields if name != "methods"}
    return Payment.model_validate({**shown, **handed.told(found.method, found.amount)})


@router.reads(
    "/{payment_id}/receipt",
    Permission.COUNTER,
    "O recibo de um pagamento, em PDF",
    **PDF,
)
def receipt(
    payment_id: PathId,
    call: Caller,
    format: ReceiptFormat = ReceiptFormat.ONE,
) -> Response:
    """A payment's receipt."""
    return drawn(call, "recibo", payment_id, format=format.value)


@router.writes(
    "/{payment_id}/reversal", Permission.REVERSE, "Estornar um pagamento", answers=PaymentReversed
)
def reverse(payment_id: PathId, call: Caller, once: Once, data: Why) -> Response:
    """Reverse a payment as of today."""

    def act(session: Session) -> PaymentReversed:
        services.reverse(
            session, call.actor, payment_id=payment_id, why=data.reason, today=call.today
        )
        return PaymentReversed(id=payment_id, reversed_on=call.today)

    return once(data, act)


def _row(row: RowMapping) -> PaymentRow:
    ways = handed.told(row["method"], row["amount"])
    return PaymentRow.model_validate({**row, "number": receipt_number(row["id"]), **ways})
