"""A payment that was recorded for a namesake goes to the right customer: undone, and received anew.

Both in one act, or neither; the day, how the money came and the number of the receipt stay (R12).
"""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import CreditMovement, Customer, Payment, PaymentItem
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules.charges import Split, Step
from credigestor.rules.methods import CREDIT, UNKNOWN, Method, parts_of
from credigestor.rules.money import format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import payers, payments
from credigestor.services.inputs import MAX_REASON, InputModel, reason
from credigestor.services.ledger import LockedNote, lock_notes
from credigestor.services.payments import NewPayment

_WENT = " Passou ao cadastro nº {}."
#: Longest reason: where the money went stands behind it, with a number of up to 19 digits.
MAX_WHY = MAX_REASON - len(_WENT.format("9" * 19))


class PaymentToMove(InputModel):
    """Whose a payment is, what of it goes to each of their notes (note id, R$), and why."""

    operation_id: uuid.UUID
    payment_id: int
    customer_id: int
    items: tuple[tuple[int, Decimal], ...]
    reason: str
    #: What the person was shown: note id → its allocation. Another one is refused (R10).
    previewed: dict[int, Split] | None = None


def preview(
    session: Session, actor: Actor, data: PaymentToMove, *, today: date
) -> list[tuple[LockedNote, Step]]:
    """What `move` would do to each note of the right customer; it writes and locks nothing."""
    actor.require(Permission.MOVE)
    payment = _movable(session, data)
    return payments.preview(session, actor, _anew(session, payment, data), today=today)


def move(session: Session, actor: Actor, data: PaymentToMove, *, today: date) -> int:
    """Reverse the payment, receive its money for the right customer, and return the new id.

    The same operation again returns the same. Raises NotAllowed, NotFound, InvalidInput (no reason,
    parts that are not the payment, more than is owed) or Conflict: reversed before, credit was kept
    beside it or spent, a customer is anonymised, or the preview is no longer true.
    """
    actor.require(Permission.MOVE)
    actor.require(Permission.REVERSE)
    why = reason(data.reason, maximum=MAX_WHY)
    again = select(Payment.id).where(Payment.operation_id == data.operation_id)
    if session.scalar(again) is not None:
        payment = session.get(Payment, data.payment_id)
        if payment is None:
            raise NotFound("Pagamento não encontrado.")
        return payments.receive(session, actor, _anew(session, payment, data), today=today)
    payment = _movable(session, data)
    theirs = session.scalars(
        select(PaymentItem.note_id).where(PaymentItem.payment_id == payment.id)
    ).all()
    # All at once and in order of id, as whoever pays either of them.
    lock_notes(session, {*theirs, *(note_id for note_id, _ in data.items)})
    new = _anew(session, payment, data)
    told = f"{why}{_WENT.format(data.customer_id)}"
    payments.reverse(session, actor, payment_id=payment.id, why=told, today=today)
    return payments.receive(session, actor, new, today=today, moved=payment)


def _movable(session: Session, data: PaymentToMove) -> Payment:
    payment = session.get(Payment, data.payment_id)
    if payment is None:
        raise NotFound("Pagamento não encontrado.")
    if session.get(Customer, data.customer_id) is None:
        raise NotFound("Cliente não encontrado.", field="customer_id")
    if payment.customer_id == data.customer_id:
        raise InvalidInput("O pagamento já é deste cliente.", field="customer_id")
    credit = select(CreditMovement.id).where(CreditMovement.payment_id == payment.id).limit(1)
    if payment.method == CREDIT or session.scalar(credit) is not None:
        raise Conflict(
            "Deste pagamento ficou crédito com o cliente, ou foi feito com ele. Estorne-o e receba "
            "de novo."
        )
    if payment.method == UNKNOWN:
        raise Conflict(
            "Não se sabe como o dinheiro deste pagamento veio. Estorne-o e receba de novo, com a "
            "forma."
        )
    given = sum((amount for _, amount in data.items), Decimal(0))
    if given != payment.amount:
        raise InvalidInput(
            f"As notas escolhidas recebem {format_brl(given)} e o pagamento é de "
            f"{format_brl(payment.amount)}.",
            field="items",
        )
    return payment


def _anew(session: Session, payment: Payment, data: PaymentToMove) -> NewPayment:
    parts = parts_of(payment.way, payment.amount)
    return NewPayment(
        operation_id=data.operation_id,
        customer_id=data.customer_id,
        paid_on=payment.paid_on,
        methods=tuple((Method(method), part) for method, part in parts),
        items=data.items,
        payer=payers.of_payment(session, payment.id),
        backdate_reason=data.reason,
        previewed=data.previewed,
    )
