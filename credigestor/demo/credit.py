"""Customers' credit in the demonstration shop: kept, spent, paid back, given for goods (R31)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Note, Sale
from credigestor.demo.open_notes import pay, untouched
from credigestor.rules.methods import Method, OneWay
from credigestor.rules.permissions import Actor
from credigestor.rules.returns import ReturnKind
from credigestor.services import returns, sales, store_credit
from credigestor.services.returns import NewReturn
from credigestor.services.sales import NewSale
from credigestor.services.store_credit import NewPayback

_KEPT, _SPENT = Decimal("35.00"), Decimal("20.00")
#: How goods that were paid at once were handed back.
_BACK: Sequence[OneWay] = ("credit", "cash")


def credit(session: Session, manager: Actor, *, today: date) -> None:
    """Some keep what is too much of a payment or get credit for goods; it is spent or paid back."""
    spender, returner = _payers(session, today)
    for each in (spender, returner):
        paid = {"method": Method.CASH, "kept": _KEPT}
        pay(session, manager, each[0], each[0].amount, today - timedelta(days=25), today, **paid)
    pay(session, manager, spender[1], _SPENT, today - timedelta(days=9), today, by_credit=True)
    store_credit.pay_back(
        session,
        manager,
        NewPayback(
            operation_id=uuid.uuid4(),
            customer_id=returner[0].customer_id,
            paid_on=today - timedelta(days=4),
            amount=_KEPT,
            method=Method.PIX,
            reason="Preferiu o dinheiro de volta.",
        ),
        today=today,
    )
    at_once = _paid_at_once(session, today)
    for sale, how in zip(at_once, _BACK, strict=False):
        _goods_back(session, manager, sale, how, today)
    _pay_down(session, manager, at_once[0], today)


def _payers(session: Session, today: date) -> list[list[Any]]:
    """Two customers, each with two notes that are not due yet and on which nothing was paid."""
    notes = untouched(
        session,
        Note.due_date > today,
        Sale.sold_on < today - timedelta(days=25),
        Sale.contract_rate == 0,
    )
    of_each: dict[int, list[Any]] = {}
    for note in sorted(notes, key=lambda note: (note.customer_id, note.due_date)):
        of_each.setdefault(note.customer_id, []).append(note)
    return [theirs for theirs in of_each.values() if len(theirs) > 1 and theirs[1].amount > _SPENT][
        :2
    ]


def _paid_at_once(session: Session, today: date) -> Sequence[Any]:
    """The newest sales that were wholly paid down, some days old."""
    return session.execute(
        select(Sale.id, Sale.customer_id, Sale.seller_id, Sale.total, Sale.sold_on)
        .where(
            Sale.down_payment == Sale.total,
            Sale.sold_on < today - timedelta(days=5),
            Sale.cancelled_on.is_(None),
        )
        .order_by(Sale.sold_on.desc(), Sale.id)
        .limit(len(_BACK))
    ).all()


def _goods_back(session: Session, manager: Actor, sale: Any, how: OneWay, today: date) -> None:
    returns.record(
        session,
        manager,
        NewReturn(
            operation_id=uuid.uuid4(),
            sale_id=sale.id,
            returned_on=sale.sold_on + timedelta(days=3),
            kind=ReturnKind.DEFECT,
            value=(sale.total / 3).quantize(Decimal("1.00")),
            back_by=how,
            reason="Veio com defeito.",
        ),
        today=today,
    )


def _pay_down(session: Session, manager: Actor, before: Any, today: date) -> None:
    """Another purchase, with what the shop owes as its down payment."""
    down = store_credit.available(session, before.customer_id, today)
    sales.register(
        session,
        manager,
        NewSale(
            operation_id=uuid.uuid4(),
            customer_id=before.customer_id,
            seller_id=before.seller_id,
            sold_on=today,
            description="Panela de pressão",
            total=down + Decimal("60.00"),
            down_payment=down,
            down_payment_by_credit=True,
            installments=2,
            first_due_date=today + timedelta(days=30),
            override_reason="Troca de mercadoria com defeito.",
        ),
        today=today,
    )
