"""The notes of one printing, as they go on paper, and how often each was printed (R23)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Note,
    NotePrinting,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.db.steps import DUE_AS_MADE
from credigestor.errors import Conflict, NotFound
from credigestor.reports.guarantors import SaleGuarantor, of_sale
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.rules.acts import ActKind
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, sale_number


@dataclass(frozen=True)
class PrintedNote:
    """A note as printed: its number, R$, and which copy this is, from 1.

    `received` is what had been paid on it when it was printed, charges included, `ref` the number
    that another system gave it.
    """

    id: int
    number: str
    amount: Decimal
    due_date: date
    copy: int
    received: Decimal
    ref: str | None = None


@dataclass(frozen=True)
class PrintedNotes:
    """What one printing puts on paper.

    `printed_at` is in the shop's time, `sold_on` the notes' date of issue.
    """

    shop: ShopSettings
    sale_id: int
    sold_on: date
    customer: NamedCustomer
    guarantors: Sequence[SaleGuarantor]
    notes: Sequence[PrintedNote]
    printed_at: datetime


@dataclass(frozen=True)
class Printings:
    """How often a note was printed, and when last, in the shop's time.

    `outdated`: that paper has another due date than the one in force, and is to be replaced (R32).
    """

    note_id: int
    copies: int
    last_at: datetime | None
    outdated: bool


def printed(session: Session, operation_id: uuid.UUID) -> PrintedNotes:
    """What a recorded printing puts on paper, the same each time.

    Raises NotFound, or Conflict when the sale was cancelled or the customer anonymised since.
    """
    found = session.execute(
        select(NotePrinting.printed_at, Sale)
        .join(Note, Note.id == NotePrinting.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .where(NotePrinting.operation_id == operation_id)
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound("Impressão não encontrada.")
    printed_at, sale = found
    if sale.cancelled_on is not None:
        raise Conflict(f"A venda {sale_number(sale.id)} foi cancelada: suas notas não valem mais.")
    shop = current_settings(session)
    return PrintedNotes(
        shop=shop,
        sale_id=sale.id,
        sold_on=sale.sold_on,
        customer=named_customer(session, sale.customer_id),
        guarantors=of_sale(session, sale.id),
        notes=_notes(session, sale, operation_id, printed_at),
        printed_at=printed_at.astimezone(ZoneInfo(shop.time_zone)),
    )


def status(session: Session, sale_id: int) -> list[Printings]:
    """How often each note of a sale was printed, in the notes' order."""
    zone = ZoneInfo(current_settings(session).time_zone)
    last = (
        select(
            NotePrinting.note_id,
            func.count().label("copies"),
            func.max(NotePrinting.printed_at).label("at"),
        )
        .join(Note, Note.id == NotePrinting.note_id)
        .where(Note.sale_id == sale_id)
        .group_by(NotePrinting.note_id)
        .subquery()
    )
    rows = session.execute(
        select(Note.id, last.c.copies, last.c.at, _due_at(last.c.at) != Note.due_date)
        .outerjoin(last, last.c.note_id == Note.id)
        .where(Note.sale_id == sale_id)
        .order_by(Note.number)
    )
    return [
        Printings(note_id, copies or 0, at and at.astimezone(zone), bool(copies and outdated))
        for note_id, copies, at, outdated in rows
    ]


def _notes(
    session: Session, sale: Sale, operation_id: uuid.UUID, printed_at: datetime
) -> list[PrintedNote]:
    rows = session.execute(
        select(Note, NotePrinting.copy, _received_until(printed_at), _due_at(literal(printed_at)))
        .join(NotePrinting, NotePrinting.note_id == Note.id)
        .where(NotePrinting.operation_id == operation_id)
        .order_by(Note.number)
    )
    return [
        PrintedNote(
            id=note.id,
            number=note_number(sale.id, note.number, sale.installments),
            amount=note.amount,
            due_date=due_date,
            copy=copy,
            received=received,
            ref=note.ref,
        )
        for note, copy, received, due_date in rows
    ]


def _due_at(moment: ColumnElement[datetime]) -> ColumnElement[date]:
    """When a note was due as the records stood at a moment: what is agreed later is not on it."""
    agreed = (
        select(ActItem.due_date)
        .join(Act, Act.id == ActItem.act_id)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .where(
            ActItem.note_id == Note.id,
            ActItem.kind == ActKind.NEW_DATE.value,
            Act.created_at <= moment,
            or_(ActReversal.id.is_(None), ActReversal.reversed_at > moment),
        )
        .order_by(ActItem.acted_on.desc(), ActItem.act_id.desc())
        .limit(1)
        .correlate_except(ActItem, Act, ActReversal)
        .scalar_subquery()
    )
    return func.coalesce(agreed, DUE_AS_MADE)


def _received_until(moment: datetime) -> ColumnElement[Decimal]:
    """What was paid on a note at a moment: later payments and reversals change no old paper."""
    return (
        select(func.coalesce(func.sum(PaymentItem.amount), ZERO))
        .join(Payment, Payment.id == PaymentItem.payment_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .where(
            PaymentItem.note_id == Note.id,
            Payment.created_at <= moment,
            or_(Reversal.id.is_(None), Reversal.reversed_at > moment),
        )
        .correlate(Note)
        .scalar_subquery()
    )
