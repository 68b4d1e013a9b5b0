"""The quote (cotação): what settles a customer's notes on a date, or what an amount does (R14)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.db.steps import terms_of
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.reports import reckoning
from credigestor.reports.named_customer import NamedCustomer, named_customer
from credigestor.reports.notes import OpenNote
from credigestor.reports.receiving import allocated, by_right
from credigestor.rules import pix
from credigestor.rules.calendar import format_date
from credigestor.rules.charges import Act, Owed, Paid
from credigestor.rules.money import CENT, MAX_MONEY, ZERO
from credigestor.rules.numbering import note_number, sale_number
from credigestor.rules.settlement import Settlement, settlement

#: Notes with their sales, oldest due first.
_Found = Sequence[Row[Note, Sale]]
#: How far ahead a quote may lie.
YEARS_AHEAD = 1


@dataclass(frozen=True)
class QuotedSale:
    """A sale of notes of a quote, with its contract rate, % a month, and its true one (R2b)."""

    id: int
    contract_rate: Decimal
    daily_rate: Decimal

    @property
    def number(self) -> str:
        """As printed."""
        return sale_number(self.id)


@dataclass(frozen=True)
class QuotedNote:
    """A note of a quote: what it owes, gets of the money and has taken off beside it, R$.

    `steps` tell how that was found; those of a note that gets nothing, what it owes.
    """

    id: int
    number: str
    due_date: date
    days_late: int
    days_early: int
    owed: Owed
    paid: Decimal
    discount: Decimal
    steps: tuple[str, ...]

    @property
    def after(self) -> Decimal:
        """What it still owes then."""
        return self.owed.total - self.paid - self.discount


@dataclass(frozen=True)
class Quote:
    """What settles the notes when paid on the date `on`, or what less does to them, R$.

    `txid` names the notes that it reaches in a Pix.
    """

    shop: ShopSettings
    customer: NamedCustomer
    on: date
    notes: tuple[QuotedNote, ...]
    sales: tuple[QuotedSale, ...]
    txid: str

    @property
    def reached(self) -> tuple[QuotedNote, ...]:
        """The notes that get some of the money."""
        return tuple(note for note in self.notes if note.paid)

    @property
    def owed(self) -> Decimal:
        """What the notes owe on that day before any reduction, charges included."""
        return sum((note.owed.total for note in self.notes), ZERO)

    @property
    def saved(self) -> Decimal:
        """What paying early takes off."""
        return sum((note.discount for note in self.notes), ZERO)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return sum((note.paid for note in self.notes), ZERO)

    @property
    def after(self) -> Decimal:
        """What the notes still owe when it is."""
        return self.owed - self.saved - self.total

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
    session: Session,
    customer_id: int,
    note_ids: Collection[int],
    *,
    on: date,
    today: date,
    amount: Decimal | None = None,
) -> Quote:
    """What settles the open notes chosen when they are paid on a date, oldest due first.

    Of less than that, `amount`, R$, what it does: it is shared as the page Receber does, and what
    it settles early comes with the reduction by right (R14c). The payments known today decide what
    is left of each. Raises NotFound for a customer or a note of theirs that does not exist,
    Conflict for an anonymised customer and for notes that owe nothing, InvalidInput for no notes,
    a date before today or more than a year ahead, an amount of nothing or above what settles them.
    """
    customer = named_customer(session, customer_id)
    if not note_ids:
        raise InvalidInput("Escolha ao menos uma nota.", field="notes")
    if not today <= on <= last_day(today):
        raise InvalidInput(
            f"A data da quitação vai de hoje até {format_date(last_day(today))}.", field="on"
        )
    if amount is not None and amount < CENT:
        raise InvalidInput("O valor deve ser maior que zero.", field="amount")
    found = _open(session, customer_id, note_ids)
    quoted = _quoted(session, found, on, amount)
    [first, *more] = [note for note in quoted if note.paid]
    sales = {sale.id: sale for _, sale in found}
    return Quote(
        shop=current_settings(session),
        customer=customer,
        on=on,
        notes=quoted,
        sales=tuple(
            QuotedSale(sale.id, sale.contract_rate, sale.daily_rate) for sale in sales.values()
        ),
        txid=pix.customer_txid(customer_id) if more else _txid(found, first),
    )


def _open(session: Session, customer_id: int, note_ids: Collection[int]) -> _Found:
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
    return found


def _quoted(
    session: Session, found: _Found, on: date, amount: Decimal | None
) -> tuple[QuotedNote, ...]:
    """Each note with its share of the amount, or of what settles all of them."""
    live = reckoning.live(session, [note.id for note, _ in found])
    whole = {note.id: _settlement(note, sale, live[note.id], on) for note, sale in found}
    notes = [_as_open(note, sale, whole[note.id], on) for note, sale in found]
    discounts = by_right(notes)
    shared = discounts.settles(*notes) if amount is None else amount
    parts = {part.note.id: part for part in allocated(shared, notes, discounts)}

    def quoted(note: Note, sale: Sale, open_note: OpenNote) -> QuotedNote:
        part, acts = parts.get(note.id), live[note.id]
        if part and not part.after:
            steps = whole[note.id].steps
        else:
            more = [Paid(on, part.amount, part.discount)] if part else []
            steps = reckoning.told(note, sale, [*acts, *more], on)
        return QuotedNote(
            id=note.id,
            number=open_note.number,
            due_date=note.due_date,
            days_late=open_note.days_late,
            days_early=open_note.days_early,
            owed=open_note.owed,
            paid=part.amount if part else ZERO,
            discount=part.discount if part else ZERO,
            steps=steps,
        )

    return tuple(
        quoted(note, sale, open_note) for (note, sale), open_note in zip(found, notes, strict=True)
    )


def _settlement(note: Note, sale: Sale, live: Sequence[Act], on: date) -> Settlement:
    return settlement(
        terms_of(note, sale),
        live,
        on,
        on_time_until=note.original_on_time_until or note.on_time_until,
        daily_rate=sale.daily_rate,
        contract_rate=sale.contract_rate,
    )


def _as_open(note: Note, sale: Sale, whole: Settlement, on: date) -> OpenNote:
    return OpenNote(
        note.id,
        note_number(sale.id, note.number, sale.installments),
        note.due_date,
        (on - note.due_date).days if on > note.on_time_until else 0,
        whole.owed,
        sale.daily_rate,
        whole.days_early,
    )


def _txid(found: _Found, only: QuotedNote) -> str:
    return next(pix.note_txid(note.sale_id, note.number) for note, _ in found if note.id == only.id)
