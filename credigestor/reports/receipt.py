"""One payment's receipt (R24)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Subquery, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.balances import open_notes
from credigestor.db.models import (
    Act,
    ActItem,
    Customer,
    Note,
    Payer,
    Payment,
    PaymentItem,
    Reversal,
    Sale,
    User,
)
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.db.steps import DUE_AS_MADE
from credigestor.errors import NotFound
from credigestor.reports import old_charges
from credigestor.rules.acts import ActKind
from credigestor.rules.address import address_of
from credigestor.rules.charges import Closing, Split
from credigestor.rules.money import ZERO
from credigestor.rules.numbering import note_number, receipt_number

_NOTHING = Split(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class ReceiptItem:
    """What a payment did to one note, R$; `after` is what the note owed right after it.

    `number` is the note's printed number, `ref` its old one, `place` its place among the sale's
    `installments`; `discount` came off the principal beside the money (R14), `waived` of the
    charges (R29); `old` are charges of a renegotiated debt in the principal that was paid (R15).
    """

    note_id: int
    number: str
    sale_id: int
    place: int
    installments: int
    due_date: date
    amount: Decimal
    split: Split
    discount: Decimal
    after: Decimal
    waived: Split = _NOTHING
    recovered: bool = False
    old: Split = _NOTHING
    ref: str | None = None


@dataclass(frozen=True)
class Undone:
    """The reversal of a payment: when, by whom and why (R12); of a down payment, its return."""

    on: date
    at: datetime
    by: str | None
    reason: str


class Money(StrEnum):
    """What the money of a receipt was for."""

    NOTES = "notes"
    DOWN = "down"
    REFUND = "refund"


@dataclass(frozen=True)
class Receipt:
    """All that a receipt states (R24), R$; `customer_after` is owed at the end of that day.

    `method` is worded by `rules.methods`, `payer` and `payer_tax_id` are of another than the
    customer who paid. Of a down payment or its return (R35) `sale_id` says which sale's, and
    there are no items.

    `tax_id` is what `rules.identification` makes of the customer's CPF, CNPJ or foreign document.
    `address` is the customer's on one line, empty where none is known. `discount_reason` is a
    manager's, where more was taken off than the law grants (R14), `waiver_reason` tells why charges
    were let go with it (R29). `earlier_open` are the printed numbers of earlier notes of the same
    sales that are still open then (CC art. 322).
    """

    id: int
    number: str
    paid_on: date
    recorded_at: datetime
    amount: Decimal
    method: str
    backdate_reason: str | None
    discount_reason: str | None
    received_by: str | None
    customer_id: int
    customer: str
    tax_id: str | None
    address: str
    shop: ShopSettings
    items: Sequence[ReceiptItem]
    customer_after: Decimal
    earlier_open: Sequence[str]
    undone: Undone | None
    waiver_reason: str | None = None
    payer: str | None = None
    payer_tax_id: str | None = None
    kind: Money = Money.NOTES
    sale_id: int | None = None
    #: The old number of the sale of a down payment.
    sale_ref: str | None = None
    #: Of a payment that was moved, the code of the customer to whom it went, or from whom it came.
    went_to: int | None = None
    came_from: int | None = None

    @property
    def split(self) -> Split:
        """Interest, fine and principal of all its notes."""
        return _total(item.split for item in self.items)

    @property
    def discount(self) -> Decimal:
        """What was taken off the principal of all its notes beside the money, R$ (R14)."""
        return sum((item.discount for item in self.items), ZERO)

    @property
    def waived(self) -> Split:
        """What was let go of the charges of all its notes, R$ (R29)."""
        return _total(item.waived for item in self.items)

    @property
    def old_charges(self) -> Split:
        """Charges of renegotiated debts in the principal of all its notes, R$ (R15)."""
        return _total(item.old for item in self.items)

    @property
    def recovers(self) -> bool:
        """Whether any of its notes had been written off: what was received is recovered (R34)."""
        return any(item.recovered for item in self.items)

    @property
    def after(self) -> Decimal:
        """What its notes still owed right after it, R$."""
        return sum((item.after for item in self.items), ZERO)


def receipt(session: Session, payment_id: int) -> Receipt:
    """The data of a payment's receipt, also of a reversed one; raises NotFound."""
    undoer = aliased(User)
    found = session.execute(
        select(Payment, Customer, User.name, Reversal, undoer.name, Payer.name, Payer.tax_id)
        .join(Customer, Customer.id == Payment.customer_id)
        .outerjoin(User, User.id == Payment.received_by)
        .outerjoin(Reversal, Reversal.payment_id == Payment.id)
        .outerjoin(undoer, undoer.id == Reversal.reversed_by)
        .outerjoin(Payer, Payer.payment_id == Payment.id)
        .where(Payment.id == payment_id)
    ).one_or_none()
    if found is None:
        raise NotFound("Pagamento não encontrado.")
    payment, customer, receiver, reversal, undone_by, payer, payer_tax_id = found
    undone = None
    if reversal is not None:
        undone = Undone(reversal.reversed_on, reversal.reversed_at, undone_by, reversal.reason)
    # "Today" far ahead: the state comes from the payments up to that day, whatever followed.
    owed = (
        open_notes(payment.paid_on, today=date.max)
        .where(Note.customer_id == payment.customer_id)
        .subquery()
    )
    why, waived = _let_go(session, payment)
    items = _items(session, payment_id, waived)
    return Receipt(
        id=payment.id,
        number=receipt_number(payment.number),
        paid_on=payment.paid_on,
        recorded_at=payment.created_at,
        amount=payment.amount,
        method=payment.way,
        backdate_reason=payment.backdate_reason,
        discount_reason=payment.discount_reason,
        received_by=receiver,
        customer_id=payment.customer_id,
        customer=customer.name,
        tax_id=customer.identification,
        address=address_of(customer),
        shop=current_settings(session),
        items=items,
        customer_after=session.scalar(select(func.coalesce(func.sum(owed.c.owed), ZERO))) or ZERO,
        earlier_open=_earlier(session, owed, items),
        undone=undone,
        waiver_reason=why,
        payer=payer,
        payer_tax_id=payer_tax_id,
        went_to=session.scalar(select(Payment.customer_id).where(Payment.moved_from == payment.id))
        if undone
        else None,
        came_from=session.scalar(
            select(Payment.customer_id).where(Payment.id == payment.moved_from)
        )
        if payment.moved_from
        else None,
    )


