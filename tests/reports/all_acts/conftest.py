"""A shop in which all acts happened, made once a run; its ledger is read once a process."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot
from credigestor.db.models import Customer, Note, Return, Sale
from credigestor.errors import BusinessError
from credigestor.rules.methods import OneWay
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.returns import ReturnKind
from credigestor.services import sales, store_credit, summaries
from credigestor.services.sales import NewSale
from tests import tables
from tests.acting import give_back, random_acts
from tests.by_hand import Ledger, ledger
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, random_portfolio


def make(session: Session, actor: Actor) -> None:
    """Two years with every act; then sales are paid down by credit, and one is cancelled."""
    random_portfolio(session, actor, 77, sold=40)
    random_acts(session, actor, 77, count=240)
    paid = 0
    for customer_id in session.scalars(select(Customer.id).order_by(Customer.id)):
        for back in (40, 0):
            day = TODAY - timedelta(days=back)
            credit = store_credit.available(session, customer_id, day)
            if credit:
                sale = _paid_down(session, actor, customer_id, day, credit / 4)
                paid += 1
                if paid == 2:
                    sales.cancel(session, actor, sale_id=sale, why="desistiu", today=TODAY)
    assert paid > 2
    _give_all_back(session, actor)
    summaries.refresh(session, today=TODAY)


def _give_all_back(session: Session, actor: Actor) -> None:
    """Goods of some sales of which something was paid, for credit and for money in turn."""
    done = 0
    paid = select(Note.sale_id).where(Note.last_paid_on.is_not(None)).distinct()
    for sale_id in session.scalars(paid.order_by(Note.sale_id)):
        with session.begin_nested() as attempt:
            try:
                total = session.get_one(Sale, sale_id).total
                how: OneWay = "cash" if done % 2 else "credit"
                made = give_back(session, actor, sale_id, TODAY, total, ReturnKind.REGRET, how)
                back = session.scalars(select(Return.back).where(Return.act_id == made)).one()
                done += back > 0
            except BusinessError:
                attempt.rollback()
        if done == 4:
            return
    raise AssertionError("nothing goes back")


def _paid_down(session: Session, actor: Actor, customer: int, day: date, down: Decimal) -> int:
    data = NewSale(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        sold_on=day,
        total=Decimal("400.00"),
        down_payment=down.quantize(Decimal("0.01")),
        down_payment_by_credit=True,
        installments=3,
        first_due_date=day + timedelta(days=5),
        override_reason="teste",
    )
    return sales.register(session, actor, data, today=TODAY)


@pytest.fixture(scope="class")
def books(class_db: str) -> Ledger:
    """The shop, filled as it was made once; its ledger as it stands."""
    admin = actor_of(add_user(Role.ADMIN, name="Ada"))
    tables.once("all acts", lambda session: make(session, admin))
    return _ledger()


@functools.cache
def _ledger() -> Ledger:
    """Of rows that are the same each time; what is counted of a day is kept with it."""
    with snapshot() as session:
        return ledger(session)


@pytest.fixture
def session(books: Ledger) -> Iterator[Session]:
    with snapshot() as session:
        yield session
