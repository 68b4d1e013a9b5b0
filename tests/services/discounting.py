"""Early settlement in tests: a sale with contract interest, and notes settled with a discount."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D

from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Sale
from credigestor.reports.check.report import check
from credigestor.reports.receipt import Receipt, receipt
from credigestor.rules.permissions import Actor
from credigestor.rules.true_rate import of_month
from credigestor.services import summaries
from credigestor.services.payments import NewPayment
from tests.portfolio import TODAY
from tests.services.paying import new_payment, pay
from tests.services.selling import new_customer, new_sale, notes_of, register

#: 88,85 eleven times and 88,84: 983,55 at 1 % a month in 12, which by a month before the first due
#: date, 47 days after DAY, have grown to 1.000,00 (R2c). The true rate is 12,72 % a year.
DAY = date(2026, 10, 5)
DUE = DAY + timedelta(days=47)


def sell(admin: Actor, rate: str = "1", due: date = DUE, customer: int | None = None) -> list[int]:
    """Ids of a sale's twelve notes."""
    made = register(
        admin,
        new_sale(
            customer or new_customer(),
            sold_on=date(2026, 9, 1),
            total=D("983.55"),
            installments=12,
            first_due_date=due,
            contract_rate=D(rate),
            override_reason="conhecido da loja",
        ),
        today=TODAY,
    )
    return [note.id for note in notes_of(made)]


def priced(sale_id: int, rate: str) -> None:
    """Give a sale so many percent in thirty days as its contract's and its true rate."""
    with transaction() as session:
        changed = update(Sale).where(Sale.id == sale_id)
        session.execute(changed.values(contract_rate=D(rate), daily_rate=of_month(D(rate))))


def settle(actor: Actor, note: int, money: str, off: str, on: date = DAY, **more: object) -> int:
    return pay(actor, on, (note, money), discounts={note: D(off)}, **more)


def by_right(note: int) -> NewPayment:
    return new_payment(DAY, (note, "87.49"), discounts={note: D("1.36")})


def receipt_of(payment: int) -> Receipt:
    with snapshot() as session:
        return receipt(session, payment)


def assert_sound() -> None:
    with transaction() as session:
        summaries.refresh(session, today=TODAY)
    with snapshot() as session:
        assert check(session) == []