def _let_go(session: Session, payment: Payment) -> tuple[str | None, dict[int, Split]]:
    """Why charges were let go with the payment, and of which notes; nothing once undone (R29)."""
    rows = session.execute(
        select(Act.reason, ActItem.note_id, ActItem.interest, ActItem.fine)
        .join(ActItem, ActItem.act_id == Act.id)
        .where(
            Act.operation_id == payment.operation_id,
            ActItem.kind == ActKind.WAIVER.value,
            ActItem.reversed.is_(False),
        )
    ).all()
    found = {row.note_id: Split(row.interest, row.fine, ZERO) for row in rows}
    return rows[0].reason if rows else None, found


def _total(splits: Iterable[Split]) -> Split:
    interest, fine, principal = ZERO, ZERO, ZERO
    for each in splits:
        interest, fine = interest + each.interest, fine + each.fine
        principal += each.principal
    return Split(interest, fine, principal)


def _items(session: Session, payment_id: int, waived: Mapping[int, Split]) -> list[ReceiptItem]:
    due_date = func.coalesce(PaymentItem.due_date_after, DUE_AS_MADE)  # as it was due then (R32)
    rows = session.execute(
        select(PaymentItem, Note.sale_id, Note.number, Note.ref, due_date, Sale.installments)
        .join(Note, Note.id == PaymentItem.note_id)
        .join(Sale, Sale.id == Note.sale_id)
        .where(PaymentItem.payment_id == payment_id)
        .order_by(Note.due_date, Note.id)
    ).all()
    old = old_charges.received(session, (row[0] for row in rows))
    return [
        ReceiptItem(
            note_id=item.note_id,
            number=note_number(sale_id, place, installments),
            sale_id=sale_id,
            place=place,
            installments=installments,
            due_date=due_date,
            amount=item.amount,
            split=Split(item.interest, item.fine, item.principal),
            discount=item.discount,
            after=item.principal_after + item.interest_after + item.fine_after,
            waived=waived.get(item.note_id, _NOTHING),
            recovered=item.closed_after == Closing.WRITTEN_OFF.value,
            old=old.get(item.id, _NOTHING),
            ref=ref,
        )
        for item, sale_id, place, ref, due_date, installments in rows
    ]


def _earlier(session: Session, owed: Subquery, items: Sequence[ReceiptItem]) -> list[str]:
    latest: dict[int, int] = {}
    for item in items:
        latest[item.sale_id] = max(item.place, latest.get(item.sale_id, 0))
    before = [
        and_(owed.c.sale_id == sale_id, owed.c.number < place) for sale_id, place in latest.items()
    ]
    rows = session.execute(
        select(owed.c.sale_id, owed.c.number, owed.c.installments)
        .where(or_(false(), *before))
        .order_by(owed.c.due_date, owed.c.note_id)
    )
    return [note_number(*row) for row in rows]
