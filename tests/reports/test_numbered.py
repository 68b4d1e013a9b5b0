"""What a number names: ours and those of another system, loosely typed; receipts; and customers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Sale
from credigestor.reports.numbered import Everything, everything, of_debts
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY, Made, add_customer, late
from tests.services.paying import note_row, pay, sell
from tests.services.selling import new_sale, register

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def sale(db: str) -> Made:
    """Sale 1, of two notes, that was number `A17` before; its customer was `C-9`."""
    made = sell(("10.00", late(30)), ("10.00", late(0)))
    with transaction() as session:
        session.execute(update(Sale).values(ref="A17"))
        session.execute(update(Customer).values(ref="C-9"))
    return made


def named(typed: str) -> list[tuple[str, int, str]]:
    with snapshot() as session:
        return [(each.kind, each.id, each.number) for each in of_debts(session, typed)]


def found(typed: str) -> Everything:
    with snapshot() as session:
        return everything(session, typed, today=TODAY)


@pytest.mark.parametrize(
    "typed", ["000001-02/02", "1-2", " 1 - 2 ", "A17-2", "a17/2", "A17 - 02/02", "a17-002"]
)
def test_a_note_is_named_by_our_number_and_by_its_sales_old_one(sale: Made, typed: str) -> None:
    assert named(typed) == [("note", sale.notes[1], "000001-02/02")]


@pytest.mark.parametrize("typed", ["000001", "1", "A17", "a17"])
def test_a_sale_and_whose_it_is(sale: Made, typed: str) -> None:
    assert named(typed) == [("sale", sale.id, "000001")]
    with snapshot() as session:
        [one] = of_debts(session, typed)
    assert one.customer_id == note_row(sale.notes[0]).customer_id
    assert one.old == "A17"


def test_a_customer_has_an_old_number_too(sale: Made) -> None:
    owner = note_row(sale.notes[0]).customer_id
    assert named("c-9") == [("customer", owner, "C-9")]


@pytest.mark.parametrize(
    "typed", ["", " ", "1-3", "2", "A18", "17", "Ana", "%", "A17-", "-", "\0", "9" * 300, "²"]
)
def test_what_is_no_number_of_ours_names_nothing(sale: Made, typed: str) -> None:
    assert named(typed) == []


def test_receipts_of_payments_and_of_down_payments(sale: Made, manager: Actor) -> None:
    paid = pay(manager, TODAY, (sale.notes[0], "5.00"))
    assert [each.kind for each in found(f"{paid:06}").numbered] == ["sale", "receipt"]
    with transaction() as session:
        customer = add_customer(session, "Bia Lopes")
    down = register(
        manager,
        new_sale(
            customer,
            sold_on=TODAY,
            first_due_date=TODAY,
            total=Decimal(100),
            down_payment=Decimal(30),
            down_payment_methods=((Method.CASH, Decimal(30)),),
        ),
        today=TODAY,
    )
    [one] = found("e 1").numbered
    assert (one.kind, one.id, one.number) == ("money_receipt", down, "E000001")
    assert found("D1").numbered == []


def test_customers_come_by_name_cpf_and_phone_but_not_by_a_single_letter(sale: Made) -> None:
    with transaction() as session:
        zelia = add_customer(session, "Zélia Prado", tax_id="52998224725", phone="+5585988724443")
    for typed in ("zelia", "prado zél", "529.982.247-25", "98872-4443"):
        assert [each.id for each in found(typed).customers] == [zelia], typed
    assert found("z").customers == []
