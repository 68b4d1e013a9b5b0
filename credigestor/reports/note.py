"""One note at a date: what it owes and why, its sale, its customer, its payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from credigestor.db.balances import note_balances
from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Customer,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Reversal,
    Sale,
    User,
)
from credigestor.db.steps import recorded
from credigestor.errors import InvalidInput, NotFound
from credigestor.reports import reckoning
from credigestor.rules.acts import ActKind
from credigestor.rules.aging import Status
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Owed, Split
from credigestor.rules.numbering import note_number
from credigestor.rules.statement import Line

# Statements built once: to build them takes longer than to run them.
_FOUND = (
    select(Note, Sale, Customer, User.name, Renegotiation.id)
    .join(Sale, Sale.id == Note.sale_id)
    .join(Customer, Customer.id == Note.customer_id)
    .outerjoin(User, User.id == Sale.seller_id)
    .outerjoin(Renegotiation, Renegotiation.sale_id == Sale.id)
    .where(Note.id == bindparam("note_id"))
)
_PAYMENTS = (
    select(
        *(PaymentItem, Payment.number, Payment.way, Payment.discount_reason, User.name),
        Reversal.reversed_on,
    )
    .join(Payment, Payment.id == PaymentItem.payment_id)
    .outerjoin(User, User.id == Payment.received_by)
    .outerjoin(Reversal, Reversal.payment_id == Payment.id)
    .where(PaymentItem.note_id == bindparam("note_id"))
    .order_by(PaymentItem.paid_on, PaymentItem.payment_id)
)


@dataclass(frozen=True)
class NotePayment:
    """One payment on a note, R$; `after` is what was left then, None once reversed.

    `discount` came off the principal beside the money; `discount_reason` tells why a manager
    granted more than the law does (R14).
    """

    payment_id: int
    number: int
    paid_on: date
    method: str
    amount: Decimal
    split: Split
    discount: Decimal
    discount_reason: str | None
    after: Decimal | None
    received_by: str | None
    reversed_on: date | None


@dataclass(frozen=True)
class NoteAct:
    """One act on a note that is no payment: what it took off it, R$, or when it is due since.

    `renegotiation_id` is that of the deal that closed the note by it (R15).
    """

    act_id: int
    renegotiation_id: int | None
    kind: ActKind
    acted_on: date
    taken: Split
    due_date: date | None
    reason: str | None
    made_by: str | None
    reversed_on: date | None


@dataclass(frozen=True)
class NoteDetail:
    """A note at a date: what it owes (R$), why, and where it comes from."""

    id: int
    number: str
    status: Status
    band: str
    days_late: int
    owed: Owed
    amount: Decimal
    due_date: date
    original_due_date: date | None
    on_time_until: date
    free_until: date
    sale_id: int
    renegotiation_id: int | None
    sold_on: date
    description: str
    seller: str | None
    customer_id: int
    customer: str
    tax_id: str | None
    phone: str | None
    identification: str | None
    ref: str | None
    sale_ref: str | None
    cancelled_on: date | None
    cancel_reason: str | None
    payments: Sequence[NotePayment]
    acts: Sequence[NoteAct]
    lines: Sequence[Line]


def detail(session: Session, note_id: int, *, as_of: date, today: date) -> NoteDetail:
    """One note as it stands at a date, with its payments and the calculation step by step.

    Raises NotFound, or InvalidInput when the date lies before the sale.
    """
    found = session.execute(_FOUND, {"note_id": note_id}).one_or_none()
    if found is None:
        raise NotFound("Nota não encontrada.")
    note, sale, customer, seller, renegotiation_id = found
    if as_of < sale.sold_on:
        raise InvalidInput(
            f"A venda é de {format_date(sale.sold_on)}: escolha uma data a partir dela.",
            field="as_of",
        )
    at = session.execute(note_balances(as_of, today=today).where(Note.id == note_id)).one()
    payments, acts = _payments(session, note_id), _acts(session, note_id)
    reasons = {p.payment_id: p.discount_reason for p in payments} | {
        a.act_id: a.reason for a in acts
    }
    live = recorded(session, [note_id])
    status = Status(at.status)
    explained = (
        []
        if status is Status.CANCELLED
        else reckoning.lines(
            *(note, sale, [each.act for each in live], as_of),
            reasons={each.act: reasons.get(each.act_id) or "" for each in live},
        )
    )
    return NoteDetail(
        id=note.id,
        number=note_number(sale.id, note.number, sale.installments),
        status=status,
        band=at.band,
        days_late=at.days_late,
        owed=Owed(at.principal, at.interest, at.fine),
        amount=note.amount,
        due_date=at.due_date,
        original_due_date=at.original_due_date,
        on_time_until=at.on_time_until,
        free_until=at.free_until,
        sale_id=sale.id,
        renegotiation_id=renegotiation_id,
        sold_on=sale.sold_on,
        description=sale.description,
        seller=seller,
        customer_id=note.customer_id,
        customer=customer.name,
        tax_id=customer.tax_id,
        phone=customer.phone,
        identification=customer.identification,
        ref=note.ref,
        sale_ref=sale.ref,
        cancelled_on=sale.cancelled_on,
        cancel_reason=sale.cancel_reason,
        payments=payments,
        acts=acts,
        lines=explained,
    )


def _acts(session: Session, note_id: int) -> list[NoteAct]:
    rows = session.execute(
        select(ActItem, Act.reason, User.name, ActReversal.reversed_on, Renegotiation.id)
        .join(Act, Act.id == ActItem.act_id)
        .outerjoin(User, User.id == Act.made_by)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .outerjoin(Renegotiation, Renegotiation.act_id == Act.id)
        .where(ActItem.note_id == note_id)
        .order_by(ActItem.acted_on, ActItem.act_id)
    )
    return [
        NoteAct(
            act_id=item.act_id,
            renegotiation_id=renegotiation_id,
            kind=ActKind(item.kind),
            acted_on=item.acted_on,
            taken=Split(item.interest, item.fine, item.principal),
            due_date=item.due_date,
            reason=reason,
            made_by=name,
            reversed_on=reversed_on,
        )
        for item, reason, name, reversed_on, renegotiation_id in rows
    ]


def _payments(session: Session, note_id: int) -> list[NotePayment]:
    rows = session.execute(_PAYMENTS, {"note_id": note_id})
    return [
        NotePayment(
            payment_id=item.payment_id,
            number=number,
            paid_on=item.paid_on,
            method=method,
            amount=item.amount,
            split=Split(item.interest, item.fine, item.principal),
            discount=item.discount,
            discount_reason=discount_reason,
            after=None
            if reversed_on
            else item.principal_after + item.interest_after + item.fine_after,
            received_by=name,
            reversed_on=reversed_on,
        )
        for item, number, method, discount_reason, name, reversed_on in rows
    ]
