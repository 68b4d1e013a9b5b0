"""Two customers of one name: what was sold to and received of the wrong one comes to the right one.

A sofa was sold to José the elder's register, and the younger's payment of his own stove landed on
the elder's; then the younger turns out to have been registered twice.
"""

from __future__ import annotations

import uuid
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Payment
from credigestor.reports.customer_statement import statement
from credigestor.reports.summary import summary
from credigestor.rules.permissions import Actor
from credigestor.services import customer_moves, payment_moves
from credigestor.services.inputs import parse
from credigestor.services.payment_moves import PaymentToMove
from tests.portfolio import TODAY, add_customer
from tests.services.paying import JANUARY_25, new_payment, note_row, receive, sell
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")


def owes(customer: int) -> D:
    with snapshot() as session:
        told = statement(session, customer, since=JANUARY_25, until=TODAY, today=TODAY)
        return told.closing


def test_a_namesakes_sale_and_payment_come_to_the_right_customer(
    seller: Actor, manager: Actor
) -> None:
    with transaction() as session:
        elder, younger, twice = (add_customer(session, "José da Silva") for _ in range(3))
    sofa, oven = sell(customer=elder), sell(customer=elder)
    stove = sell(customer=younger)
    kept = receive(seller, new_payment(JANUARY_25, (sofa.notes[0], "100.00")), today=JANUARY_25)
    wrong = receive(seller, new_payment(JANUARY_25, (oven.notes[0], "100.00")), today=JANUARY_25)
    with snapshot() as session:
        before = summary(session, TODAY, today=TODAY)

    with transaction() as session:
        customer_moves.move_sale(
            session,
            manager,
            operation_id=uuid.uuid4(),
            sale_id=sofa.id,
            customer_id=younger,
            why="o sofá é do filho",
            today=TODAY,
        )
    with snapshot() as session:
        there = session.get_one(Payment, kept)
        assert (there.customer_id, there.paid_on) == (younger, JANUARY_25), (
            "its number and day stay"
        )
        assert summary(session, TODAY, today=TODAY) == before, "for the shop nothing changed"
    sound()

    data = parse(
        PaymentToMove,
        {
            "operation_id": uuid.uuid4(),
            "payment_id": wrong,
            "customer_id": younger,
            "items": ((stove.notes[0], D("100.00")),),
            "reason": "era do fogão do filho",
        },
    )
    with transaction() as session:
        made = payment_moves.move(session, manager, data, today=TODAY)
    with snapshot() as session:
        assert session.get_one(Payment, made).paid_on == JANUARY_25
    assert note_row(oven.notes[0]).principal_balance == D("300.00")
    # R9: 1,50 of interest and 6,00 of fine, as on the day on which it was paid.
    assert note_row(stove.notes[0]).principal_balance == D("207.50")
    sound()

    assert owes(elder) == D("300.00")
    assert owes(younger) == D("415.00")
    with transaction() as session:
        customer_moves.merge(
            session,
            manager,
            operation_id=uuid.uuid4(),
            customer_id=younger,
            into_id=twice,
            why="cadastrado duas vezes",
            today=TODAY,
        )
        assert session.get_one(Customer, younger).active is False
    assert (owes(younger), owes(twice)) == (D("0.00"), D("415.00"))
    sound()
