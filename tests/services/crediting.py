"""Customers' credit in tests: kept beside payments, spent, paid back (R31)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.services import store_credit
from credigestor.services.inputs import parse
from credigestor.services.store_credit import NewPayback
from tests.portfolio import TODAY
from tests.services.paying import pay, sell


def sold(customer: int, *amounts: str) -> list[int]:
    """Notes due in a month, each of a sale of its own."""
    due = TODAY + timedelta(days=30)
    return [sell((amount, due), customer=customer).notes[0] for amount in amounts]


def kept(actor: Actor, note: int, paid: str, more: str, **changes: Any) -> int:
    """A payment beside which more was handed over, kept as credit."""
    return pay(actor, TODAY, (note, paid), kept=D(more), **changes)


def by_credit(actor: Actor, note: int, amount: str, on: date = TODAY) -> int:
    return pay(actor, on, (note, amount), method=None, by_credit=True)


def payback(customer: int, amount: str, **changes: Any) -> NewPayback:
    values = {
        "operation_id": uuid.uuid4(),
        "customer_id": customer,
        "paid_on": TODAY,
        "amount": D(amount),
        "method": "pix",
        "reason": "pediu de volta",
    }
    return parse(NewPayback, values | changes)


def pay_back(actor: Actor, data: NewPayback) -> int:
    with transaction() as session:
        return store_credit.pay_back(session, actor, data, today=TODAY)
