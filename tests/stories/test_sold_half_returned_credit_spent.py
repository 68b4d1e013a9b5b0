"""Sold with a down payment, half of it comes back, what is left over is credit, and is spent.

A television with a sound bar for 1.000,00 on 01/10/26: 300,00 down and seven notes of 100,00. Two
are paid; the sound bar, 650,00 of it, comes back with a defect.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import Sale
from credigestor.documents.customer_statement import pdf
from credigestor.errors import Conflict
from credigestor.reports import store_credit
from credigestor.reports.customer_statement import statement
from credigestor.reports.note import detail
from credigestor.rules.aging import Status
from credigestor.rules.permissions import Actor
from tests.documents.looking import words
from tests.moments import NOW
from tests.portfolio import TODAY
from tests.services.paying import pay, reverse, sell
from tests.services.returning import give_back, new_return, undo_return, without_interest
from tests.services.selling import notes_of
from tests.sound import sound

pytestmark = pytest.mark.usefixtures("db")

DECEMBER = date(2026, 12, 23)


def status(note: int) -> Status:
    with snapshot() as session:
        return detail(session, note, as_of=TODAY, today=TODAY).status


def credit(customer: int) -> str:
    with snapshot() as session:
        return str(store_credit.balance(session, customer, on=TODAY))


def test_half_comes_back_and_the_credit_pays_another_sale(seller: Actor, manager: Actor) -> None:
    sale = without_interest(manager)
    with snapshot() as session:
        customer = session.get_one(Sale, sale).customer_id
    goods = new_return(sale, "650.00", kind="defect", back_by="credit", reason="som com defeito")
    act = give_back(manager, goods)
    assert [status(note.id) for note in notes_of(sale)] == [Status.PAID] * 2 + [Status.RETURNED] * 5
    assert credit(customer) == "150.00"
    sound()

    [radio] = sell(("180.00", DECEMBER), customer=customer).notes
    spent = pay(seller, TODAY, (radio, "150.00"), method=None, by_credit=True)
    pay(seller, TODAY, (radio, "30.00"), method="pix")
    assert (status(radio), credit(customer)) == (Status.PAID, "0.00")
    sound()

    with snapshot() as session:
        told = statement(session, customer, since=date(2026, 10, 1), until=TODAY, today=TODAY)
        text = words(pdf(told, made_at=NOW, logo=None)).replace("\xa0", " ")
    assert told.closing == 0
    assert "De uma devolução de mercadoria" in text
    assert "Usado num pagamento" in text
    assert "(Crédito do cliente)" in text
    assert told.credit_balance == 0

    # What made the credit stands as long as it is spent.
    with pytest.raises(Conflict, match="já foi usado"):
        undo_return(manager, act)
    reverse(manager, spent)
    undo_return(manager, act)
    assert sum(note.principal_balance for note in notes_of(sale)) == D("500.00")
    assert credit(customer) == "0.00"
    sound()
