"""Payments: received for notes, listed, read as their receipt tells, reversed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api import handed
from credigestor.api.calls import Caller
from credigestor.api.fields import (
    Answer,
    Day,
    Money,
    PathId,
    QueryId,
    Why,
)
from credigestor.api.handed import PartHanded, Way
from credigestor.api.notes import Split
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.papers import PDF, drawn
from credigestor.api.payment_input import RENAMED, PaymentToMake, asked
from credigestor.db.engine import snapshot
from credigestor.reports import payments as reports
from credigestor.reports import receipt as receipts
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.methods import Method, way_of
from credigestor.rules.numbering import receipt_number
from credigestor.rules.permissions import Permission
from credigestor.services import payments as services

router = Operations("/payments", "Pagamentos")


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
    return PaymentRow.model_validate({**row, "number": receipt_number(row["number"]), **ways})
