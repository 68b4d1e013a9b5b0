"""Each act after a sale and its undoing, by role and into closed days (R12, R15, R29–R34, R37)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.errors import BusinessError
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor, Permission, Role
from credigestor.services import (
    acts,
    customer_moves,
    new_dates,
    payments,
    renegotiations,
    store_credit,
    waivers,
    write_offs,
)
from credigestor.services.new_dates import NewDates
from credigestor.services.payments import NewPayment
from credigestor.services.store_credit import NewPayback
from credigestor.services.waivers import NewWaiver, Waived
from credigestor.services.write_offs import NewWriteOff
from tests.acting import give_back
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale
from tests.services.closing import close
from tests.services.renegotiating import deal

pytestmark = pytest.mark.usefixtures("db")

ON = TODAY - timedelta(days=3)
WHY = "combinado"


@dataclass(frozen=True)
class Shop:
    """A customer with credit and two notes, one late and one not; and the same person again."""

    customer: int
    again: int
    sale: int
    late: int
    soon: int


@pytest.fixture
def shop(manager: Actor) -> Shop:
    with transaction() as session:
        customer, again = (add_customer(session, "José da Silva") for _ in range(2))
        due = [("300.00", TODAY - timedelta(days=60)), ("90.00", TODAY + timedelta(days=30))]
        made = add_sale(session, customer, TODAY - timedelta(days=90), due)
        third = add_sale(session, customer, TODAY - timedelta(days=90), [("50.00", TODAY)])
        paid = NewPayment(
            operation_id=uuid.uuid4(),
            customer_id=customer,
            paid_on=ON - timedelta(days=1),
            method=Method.CASH,
            items=((third.notes[0], D("50.00")),),
            kept=D("20.00"),
        )
        payments.receive(session, manager, paid, today=TODAY)
    return Shop(customer, again, made.id, *made.notes)


Do = Callable[[Session, Actor, Shop, date], int]
Undo = Callable[[Session, Actor, int], None]


def _waive(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    data = NewWaiver(
        operation_id=uuid.uuid4(),
        customer_id=shop.customer,
        waived_on=on,
        waived={shop.late: Waived(fine=D("6.00"))},
        reason=WHY,
        backdate_reason=WHY,
    )
    return waivers.waive(session, actor, data, today=TODAY)


def _return(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    return give_back(session, actor, shop.sale, on, D("40.00"))


def _put_off(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    data = NewDates(
        operation_id=uuid.uuid4(),
        agreed_on=on,
        note_id=shop.soon,
        due_date=TODAY + timedelta(days=50),
        reason=WHY,
    )
    return new_dates.put_off(session, actor, data, today=TODAY)


def _renegotiate(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    data = deal([shop.late], customer_id=shop.customer, agreed_on=on, backdate_reason=WHY)
    return renegotiations.make(session, actor, data, today=TODAY)


def _write_off(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    data = NewWriteOff(
        operation_id=uuid.uuid4(), note_ids=(shop.late,), written_off_on=on, reason=WHY
    )
    return write_offs.write_off(session, actor, data, today=TODAY)[0]


def _pay_back(session: Session, actor: Actor, shop: Shop, on: date) -> int:
    data = NewPayback(
        operation_id=uuid.uuid4(),
        customer_id=shop.customer,
        paid_on=on,
        amount=D("20.00"),
        method=Method.CASH,
        reason=WHY,
    )
    return store_credit.pay_back(session, actor, data, today=TODAY)


def _undo_act(session: Session, actor: Actor, made: int) -> None:
    acts.reverse(session, actor, act_id=made, why=WHY, today=TODAY)


def _undo_deal(session: Session, actor: Actor, made: int) -> None:
    renegotiations.reverse(session, actor, renegotiation_id=made, why=WHY, today=TODAY)


def _undo_payback(session: Session, actor: Actor, made: int) -> None:
    store_credit.undo_payback(session, actor, movement_id=made, why=WHY, today=TODAY)


#: What is done, how it is undone, and the permission that it takes.
ACTS: dict[str, tuple[Do, Undo, Permission]] = {
    "waiver": (_waive, _undo_act, Permission.WAIVE),
    "return": (_return, _undo_act, Permission.RETURN),
    "new date": (_put_off, _undo_act, Permission.NEW_DATE),
    "renegotiation": (_renegotiate, _undo_deal, Permission.RENEGOTIATE),
    "write-off": (_write_off, _undo_act, Permission.WRITE_OFF),
    "payback": (_pay_back, _undo_payback, Permission.RETURN),
}
ROLES = [Role.SELLER, Role.MANAGER, Role.ADMIN]
_RECORDS = ("acts", "act_reversals", "credit_movements", "customer_moves", "sales", "audit_log")


def records() -> list[int]:
    """How many of everything there are."""
    with snapshot() as session:
        counts = (f"(SELECT count(*) FROM {name})" for name in _RECORDS)
        return list(session.execute(text(f"SELECT {', '.join(counts)}")).one())


def refused(act: Callable[[Session], object]) -> BusinessError | None:
    """Why it is refused, having changed nothing; None where it was done."""
    before = records()
    try:
        with transaction() as session:
            act(session)
    except BusinessError as error:
        assert records() == before
        return error
    assert records() != before
    return None


def without_closed_days(actor: Actor, *, of: Permission) -> Actor:
    """Somebody's program that may do the act, but not in closed days."""
    may = frozenset({of, Permission.SELL, Permission.BACKDATE})
    return Actor(actor.id, actor.name, Role.MANAGER, may)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_and_its_undoing_take_a_manager(
    manager: Actor, shop: Shop, name: str, role: Role
) -> None:
    do, undo, _ = ACTS[name]
    somebody = actor_of(add_user(role, name="Alguém"))
    said = refused(lambda session: do(session, somebody, shop, TODAY))
    assert (said is not None) == (role is Role.SELLER), said
    if said is not None:
        with transaction() as session:
            do(session, manager, shop, TODAY)
    with snapshot() as session:
        made = newest(session, name)
    said = refused(lambda session: undo(session, somebody, made))
    assert (said is not None) == (role is Role.SELLER), said


