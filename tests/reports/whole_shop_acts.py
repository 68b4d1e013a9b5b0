"""What happens after a sale, one of each, in the shop of `whole_shop`: acts, credit and moves."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.rules.returns import ReturnKind
from credigestor.services import (
    acts,
    customer_moves,
    new_dates,
    payment_moves,
    payments,
    sales,
    store_credit,
    waivers,
    write_offs,
)
from credigestor.services.inputs import parse
from credigestor.services.new_dates import NewDates
from credigestor.services.payment_moves import PaymentToMove
from credigestor.services.payments import NewPayment
from credigestor.services.store_credit import NewPayback
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.services.write_offs import NewWriteOff
from tests.acting import give_back
from tests.portfolio import TODAY
from tests.services.selling import new_sale

_WHY = "combinado com a cliente"


def acts_after_sales(session: Session, actor: Actor, ana: int, bia: int) -> None:
    """One act of each kind on a sale of Ana's, what credit does, an undoing, and both moves."""
    late, lost, soon = _sell(session, actor, ana)
    _waive(session, actor, ana, late)
    acts.reverse(
        session, actor, act_id=_waive(session, actor, ana, late), why="engano", today=TODAY
    )
    _pay(session, actor, ana, late, "20.00", kept=D("30.00"), method="cash")
    for undone in (True, False):
        let_go = {"waived": {lost: Waived(fine=D("0.25"))}, "waiver_reason": _WHY}
        beside = _pay(session, actor, ana, lost, "1.00", kept=D("2.00"), method="cash", **let_go)
        if undone:
            payments.reverse(session, actor, payment_id=beside, why="engano", today=TODAY)
    give_back(session, actor, _sale_of(session, soon), TODAY, D("20.00"), ReturnKind.COURTESY)
    _put_off(session, actor, soon)
    write_offs.write_off(
        session,
        actor,
        NewWriteOff(operation_id=uuid.uuid4(), note_ids=(lost,), written_off_on=TODAY, reason=_WHY),
        today=TODAY,
    )
    _pay(session, actor, ana, lost, "5.00", method="pix")
    _pay(session, actor, ana, soon, "12.00", by_credit=True)
    for undone in (True, False):
        made = _pay_back(session, actor, ana)
        if undone:
            store_credit.undo_payback(session, actor, movement_id=made, why="engano", today=TODAY)
    _returned_whole(session, actor, ana)
    down = new_sale(
        *(ana,),
        sold_on=TODAY,
        first_due_date=TODAY + timedelta(days=30),
        down_payment=D("8.00"),
        down_payment_by_credit=True,
        override_reason=_WHY,
    )
    sales.register(session, actor, down, today=TODAY)
    _moves(session, actor, ana, bia)


def _sell(session: Session, actor: Actor, customer: int) -> list[int]:
    data = new_sale(
        customer,
        sold_on=TODAY - timedelta(days=80),
        first_due_date=TODAY - timedelta(days=55),
        total=D("300.00"),
        override_reason=_WHY,
    )
    sale = sales.register(session, actor, data, today=TODAY)
    notes = select(Note.id).where(Note.sale_id == sale).order_by(Note.number)
    return list(session.scalars(notes))


def _sale_of(session: Session, note: int) -> int:
    return session.scalars(select(Note.sale_id).where(Note.id == note)).one()


def _waive(session: Session, actor: Actor, customer: int, note: int) -> int:
    data = NewWaiver(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        waived_on=TODAY,
        waived={note: Waived(fine=D("0.50"))},
        reason=_WHY,
    )
    return waivers.waive(session, actor, data, today=TODAY)


def _pay(session: Session, actor: Actor, customer: int, note: int, amount: str, **how: Any) -> int:
    data = NewPayment(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        paid_on=TODAY,
        items=((note, D(amount)),),
        **how,
    )
    return payments.receive(session, actor, data, today=TODAY)


def _put_off(session: Session, actor: Actor, note: int) -> None:
    data = NewDates(
        operation_id=uuid.uuid4(),
        agreed_on=TODAY,
        note_id=note,
        due_date=TODAY + timedelta(days=40),
        rate=D(1),
        reason=_WHY,
    )
    new_dates.put_off(session, actor, data, today=TODAY)


def _pay_back(session: Session, actor: Actor, customer: int) -> int:
    data = NewPayback(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        paid_on=TODAY,
        amount=D("4.00"),
        method=Method.CASH,
        reason=_WHY,
    )
    return store_credit.pay_back(session, actor, data, today=TODAY)


def _returned_whole(session: Session, actor: Actor, customer: int) -> None:
    """Two that were paid at once come back: one for money, one for credit."""
    for how in ("pix", "credit"):
        data = new_sale(
            *(customer,),
            sold_on=TODAY,
            total=D("60.00"),
            down_payment=D("60.00"),
            down_payment_methods=(("cash", D("60.00")),),
            installments=0,
            first_due_date=None,
        )
        sale = sales.register(session, actor, data, today=TODAY)
        give_back(session, actor, sale, TODAY, D("60.00"), ReturnKind.REGRET, how)


def _moves(session: Session, actor: Actor, ana: int, bia: int) -> None:
    """A sale and a payment of Ana's were Bia's."""
    note, *_ = _sell(session, actor, ana)
    _waive(session, actor, ana, note)
    _pay(session, actor, ana, note, "15.00", method="cash")
    customer_moves.move_sale(
        session,
        actor,
        operation_id=uuid.uuid4(),
        sale_id=_sale_of(session, note),
        customer_id=bia,
        why="homônima",
        today=TODAY,
    )
    other, *_ = _sell(session, actor, ana)
    paid = _pay(session, actor, ana, other, "10.00", method="cash")
    data = parse(
        PaymentToMove,
        {
            "operation_id": uuid.uuid4(),
            "payment_id": paid,
            "customer_id": bia,
            "items": ((note, D("10.00")),),
            "reason": "homônima",
        },
    )
    payment_moves.move(session, actor, data, today=TODAY)
