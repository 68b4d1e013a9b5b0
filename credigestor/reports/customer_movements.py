"""What happened with a customer between two days, movement by movement, for their statement.

Charges paid stand beside what a movement changes of the balance of principal, and what was undone
is told without any effect.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import (
    Act,
    ActItem,
    ActReversal,
    CustomerMove,
    Note,
    Payment,
    PaymentItem,
    Renegotiation,
    Return,
    Reversal,
    Sale,
)
from credigestor.reports import old_charges
from credigestor.reports.acts_whole import of_acts
from credigestor.rules.acts import ActKind
from credigestor.rules.charges import Closing, Split
from credigestor.rules.methods import CREDIT, in_words
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, receipt_number, sale_number
from credigestor.rules.renegotiation import Agreement
from credigestor.rules.returns import ReturnKind


class Kind(StrEnum):
    """What a movement is; those of one day stand in this order."""

    SALE = "sale"
    PAYMENT = "payment"
    REVERSED = "reversed"
    ACT = "act"
    CANCELLATION = "cancellation"
    MOVED = "moved"


@dataclass(frozen=True)
class Part:
    """What a movement is for one note, R$; `principal` is what it changes of the balance.

    `amount` is of money alone: what is let go or returned is told by its parts.
    """

    number: str
    due_date: date
    amount: Decimal
    interest: Decimal = ZERO
    fine: Decimal = ZERO
    discount: Decimal = ZERO
    principal: Decimal = ZERO
    #: Interest and fine of a renegotiated debt in what was paid of the principal (R15).
    old_interest: Decimal = ZERO
    old_fine: Decimal = ZERO
    #: Paid on a note that was written off: recovered, not received (R34).
    recovered: bool = False


@dataclass(frozen=True)
class Goods:
    """What came back in a return, R$, and what went back to the customer for it (R30)."""

    kind: ReturnKind
    value: Decimal
    share: Decimal | None
    back: Decimal
    back_by: str | None


@dataclass(frozen=True)
class Movement:
    """A sale, a payment, another act or a cancellation, note by note, and the balance after it.

    `number` is the sale's or the receipt's, `detail` what was sold, how it was paid, or why it was
    done; `act` is an act's kind, `total` and `down_payment` are a sale's, `undone` the day on which
    a payment or an act was.
    """

    on: date
    kind: Kind
    number: str
    detail: str
    parts: Sequence[Part]
    total: Decimal = ZERO
    down_payment: Decimal = ZERO
    undone: date | None = None
    act: ActKind | None = None
    #: Of a payment, whether it was made with the customer's credit, so that no money came (R31).
    by_credit: bool = False
    #: Of a return.
    goods: Goods | None = None
    #: Of a renegotiation, the sale that took the place of the notes, and its kind (R15).
    became: str | None = None
    agreement: Agreement | None = None
    #: Why a payment was undone, or moved.
    reason: str = ""
    #: Of a sale or payment that was moved, the code of the customer from whom it came, or to whom
    #: it went.
    came_from: int | None = None
    went_to: int | None = None
    #: Of a sale in the place of older ones, what its notes hold of their charges (R15).
    old: Split | None = None
    balance: Decimal = ZERO

    def sum(self, name: str) -> Decimal:
        """The parts' amount, interest, fine, discount or principal together."""
        return sum((getattr(part, name) for part in self.parts), ZERO)


def movements(session: Session, customer_id: int, since: date, until: date) -> list[Movement]:
    """All that happened in a period, both days in it, in order; without balances yet."""
    found = [
        *_sales(session, customer_id, since, until),
        *_payments(session, customer_id, since, until),
        *_acts(session, customer_id, since, until),
        *_moves(session, customer_id, since, until),
    ]
    order = list(Kind)
    return sorted(found, key=lambda each: (each.on, order.index(each.kind), each.number))


def _sales(session: Session, customer_id: int, since: date, until: date) -> Iterable[Movement]:
    within = or_(Sale.sold_on.between(since, until), Sale.cancelled_on.between(since, until))
    sales = session.scalars(select(Sale).where(Sale.customer_id == customer_id, within)).all()
    notes = defaultdict(list)
    wanted = [sale.id for sale in sales]
    for note in session.scalars(
        select(Note).where(Note.sale_id.in_(wanted)).order_by(Note.sale_id, Note.number)
    ):
        notes[note.sale_id].append(note)
    old = old_charges.of_sales(session, wanted)
    for sale in sales:
        parts = [
            Part(
                note_number(sale.id, note.number, sale.installments),
                note.due_date,
                note.amount,
                principal=note.amount,
            )
            for note in notes[sale.id]
        ]
        sold = Movement(
            sale.sold_on,
            Kind.SALE,
            sale_number(sale.id),
            sale.description,
            parts,
            total=sale.total,
            down_payment=sale.down_payment,
            old=old.get(sale.id),
        )
        if since <= sold.on <= until:
            yield sold
        if sale.cancelled_on is None:
            continue
        day = max(sale.cancelled_on, sale.sold_on)
        if since <= day <= until:
            undone = [replace(part, principal=-part.amount) for part in parts]
            reason = sale.cancel_reason or ""
            yield replace(sold, on=day, kind=Kind.CANCELLATION, detail=reason, parts=undone)