def newest(session: Session, name: str) -> int:
    """The number of the last one that was done."""
    tables = {"renegotiation": "renegotiations", "payback": "credit_movements"}
    found = session.scalar(text(f"SELECT max(id) FROM {tables.get(name, 'acts')}"))
    assert found is not None
    return int(found)


@pytest.mark.parametrize("name", ACTS)
def test_r37_an_act_of_a_closed_day_and_its_undoing_take_who_may_change_those(
    manager: Actor, shop: Shop, name: str
) -> None:
    do, undo, permission = ACTS[name]
    program = without_closed_days(manager, of=permission)
    close(manager, ON)
    said = refused(lambda session: do(session, program, shop, ON))
    assert said is not None
    assert "fechados" in said.message
    assert refused(lambda session: do(session, manager, shop, ON)) is None
    with snapshot() as session:
        made = newest(session, name)
    said = refused(lambda session: undo(session, program, made))
    assert said is not None
    assert "fechados" in said.message
    assert refused(lambda session: undo(session, manager, made)) is None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whole", [True, False], ids=["merge", "sale"])
def test_what_was_a_namesakes_is_moved_by_a_manager(shop: Shop, whole: bool, role: Role) -> None:
    somebody = actor_of(add_user(role, name="Alguém"))

    def move(session: Session) -> None:
        asked: dict[str, Any] = {"operation_id": uuid.uuid4(), "why": "homônimo", "today": TODAY}
        if whole:
            customer_moves.merge(
                session, somebody, customer_id=shop.again, into_id=shop.customer, **asked
            )
        else:
            customer_moves.move_sale(
                session, somebody, sale_id=shop.sale, customer_id=shop.again, **asked
            )

    said = refused(move)
    assert (said is not None) == (role is Role.SELLER), said
