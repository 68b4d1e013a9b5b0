"""A till to be measured: a seller, customers with a note each, and the services' writes on them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from credigestor.rules.methods import Method, Part
from credigestor.rules.permissions import Actor, Role
from credigestor.services import payments, sales
from credigestor.services.payments import NewPayment
from credigestor.services.sales import NewSale

AMOUNT = Decimal("100.00")
#: The amount handed over in two methods (R36).
TWO_METHODS: Sequence[Part] = ((Method.CASH, Decimal("60.00")), (Method.PIX, Decimal("40.00")))

_SHOP = """
WITH buyer AS (
    INSERT INTO customers (name, name_folded, tax_id, credit_limit)
    SELECT 'Cliente do balcão', 'cliente do balcao',
           'B' || lpad((start + n)::text, 13, '0'), 1000000
      FROM generate_series(1, :count) n, (SELECT coalesce(max(id), 0) AS start FROM customers) c
    RETURNING id
), sold AS (
    INSERT INTO sales (operation_id, customer_id, seller_id, sold_on, total, down_payment,
                       installments, first_due_date, contract_rate, late_rate, fine_rate,
                       grace_days)
    SELECT gen_random_uuid(), id, :seller, :today, :amount, 0, 1, :due, 0, 1, 2, 0 FROM buyer
    RETURNING id, customer_id
)
INSERT INTO notes (sale_id, customer_id, number, amount, due_date, on_time_until, free_until,
                   principal_balance, interest_from)
SELECT id, customer_id, 1, :amount, :due, :due, :due, :amount, :due FROM sold
RETURNING id, customer_id
"""


@dataclass(frozen=True)
class Counter:
    """Who sells, on which day, and the notes of one due date that wait to be paid."""

    engine: Engine
    seller: Actor
    today: date
    notes: Iterator[tuple[int, int]]

    @property
    def due(self) -> date:
        """The one due date of all the notes."""
        return self.today + timedelta(days=10)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction as the app opens it, on this shop's engine."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


def open_shop(engine: Engine, today: date, notes: int) -> Counter:
    """A seller, and customers with so many notes, added to a migrated schema."""
    with engine.begin() as connection:
        seller = connection.scalar(
            text(
                "INSERT INTO users (login, name, role, password_hash) "
                "VALUES (:login, 'Balcão', 'seller', 'none') RETURNING id"
            ),
            {"login": f"balcao-{uuid.uuid4().hex}"},
        )
        assert seller is not None
        rows = connection.execute(
            text(_SHOP),
            {
                "count": notes,
                "seller": seller,
                "today": today,
                "due": today + timedelta(days=10),
                "amount": AMOUNT,
            },
        ).all()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE users, customers, sales, notes"))
    return Counter(engine, Actor(seller, "Balcão", Role.SELLER), today, iter([(*r,) for r in rows]))


def sell(shop: Counter, customer: int, down: Sequence[Part] = ()) -> None:
    """A sale with 12 notes to a customer, by the service; `down` is its down payment (R35)."""
    paid_down = sum((part for _, part in down), Decimal(0))
    data = NewSale(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        sold_on=shop.today,
        description="Geladeira",
        total=12 * AMOUNT + paid_down,
        down_payment=paid_down,
        down_payment_methods=tuple(down),
        installments=12,
        first_due_date=shop.due,
    )
    with shop.writing() as session:
        sales.register(session, shop.seller, data, today=shop.today)


def pay(shop: Counter, note: int, customer: int, methods: Sequence[Part] = ()) -> None:
    """All that a note is, in cash or by these methods, by the service."""
    data = NewPayment(
        operation_id=uuid.uuid4(),
        customer_id=customer,
        paid_on=shop.today,
        method=None if methods else Method.CASH,
        methods=tuple(methods),
        items=((note, AMOUNT),),
    )
    with shop.writing() as session:
        payments.receive(session, shop.seller, data, today=shop.today)
