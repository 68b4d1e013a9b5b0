"""A customer's credit: kept, spent, paid back, and never below nothing on any day (R31).

Whoever moves it holds the customer's row: taken after the notes, as by who anonymises.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from credigestor.db.models import CreditMovement, Customer
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules import privacy
from credigestor.rules.calendar import format_date
from credigestor.rules.methods import Method
from credigestor.rules.money import CENT, MAX_MONEY, ZERO, format_brl
from credigestor.rules.permissions import Actor, Permission
from credigestor.services import audit, operations
from credigestor.services.act_dates import check_day, check_undoing
from credigestor.services.inputs import InputModel, reason

if TYPE_CHECKING:
    from credigestor.services.payment_input import NewPayment
    from credigestor.services.sale_input import NewSale

#: Why credit is refused beside other methods.
ALONE = "O crédito do cliente é usado sozinho."


class NewPayback(InputModel):
    """Credit that is paid back to a customer in money, R$, and why."""

    operation_id: uuid.UUID
    customer_id: int
    paid_on: date
    amount: Decimal
    method: Method
    reason: str


def pay_back(session: Session, actor: Actor, data: NewPayback, *, today: date) -> int:
    """Pay credit back in money and return the movement's id; the same operation, the same id.

    Raises NotAllowed, NotFound, InvalidInput (the future, no amount or reason, more credit than
    there is) or Conflict (anonymised, or the operation paid another one back); nothing changes.
    """
    actor.require(Permission.RETURN)
    why = reason(data.reason)
    check_day(session, actor, data.paid_on, today=today, what="registro")
    _check_amount(data.amount, "amount")
    _lock(session, data.customer_id)
    if before := operations.recorded(session, CreditMovement, data.operation_id):
        there = before[0]
        operations.require_same(
            (there.customer_id, there.moved_on, -there.amount, there.method)
            == (data.customer_id, data.paid_on, data.amount, data.method.value),
            done="devolveu outro valor,",
            again="devolver de novo",
        )
        return there.id
    _require(session, data.customer_id, data.paid_on, data.amount, field="amount")
    made = _add(
        session,
        actor,
        customer_id=data.customer_id,
        kind="paid_back",
        moved_on=data.paid_on,
        amount=-data.amount,
        method=data.method.value,
        operation_id=data.operation_id,
        reason=why,
    )
    told = {"customer_id": data.customer_id, "on": data.paid_on, "amount": data.amount}
    told |= {"method": data.method.value, "reason": why}
    audit.record(session, actor, "create", "credit", made, after=told)
    return made


def undo_payback(
    session: Session, actor: Actor, *, movement_id: int, why: str, today: date
) -> None:
    """Undo a payback: the money came back, and the credit is there again (R12).

    Raises NotAllowed (also of closed days, R37), NotFound, InvalidInput (no reason) or Conflict
    (already undone).
    """
    actor.require(Permission.RETURN)
    why = reason(why)
    there = session.get(CreditMovement, movement_id)
    if there is None or there.kind != "paid_back":
        raise NotFound("Devolução de crédito não encontrada.")
    check_undoing(session, actor, there.moved_on, today=today)
    _lock(session, there.customer_id)
    if not _undo(session, actor, [there], why):
        raise Conflict("Esta devolução de crédito já foi desfeita.")
    told = {"customer_id": there.customer_id, "amount": -there.amount}
    audit.record(
        session,
        actor,
        "reverse",
        "credit",
        movement_id,
        before=told,
        after={"reason": why, "on": today},
    )


def beside(session: Session, actor: Actor, data: NewPayment, payment_id: int) -> None:
    """What a payment does to the customer's credit: it is spent, or what is too much is kept (R31).

    Raises InvalidInput for more than there is, on that day or later.
    """
    moved = {"customer_id": data.customer_id, "moved_on": data.paid_on, "payment_id": payment_id}
    if data.by_credit:
        _lock(session, data.customer_id)
        _require(session, data.customer_id, data.paid_on, data.amount, field="methods")
        _add(session, actor, kind="spent", amount=-data.amount, **moved)
    if data.kept:
        _lock(session, data.customer_id)
        method = data.method or Method.CASH  # of several, what is too much is cash
        _add(session, actor, kind="kept", amount=data.kept, method=method.value, **moved)


def check_down(session: Session, data: NewSale, *, on: date) -> None:
    """Refuse a down payment by more credit than there is, on that day or later (R31)."""
    if data.down_payment_by_credit:
        _require(session, data.customer_id, on, data.down_payment, field="down_payment")


def pay_down(session: Session, actor: Actor, data: NewSale, sale_id: int, *, on: date) -> None:
    """Spend what a sale, of a customer who is locked and was checked, is paid down by (R31)."""
    if data.down_payment_by_credit:
        _add(
            session,
            actor,
            customer_id=data.customer_id,
            kind="paid_down",
            moved_on=on,
            amount=-data.down_payment,
            sale_id=sale_id,
        )


def give(
    session: Session, actor: Actor, *, customer_id: int, act_id: int, on: date, amount: Decimal
) -> None:
    """Give what goes back for goods as credit (R30)."""
    _lock(session, customer_id)
    _add(
        session,
        actor,
        customer_id=customer_id,
        kind="returned",
        moved_on=on,
        amount=amount,
        act_id=act_id,
    )


def undo_of(
    session: Session,
    actor: Actor,
    why: str,
    *,
    customer_id: int,
    payment_id: int | None = None,
    act_id: int | None = None,
    sale_id: int | None = None,
) -> None:
    """Undo what a payment, an act or a sale, which is being undone, moved; nothing for none.

    Raises Conflict while credit that it made is spent (R31).
    """
    named = {"payment_id": payment_id, "act_id": act_id, "sale_id": sale_id}
    [(by, made)] = ((of, id_) for of, id_ in named.items() if id_ is not None)
    source = getattr(CreditMovement, by) == made
    if session.scalar(select(CreditMovement.id).where(source).limit(1)) is None:
        return
    _lock(session, customer_id)
    found = session.scalars(select(CreditMovement).where(source).order_by(CreditMovement.id)).all()
    _undo(session, actor, found, why)


def available(session: Session, customer_id: int, on: date) -> Decimal:
    """How much credit may be spent on a day, R$: no more than is there on any later day either."""
    rows = session.execute(
        select(CreditMovement.moved_on, func.sum(CreditMovement.amount))
        .where(CreditMovement.customer_id == customer_id)
        .group_by(CreditMovement.moved_on)
        .order_by(CreditMovement.moved_on)
    ).all()
    before = sum((amount for day, amount in rows if day <= on), ZERO)
    later = (amount for day, amount in rows if day > on)
    return min(accumulate(later, initial=before))


def kept_beside(session: Session, payment_id: int) -> Decimal:
    """What was kept as credit beside a payment, R$."""
    kept = select(CreditMovement.amount).where(
        CreditMovement.payment_id == payment_id, CreditMovement.kind == "kept"
    )
    return session.scalar(kept) or ZERO


def check_kept(amount: Decimal) -> None:
    """Refuse what cannot be kept as credit beside a payment."""
    if amount:
        _check_amount(amount, "kept")


def _check_amount(amount: Decimal, field: str) -> None:
    if not CENT <= amount <= MAX_MONEY:
        raise InvalidInput("O valor deve ser maior que zero.", field=field)
    if amount != amount.quantize(CENT):
        raise InvalidInput("Use no máximo dois decimais.", field=field)


def _lock(session: Session, customer_id: int) -> None:
    # Not as strong as to wait for those who only refer to the customer.
    row = session.execute(
        select(Customer.anonymised_at)
        .where(Customer.id == customer_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if row is None:
        raise NotFound("Cliente não encontrado.")
    if row.anonymised_at is not None:
        raise Conflict(privacy.REFUSAL)


def _require(session: Session, customer_id: int, on: date, amount: Decimal, *, field: str) -> None:
    there = available(session, customer_id, on)
    if amount > there:
        raise InvalidInput(
            f"O cliente tem {format_brl(there)} de crédito em {format_date(on)}.", field=field
        )


def _add(session: Session, actor: Actor, **columns: object) -> int:
    row = CreditMovement(made_by=actor.id, created_at=func.clock_timestamp(), **columns)
    session.add(row)
    session.flush()
    return row.id


def _undo(session: Session, actor: Actor, found: Sequence[CreditMovement], why: str) -> bool:
    """Undo those that stand; whether there was any."""
    undone = aliased(CreditMovement)
    gone = session.scalars(
        select(undone.undoes_id).where(undone.undoes_id.in_([each.id for each in found]))
    ).all()
    standing = [each for each in found if each.id not in gone]
    for each in standing:
        there = available(session, each.customer_id, each.moved_on)
        if each.amount > there:
            raise Conflict(
                f"O crédito de {format_brl(each.amount)} que isto gerou já foi usado: sobram "
                f"{format_brl(there)}. Estorne antes o que o usou."
            )
        _add(
            session,
            actor,
            customer_id=each.customer_id,
            kind="undone",
            moved_on=each.moved_on,
            amount=-each.amount,
            undoes_id=each.id,
            reason=why,
        )
    return bool(standing)