def _payments(session: Session, customer_id: int, since: date, until: date) -> Iterable[Movement]:
    before, after, moved = aliased(Payment), aliased(Payment), aliased(Reversal)
    rows = session.execute(
        select(
            *(Payment, PaymentItem, Note, Sale.installments, Reversal),
            *(before.customer_id, after.customer_id, moved.reason),
        )
        .join(PaymentItem, PaymentItem.payment_id == Payment.id)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(before, before.id == Payment.moved_from)
        .outerjoin(moved, moved.payment_id == Payment.moved_from)
        .outerjoin(after, after.moved_from == Payment.id)
        .where(Payment.customer_id == customer_id, Payment.paid_on.between(since, until))
        .order_by(Payment.id, Note.due_date, Note.id)
    ).all()
    old = old_charges.received(session, (row[1] for row in rows))
    found: dict[int, Movement] = {}
    for payment, item, note, installments, reversal, came_from, went_to, why in rows:
        undone = reversal.reversed_on if reversal else None
        number = note_number(note.sale_id, note.number, installments)
        lost = item.closed_after == Closing.WRITTEN_OFF
        part = Part(number, note.due_date, item.amount, recovered=lost)
        if undone is None:
            part = replace(
                part,
                interest=item.interest,
                fine=item.fine,
                discount=item.discount,
                # what was written off is not in the balance any more (R34)
                principal=ZERO if lost else -(item.principal + item.discount),
                old_interest=old[item.id].interest if item.id in old else ZERO,
                old_fine=old[item.id].fine if item.id in old else ZERO,
            )
        there = found.get(payment.id)
        found[payment.id] = Movement(
            payment.paid_on,
            Kind.REVERSED if undone else Kind.PAYMENT,
            receipt_number(payment.number),
            in_words(payment.way),
            [*(there.parts if there else ()), part],
            undone=undone,
            came_from=came_from,
            went_to=went_to,
            reason=reversal.reason if reversal else why or "",
            by_credit=payment.method == CREDIT,
        )
    return found.values()


def _acts(session: Session, customer_id: int, since: date, until: date) -> Iterable[Movement]:
    rows = session.execute(
        of_acts(
            select(
                *(Act, ActItem, Note, Sale.installments, ActReversal.reversed_on),
                *(Return, Renegotiation),
            )
        )
        .where(Act.customer_id == customer_id, Act.acted_on.between(since, until))
        .order_by(Act.id, ActItem.note_id)
    )
    found: dict[int, Movement] = {}
    for act, item, note, installments, undone, goods, deal in rows:
        parts = [_done(item, note, installments, undone)] if item else []
        before = found.get(act.id)
        found[act.id] = Movement(
            act.acted_on,
            Kind.ACT,
            str(act.id),
            act.reason or "",
            [*(before.parts if before else ()), *parts],
            undone=undone,
            act=ActKind(act.kind),
            goods=_goods(goods) if goods else None,
            became=sale_number(deal.sale_id) if deal else None,
            agreement=Agreement(deal.kind) if deal else None,
        )
    return found.values()


def _done(item: ActItem, note: Note, installments: int, undone: date | None) -> Part:
    number = note_number(note.sale_id, note.number, installments)
    part = Part(number, item.due_date or note.due_date, ZERO)
    if undone is None:
        part = replace(part, interest=item.interest, fine=item.fine, principal=-item.principal)
    return part


def _goods(row: Return) -> Goods:
    return Goods(ReturnKind(row.kind), row.value, row.share, row.back, row.back_by)


def _moves(session: Session, customer_id: int, since: date, until: date) -> Iterable[Movement]:
    """Sales that came from another register or went to it, with all that is of them."""
    theirs = or_(CustomerMove.from_id == customer_id, CustomerMove.to_id == customer_id)
    rows = session.scalars(
        select(CustomerMove)
        .where(theirs, CustomerMove.moved_on.between(since, until))
        .order_by(CustomerMove.id)
    )
    for row in rows:
        came = row.to_id == customer_id
        yield Movement(
            row.moved_on,
            Kind.MOVED,
            sale_number(row.sale_id),
            row.reason,
            [],
            came_from=row.from_id if came else None,
            went_to=None if came else row.to_id,
        )
