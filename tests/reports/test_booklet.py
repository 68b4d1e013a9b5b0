"""What a booklet is made of: the contract as made, what is left of each note, and refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, SettingsVersion
from credigestor.errors import Conflict, NotFound
from credigestor.reports import booklet as report
from credigestor.reports.booklet import Booklet
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.services.paying import JANUARY, pay, reverse, sell
from tests.services.selling import new_customer, new_sale, notes_of, register

pytestmark = pytest.mark.usefixtures("db")

TODAY = date(2026, 1, 2)


def booklet(sale_id: int, today: date = TODAY) -> Booklet:
    with snapshot() as session:
        return report.booklet(session, sale_id, today=today)


def test_it_holds_the_contract_as_made_the_shop_as_it_is_and_every_note(seller: Actor) -> None:
    with transaction() as session:
        data = {"shop_name": "Loja Modelo", "late_rate": "0.5", "grace_days": 3}
        session.add(SettingsVersion(data=data, changed_by_name="teste"))
    customer = new_customer(street="Rua A", street_number="12", city="Fortaleza", state="CE")
    sale_id = register(
        seller,
        new_sale(
            customer,
            total=Decimal("1200.00"),
            down_payment=Decimal("200.00"),
            installments=12,
            contract_rate=Decimal(1),
            description="Fogão",
        ),
    )
    with transaction() as session:
        data = {"shop_name": "Loja Nova", "late_rate": "1", "grace_days": 0}
        session.add(SettingsVersion(data=data, changed_by_name="teste"))
    found = booklet(sale_id)
    assert found.shop.shop_name == "Loja Nova"
    assert (found.late_rate, found.grace_days, found.contract_rate) == (Decimal("0.5"), 3, 1)
    assert (found.customer.name, found.customer.address) == ("Ana Luz", "Rua A, 12, Fortaleza/CE")
    assert (found.number, found.description) == (f"{sale_id:06}", "Fogão")
    assert (found.financed, found.in_installments) == (Decimal("1000.00"), Decimal("1066.19"))
    assert (found.interest, found.to_pay) == (Decimal("66.19"), Decimal("1266.19"))
    assert found.is_monthly
    assert [found.note_number(each)[-5:] for each in found.open][:2] == ["01/12", "02/12"]
    stored = notes_of(sale_id)
    assert [(i.due_date, i.free_until, i.amount, i.balance) for i in found.installments] == [
        (n.due_date, n.free_until, n.amount, n.amount) for n in stored
    ]


def test_settled_notes_leave_it_and_a_reversal_brings_them_back(admin: Actor) -> None:
    made = sell(("300.00", JANUARY), ("100.00", date(2026, 2, 10)), ("50.00", date(2026, 3, 10)))
    on = date(2026, 1, 25)
    pay(admin, on, (made.notes[0], "100.00"))
    payment = pay(admin, on, (made.notes[1], "100.00"))
    found = booklet(made.id, on)
    assert [(i.number, i.balance, i.paid) for i in found.open] == [
        (1, Decimal("207.50"), Decimal("92.50")),  # R9
        (3, Decimal("50.00"), Decimal("0.00")),
    ]
    assert [i.is_late(on) for i in found.installments] == [True, False, False]
    reverse(admin, payment, on=on)
    assert [i.number for i in booklet(made.id, on).open] == [1, 2, 3]


def test_a_note_is_late_only_after_its_last_day_without_charges(seller: Actor) -> None:
    found = booklet(register(seller, new_sale(new_customer()))).installments[0]
    assert found.due_date == date(2026, 1, 31)  # a Saturday
    assert not found.is_late(date(2026, 2, 2))
    assert found.is_late(date(2026, 2, 3))


def test_notes_of_other_dates_than_a_month_apart_are_not_called_monthly() -> None:
    assert not booklet(sell(("10.00", JANUARY), ("10.00", date(2026, 3, 1))).id).is_monthly


def test_an_unknown_sale_has_no_booklet() -> None:
    with pytest.raises(NotFound, match="Venda não encontrada"):
        booklet(1)


def _paid_down(actor: Actor) -> int:
    sale = new_sale(new_customer(), down_payment=Decimal("1000.00"))
    return register(actor, sale)


def _cancelled(actor: Actor) -> int:
    sale_id = register(actor, new_sale(new_customer()))
    with transaction() as session:
        sales.cancel(session, actor, sale_id=sale_id, why="desistiu", today=TODAY)
    return sale_id


def _settled(actor: Actor) -> int:
    made = sell()
    pay(actor, date(2026, 1, 8), (made.notes[0], "300.00"))
    return made.id


def _anonymised(actor: Actor) -> int:
    made = sell()
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=datetime(2026, 1, 1, tzinfo=UTC)))
    return made.id


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_paid_down, "paga toda de entrada"),
        (_cancelled, "foi cancelada"),
        (_settled, "já foram pagas"),
        (_anonymised, "anonimizados"),
    ],
)
def test_there_is_no_booklet_where_there_is_nothing_to_pay_or_nobody_to_name(
    admin: Actor, make: Callable[[Actor], int], why: str
) -> None:
    sale_id = make(admin)
    with pytest.raises(Conflict, match=why):
        booklet(sale_id, date(2026, 1, 8))
