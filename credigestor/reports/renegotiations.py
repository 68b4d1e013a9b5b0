"""A renegotiation as it was agreed: the old debt and the new one (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    Note,
    PaymentItem,
    Renegotiation,
    Sale,
    User,
)
from credigestor.db.settings import current_settings
from credigestor.errors import NotFound
from credigestor.reports.credit_terms import CreditTerms, kept_of, notes_as_made
from credigestor.reports.guarantors import SaleGuarantor, of_sale
from credigestor.reports.named_customer import named_customer
from credigestor.rules import renegotiation as rule
from credigestor.rules.charges import Split
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, sale_number
from credigestor.rules.renegotiation import Agreement


@dataclass(frozen=True, slots=True)
class OldNote:
    """A note of the old debt on the day of the deal, R$: what it owed, and what became of that.

    `paid` of the down payment; what was neither paid nor let go entered the new debt.
    """

    note_id: int
    number: str
    due_date: date
    owed: Split
    waived: Split
    paid: Decimal

    @property
    def entered(self) -> Decimal:
        """What of it became the new debt, R$."""
        return rule.amount(self.owed) - rule.amount(self.waived) - self.paid


@dataclass(frozen=True, slots=True)
class Undone:
    """When a deal was undone, by whom, and why."""

    on: date
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Deal:
    """A renegotiation: `old` are charges that the new notes hold, R$."""

    id: int
    kind: Agreement
    sale_id: int
    customer_id: int
    agreed_on: date
    reason: str | None
    made_by: str | None
    payment_id: int | None
    notes: Sequence[OldNote]
    old: Split
    days_late: int
    undone: Undone | None

    @property
    def owed(self) -> Split:
        """What the old notes owed together on the day, R$."""
        return rule.total(note.owed for note in self.notes)

    @property
    def waived(self) -> Decimal:
        """What was let go, R$."""
        return sum((rule.amount(note.waived) for note in self.notes), ZERO)

    @property
    def paid(self) -> Decimal:
        """The down payment, R$."""
        return sum((note.paid for note in self.notes), ZERO)

    @property
    def entered(self) -> Decimal:
        """The new debt, R$, before any contract interest."""
        return sum((note.entered for note in self.notes), ZERO)


@dataclass(frozen=True, kw_only=True)
class Agreed(CreditTerms):
    """What an agreement puts on paper: both debts; what a sale tells is the new one."""

    deal: Deal
    guarantors: Sequence[SaleGuarantor]

    @property
    def number(self) -> str:
        """The new sale's number, which is the agreement's."""
        return sale_number(self.deal.sale_id)


def find(session: Session, renegotiation_id: int) -> Deal:
    """One deal; raises NotFound."""
    found = _read(session, Renegotiation.id == renegotiation_id)
    if not found:
        raise NotFound("Renegociação não encontrada.")
    return found[0]


def made(session: Session, sale_id: int) -> Deal | None:
    """The deal that a sale came of, None for any other sale."""
    found = _read(session, Renegotiation.sale_id == sale_id)
    return found[0] if found else None


def closing(
    session: Session, *, sale_id: int | None = None, note_id: int | None = None
) -> list[Deal]:
    """The live deals that closed a note, or notes of a sale, oldest first."""
    which = Note.sale_id == sale_id if note_id is None else Note.id == note_id
    acts = select(ActItem.act_id).join(Note, Note.id == ActItem.note_id)
    found = Renegotiation.act_id.in_(acts.where(which, ActItem.reversed.is_(False)))
    return _read(session, found)


def agreed(session: Session, renegotiation_id: int) -> Agreed:
    """What the paper of a deal tells; raises NotFound, or Conflict for an anonymised customer."""
    deal = find(session, renegotiation_id)
    sale = session.get_one(Sale, deal.sale_id)
    return Agreed(
        shop=current_settings(session),
        customer=named_customer(session, sale.customer_id),
        **kept_of(sale),
        installments=notes_as_made(session, sale.id),
        deal=deal,
        guarantors=of_sale(session, sale.id),
    )


def _read(session: Session, which: ColumnElement[bool]) -> list[Deal]:
    maker, undoer = aliased(User), aliased(User)
    rows = session.execute(
        select(Renegotiation, Act, maker.name, ActReversal, undoer.name)
        .join(Act, Act.id == Renegotiation.act_id)
        .outerjoin(maker, maker.id == Renegotiation.made_by)
        .outerjoin(ActReversal, ActReversal.act_id == Act.id)
        .outerjoin(undoer, undoer.id == ActReversal.reversed_by)
        .where(which)
        .order_by(Renegotiation.id)
    ).all()
    return [
        Deal(
            id=row.id,
            kind=Agreement(row.kind),
            sale_id=row.sale_id,
            customer_id=act.customer_id,
            agreed_on=act.acted_on,
            reason=act.reason,
            made_by=by,
            payment_id=row.payment_id,
            notes=_notes(session, row),
            old=Split(row.old_interest, row.old_fine, ZERO),
            days_late=row.days_late,
            undone=Undone(undone.reversed_on, undone_by, undone.reason) if undone else None,
        )
        for row, act, by, undone, undone_by in rows
    ]


def _notes(session: Session, deal: Renegotiation) -> list[OldNote]:
    """Each old note: what was let go, paid down and entered makes what it owed."""
    asked = (ActItem.asked_interest, ActItem.asked_fine, ActItem.asked_principal)

    def of_act(act_id: int | None) -> dict[int, Split]:
        if act_id is None:
            return {}
        rows = session.execute(select(ActItem.note_id, *asked).where(ActItem.act_id == act_id))
        return {note_id: Split(*parts) for note_id, *parts in rows}

    waived, closed = of_act(deal.waiver_id), of_act(deal.act_id)
    paid: dict[int, PaymentItem] = {}
    if deal.payment_id is not None:
        of_payment = select(PaymentItem).where(PaymentItem.payment_id == deal.payment_id)
        paid = {item.note_id: item for item in session.scalars(of_payment)}
    nothing = Split(ZERO, ZERO, ZERO)
    found = []
    for note, installments in session.execute(
        select(Note, Sale.installments)
        .join(Sale, Sale.id == Note.sale_id)
        .where(Note.id.in_({*waived, *closed, *paid}))
        .order_by(Note.due_date, Note.id)
    ):
        let_go, left = waived.get(note.id, nothing), closed.get(note.id, nothing)
        down = paid.get(note.id)
        parts = Split(down.interest, down.fine, down.principal) if down else nothing
        found.append(
            OldNote(
                note_id=note.id,
                number=note_number(note.sale_id, note.number, installments),
                due_date=note.due_date,
                owed=rule.total((let_go, left, parts)),
                waived=let_go,
                paid=down.amount if down else ZERO,
            )
        )
    return found
