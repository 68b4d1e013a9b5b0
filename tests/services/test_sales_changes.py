"""What may be done to a sale later: edit its words, cancel it while nothing was paid (R13)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import PaymentItem
from credigestor.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound
from credigestor.rules.permissions import Actor
from credigestor.services import payments, sales
from tests.portfolio import TODAY, pay
from tests.services.selling import (
    at_once,
    audited,
    new_customer,
    new_sale,
    notes_of,
    register,
    sale_row,
)

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer() -> int:
    return new_customer()


def cancel(actor: Actor, sale_id: int, why: str = "Desistência", today: date = TODAY) -> None:
    with transaction() as session:
        sales.cancel(session, actor, sale_id=sale_id, why=why, today=today)


def test_r13_a_cancelled_sale_takes_its_notes_along(manager: Actor, customer: int) -> None:
    sale_id = register(manager, new_sale(customer))
    cancel(manager, sale_id)
    sale = sale_row(sale_id)
    assert (sale.cancelled_on, sale.cancelled_by) == (TODAY, manager.id)
    assert sale.cancel_reason == "Desistência"
    assert {note.cancelled_on for note in notes_of(sale_id)} == {TODAY}
    [entry] = audited("cancel")
    assert entry.after == {"reason": "Desistência", "on": "2026-11-23"}


def test_a_sale_without_notes_can_be_cancelled_too(manager: Actor, customer: int) -> None:
    sale_id = register(manager, new_sale(customer, down_payment="1000.00"))
    cancel(manager, sale_id)
    assert sale_row(sale_id).cancelled_on == TODAY


def test_cancelling_needs_a_manager_a_reason_a_sale_and_happens_once(
    manager: Actor, seller: Actor, customer: int
) -> None:
    sale_id = register(seller, new_sale(customer))
    with pytest.raises(NotAllowed):
        cancel(seller, sale_id)
    with pytest.raises(InvalidInput, match="Explique o motivo"):
        cancel(manager, sale_id, why="  ")
    with pytest.raises(NotFound):
        cancel(manager, sale_id + 1)
    assert sale_row(sale_id).cancelled_on is None
    cancel(manager, sale_id)
    with pytest.raises(Conflict, match="já foi cancelada"):
        cancel(manager, sale_id)


def test_r13_only_a_sale_without_a_live_payment_can_be_cancelled(
    manager: Actor, customer: int
) -> None:
    sale_id = register(manager, new_sale(customer))
    with transaction() as session:
        payment_id = pay(session, manager, notes_of(sale_id)[1].id, "10.00", date(2026, 2, 1))
    with pytest.raises(Conflict, match="Estorne-os antes"):
        cancel(manager, sale_id)
    with transaction() as session:
        payments.reverse(session, manager, payment_id=payment_id, why="engano", today=TODAY)
    cancel(manager, sale_id)
    assert sale_row(sale_id).cancelled_on == TODAY


def test_r13_cancelling_and_paying_at_once_leave_no_live_payment_on_a_cancelled_sale(
    manager: Actor, customer: int
) -> None:
    for _ in range(8):
        sale_id = register(manager, new_sale(customer, override_reason="teste"), TODAY)
        first = notes_of(sale_id)[0].id

        def pay_it(note_id: int = first) -> int:
            with transaction() as session:
                return pay(session, manager, note_id, "10.00", TODAY)

        results = at_once([partial(cancel, manager, sale_id), pay_it])
        assert sum(isinstance(result, BusinessError) for result in results) == 1
        with snapshot() as session:
            paid = session.scalar(
                select(func.count())
                .select_from(PaymentItem)
                .where(PaymentItem.note_id == first, PaymentItem.reversed.is_(False))
            )
        assert bool(paid) != bool(sale_row(sale_id).cancelled_on)


def test_description_and_seller_can_be_edited_and_the_money_stays(
    seller: Actor, manager: Actor, customer: int
) -> None:
    sale_id = register(seller, new_sale(customer, description="Fogão"))
    before = [(note.amount, note.due_date) for note in notes_of(sale_id)]
    with transaction() as session:
        sales.edit(session, seller, sale_id=sale_id, description=" Fogão 4 bocas", seller_id=None)
    with transaction() as session:  # nothing new: nothing to tell
        sales.edit(session, seller, sale_id=sale_id, description="Fogão 4 bocas", seller_id=None)
    sale = sale_row(sale_id)
    assert (sale.description, sale.seller_id, sale.total) == ("Fogão 4 bocas", None, 1000)
    assert [(note.amount, note.due_date) for note in notes_of(sale_id)] == before
    [entry] = audited("edit")
    assert entry.before == {"description": "Fogão", "seller_id": seller.id}
    assert entry.after == {"description": "Fogão 4 bocas", "seller_id": None}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"description": "x" * 501}, "description"),
        ({"description": "half a pair \ud83d"}, "description"),
        ({"seller_id": 2**31 - 1}, "seller_id"),
    ],
)
def test_a_wrong_edit_is_refused_at_its_field(
    seller: Actor, customer: int, changes: dict[str, Any], field: str
) -> None:
    sale_id = register(seller, new_sale(customer))
    edit = {"description": "", "seller_id": None, **changes}
    with pytest.raises(BusinessError) as caught, transaction() as session:
        sales.edit(session, seller, sale_id=sale_id, **edit)
    assert caught.value.field == field
    assert audited("edit") == []
