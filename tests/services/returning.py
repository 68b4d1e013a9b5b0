"""Goods that come back in tests: R30's two sales, and returns of them."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal as D
from typing import Any

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Return
from credigestor.rules.permissions import Actor
from credigestor.services import acts, returns
from credigestor.services.inputs import parse
from credigestor.services.returns import NewReturn, Planned
from tests.portfolio import TODAY
from tests.services.paying import pay
from tests.services.selling import new_customer, new_sale, notes_of, register

#: The day on which R30's sale with interest is looked at.
NOVEMBER_25 = date(2026, 11, 25)


def without_interest(actor: Actor, *, paid: int = 2) -> int:
    """R30's: 1.000,00 = 300,00 down and 7 notes of 100,00, the first of them paid."""
    data = new_sale(
        new_customer(),
        sold_on=date(2026, 10, 1),
        down_payment=D("300.00"),
        installments=7,
        first_due_date=date(2026, 11, 1),
        override_reason="teste",
    )
    sale = register(actor, data, today=TODAY)
    for note in notes_of(sale)[:paid]:
        pay(actor, date(2026, 10, 30), (note.id, "100.00"))
    return sale


def with_interest(actor: Actor) -> int:
    """R30's: sold on 10/09/26 at 1 % a month in 12, first due on 10/10/26, two paid."""
    data = new_sale(
        new_customer(),
        sold_on=date(2026, 9, 10),
        installments=12,
        first_due_date=date(2026, 10, 10),
        contract_rate=D(1),
        override_reason="teste",
    )
    sale = register(actor, data, today=TODAY)
    for note, day in zip(notes_of(sale)[:2], (date(2026, 10, 10), date(2026, 11, 10)), strict=True):
        pay(actor, day, (note.id, "88.85"))
    return sale


def new_return(sale: int, value: str | None = None, on: date = TODAY, **changes: Any) -> NewReturn:
    """A return with what goes back in cash, if anything does."""
    return parse(
        NewReturn,
        {
            "operation_id": uuid.uuid4(),
            "sale_id": sale,
            "returned_on": on,
            "kind": "courtesy",
            "value": value and D(value),
            "back_by": "cash",
            "reason": "não serviu",
            **changes,
        },
    )


def give_back(actor: Actor, data: NewReturn, today: date = TODAY) -> int:
    """Record a return and commit."""
    with transaction() as session:
        return returns.record(session, actor, data, today=today)


def previewed(actor: Actor, data: NewReturn, today: date = TODAY) -> Planned:
    """What a return would do."""
    with snapshot() as session:
        return returns.preview(session, actor, data, today=today)


def undo_return(actor: Actor, act_id: int, today: date = TODAY) -> None:
    """Undo a return and commit."""
    with transaction() as session:
        acts.reverse(session, actor, act_id=act_id, why="engano", today=today)


def return_row(act_id: int) -> Return:
    """A return as it is stored."""
    with snapshot() as session:
        return session.query(Return).filter_by(act_id=act_id).one()
