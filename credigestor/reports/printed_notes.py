"""The notes of one printing, as they go on paper, and how often each was printed (R23)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from credigestor.db.models import (
    Note,
    NotePrinting,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.errors import Conflict, NotFound
from credigestor.reports.guarantors import SaleGuarantor, of_sale
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, sale_number


@dataclass(frozen=True)
class PrintedNote:
    """A note as printed: its number, R$, and which copy this is, from 1.

    `received` is what had been paid on it when it was printed, charges included.
    """

    id: int
    number: str
    amount: Decimal
    due_date: date
    copy: int
    received: Decimal


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
    """How often a note was printed, and when last, in the shop's time."""

    note_id: int
    copies: int
    last_at: datetime | None


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
    rows = session.execute(
        select(Note.id, func.count(NotePrinting.id), func.max(NotePrinting.printed_at))
        .outerjoin(NotePrinting, NotePrinting.note_id == Note.id)
        .where(Note.sale_id == sale_id)
        .group_by(Note.id)
        .order_by(Note.number)
    )
    return [
        Printings(note_id, copies, last_at and last_at.astimezone(zone))
        for note_id, copies, last_at in rows
    ]


def _notes(
    session: Session, sale: Sale, operation_id: uuid.UUID, printed_at: datetime
) -> list[PrintedNote]:
    rows = session.execute(
        select(Note, NotePrinting.copy, _received_until(printed_at))
        .join(NotePrinting, NotePrinting.note_id == Note.id)
        .where(NotePrinting.operation_id == operation_id)
        .order_by(Note.number)
    )
    return [
        PrintedNote(
            id=note.id,
            number=note_number(sale.id, note.number, sale.installments),
            amount=note.amount,
            due_date=note.due_date,
            copy=copy,
            received=received,
        )
        for note, copy, received in rows
    ]


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
