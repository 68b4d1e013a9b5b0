"""The settlement quote (quitação): what settles chosen notes of a customer on a date (R14)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.db.steps import recorded, terms_of
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.rules import pix
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Act
from credigestor.rules.money import CENT, MAX_MONEY, ZERO
from credigestor.rules.numbering import note_number
from credigestor.rules.settlement import Settlement, settlement

#: How far ahead a quote may lie.
YEARS_AHEAD = 1


@dataclass(frozen=True)
class QuotedNote:
    """A note of a quote, and what settles it."""

    id: int
    number: str
    due_date: date
    days_late: int
    settlement: Settlement


@dataclass(frozen=True)
class Quote:
    """What settles the notes when paid on the date `on`, R$; `txid` names them in a Pix."""

    shop: ShopSettings
    customer: NamedCustomer
    on: date
    notes: tuple[QuotedNote, ...]
    txid: str

    @property
    def owed(self) -> Decimal:
        """What the notes owe on that day before any reduction, charges included."""
        return sum((note.settlement.owed.total for note in self.notes), ZERO)

    @property
    def saved(self) -> Decimal:
        """What settling early takes off."""
        return sum((note.settlement.discount for note in self.notes), ZERO)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.owed - self.saved

    @property
    def pix(self) -> str | None:
        """The code that pays the total; None while the shop cannot be paid so by Pix (R25)."""
        if not CENT <= self.total <= MAX_MONEY:
            return None
        return pix.shop_payload(self.shop, self.total, self.txid)


def last_day(today: date) -> date:
    """The last day that a quote made today may be for."""
    return today + relativedelta(years=YEARS_AHEAD)


def quote(
    session: Session, customer_id: int, note_ids: Collection[int], *, on: date, today: date
) -> Quote:
    """What settles the open notes chosen when they are paid on a date, oldest due first.

    The payments known today decide what is left of each. Raises NotFound for a customer or a
    note of theirs that does not exist, Conflict for an anonymised customer and for notes that
    owe nothing, InvalidInput for no notes or a date before today or more than a year ahead.
    """
    customer = named_customer(session, customer_id)
    if not note_ids:
        raise InvalidInput("Escolha ao menos uma nota.", field="notes")
    if not today <= on <= last_day(today):
        raise InvalidInput(
            f"A data da quitação vai de hoje até {format_date(last_day(today))}.", field="on"
        )
    found = session.execute(
        select(Note, Sale)
        .join(Sale, Sale.id == Note.sale_id)
        .where(Note.customer_id == customer_id, Note.id.in_(note_ids))
        .order_by(Note.due_date, Note.id)
    ).all()
    if len(found) < len(set(note_ids)):
        raise NotFound("Uma das notas escolhidas não é deste cliente.")
    for note, sale in found:
        if note.principal_balance == 0 or note.cancelled_on is not None:
            number = note_number(sale.id, note.number, sale.installments)
            raise Conflict(f"A nota {number} já não está em aberto. Escolha só notas em aberto.")
    live = defaultdict[int, list[Act]](list)
    for each in recorded(session, [note.id for note, _ in found]):
        live[each.note_id].append(each.act)
    [first, *more] = [note for note, _ in found]
    return Quote(
        shop=current_settings(session),
        customer=customer,
        on=on,
        notes=tuple(_quoted(note, sale, live[note.id], on) for note, sale in found),
        txid=pix.customer_txid(customer_id) if more else pix.note_txid(first.sale_id, first.number),
    )


def _quoted(note: Note, sale: Sale, live: list[Act], on: date) -> QuotedNote:
    return QuotedNote(
        id=note.id,
        number=note_number(sale.id, note.number, sale.installments),
        due_date=note.due_date,
        days_late=(on - note.due_date).days if on > note.on_time_until else 0,
        settlement=settlement(
            terms_of(note, sale),
            live,
            on,
            on_time_until=note.original_on_time_until or note.on_time_until,
            daily_rate=sale.daily_rate,
            contract_rate=sale.contract_rate,
        ),
    )
