"""What a booklet (carnê) of a sale says: the contract as made, and what is left of each note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.db.settings import current_settings
from credigestor.errors import Conflict, NotFound
from credigestor.reports.credit_terms import AgreedNote, CreditTerms, kept_of
from credigestor.reports.named_customer import named_customer
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, sale_number


@dataclass(frozen=True, slots=True)
class Installment(AgreedNote):
    """One note: what it was made for and the principal it still owes, R$.

    `agreed` is the interest of a date agreed anew, which is owed beside it and not late (R32),
    `ref` its old number.
    """

    free_until: date
    balance: Decimal
    agreed: Decimal = ZERO
    ref: str | None = None

    @property
    def to_pay(self) -> Decimal:
        """What its slip asks for, R$."""
        return self.balance + self.agreed

    @property
    def paid(self) -> Decimal:
        """What was taken off its principal, R$."""
        return self.amount - self.balance

    def is_late(self, on: date) -> bool:
        """Whether it bears charges on a day (R8)."""
        return self.balance > 0 and on > self.free_until


@dataclass(frozen=True, kw_only=True)
class Booklet(CreditTerms):
    """A sale to be paid on instalments, as of a day."""

    as_of: date
    sale_id: int
    installments: tuple[Installment, ...]

    @property
    def number(self) -> str:
        """The sale's number as printed."""
        return sale_number(self.sale_id)

    def note_number(self, installment: Installment) -> str:
        """A note's number as printed (R23)."""
        return note_number(self.sale_id, installment.number, len(self.installments))

    @property
    def open(self) -> list[Installment]:
        """The instalments of which something is left to pay, in order."""
        return [each for each in self.installments if each.balance]


def booklet(session: Session, sale_id: int, *, today: date) -> Booklet:
    """The booklet of a sale as it stands today.

    Raises NotFound; Conflict for a cancelled sale, one without notes or with all of them
    settled, or a customer whose data was erased (R28).
    """
    sale = session.get(Sale, sale_id)
    if sale is None:
        raise NotFound("Venda não encontrada.")
    customer = named_customer(session, sale.customer_id)
    if sale.cancelled_on is not None:
        raise Conflict("Esta venda foi cancelada: não há carnê a imprimir.")
    if not sale.installments:
        raise Conflict("Esta venda foi paga toda de entrada: não tem parcelas nem carnê.")
    notes = session.scalars(select(Note).where(Note.sale_id == sale_id).order_by(Note.number))
    made = Booklet(
        shop=current_settings(session),
        as_of=today,
        sale_id=sale.id,
        **kept_of(sale),
        customer=customer,
        installments=tuple(
            Installment(
                *(note.number, note.amount, note.due_date, note.free_until),
                balance=note.principal_balance,
                agreed=note.interest_carried
                if note.original_due_date and today <= note.free_until
                else ZERO,
                ref=note.ref,
            )
            for note in notes
        ),
    )
    if not made.open:
        raise Conflict("Todas as parcelas desta venda já foram pagas: não há carnê a imprimir.")
    return made
