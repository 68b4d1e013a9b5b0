"""The first page: a seller's own day; managers go on to theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Role
from credigestor.services import payments
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale
from tests.ui.carded import cards_of
from tests.ui.listed import lists
from tests.ui.support import open_app

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def vera(db: str) -> User:
    return add_user(Role.SELLER, name="Vera $ Vendedora")


def test_a_day_without_work_says_so(vera: User) -> None:
    app = open_app(user=vera)
    assert not app.exception
    assert app.title[0].value == "Meu dia"
    assert [card.value for card in cards_of(app)] == ["R$ 0,00", "R$ 0,00"]
    assert "Nenhuma nota em aberto vence hoje." in app.texts
    labels = [button.label for button in app.button]
    assert {"Nova venda", "Receber", "Clientes"} <= set(labels)


def test_a_seller_sees_the_own_sales_and_receipts_and_what_falls_due(vera: User) -> None:
    day = TODAY
    with transaction() as session:
        ana = add_customer(session, "Ana <b>", phone="+5585988724443")
        add_sale(
            session,
            ana,
            day,
            [("100.00", day), ("50.00", day + timedelta(days=30))],
            seller_id=vera.id,
        )
        add_sale(session, ana, day, [("900.00", day + timedelta(days=30))])
        payment: dict[str, Any] = {
            "operation_id": "6f1c8d0e-5a0c-4b84-9b0e-000000000001",
            "customer_id": ana,
            "paid_on": day,
            "method": "pix",
            "items": ((1, "30.00"),),
        }
        payments.receive(
            session, actor_of(vera), payments.NewPayment.model_validate(payment), today=day
        )
    app = open_app(user=vera)
    assert not app.exception
    assert [card.value for card in cards_of(app)] == ["R$ 150,00", "R$ 30,00"]
    texts = app.texts.replace("\\", "").replace("\xa0", " ")
    assert "1 venda; entradas R$ 0,00" in texts
    assert "1 pagamento: Pix R$ 30,00 (1)" in texts
    due = lists(app)[0].value
    assert list(due["customer"]) == ["Ana <b>"]
    assert list(due["phone"]) == ["(85) 98872-4443"]
    assert list(due["owed"]) == ["R$ 70,00"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_managers_go_on_to_their_day(role: Role) -> None:
    app = open_app(role=role)
    assert not app.exception
    assert app.title[0].value == "Hoje"
