"""R35, R36: what is handed over of a down payment in cash, and the change, in both forms."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from credigestor.rules.permissions import Actor
from tests.services.offering import asked, offer
from tests.services.selling import new_customer
from tests.ui.counter.new_sales import by_label, confirm, field, fill, sales, visit, words
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

HANDED = "Entregue em dinheiro (R$), para o troco"


@pytest.fixture
def customer(db: str) -> int:
    return new_customer(name="Ana Luz")


def choose(app: Visit, way: str) -> Visit:
    by_label(app.segmented_control, "Forma da entrada").set_value(way).run()
    assert not app.exception
    return app


def labels(app: Visit) -> set[str]:
    return {each.label for each in app.text_input}


def hand(app: Visit, amount: str, button: Any) -> Visit:
    """Too little first, which stops the sale, then an amount."""
    field(app, HANDED).set_value("99,99").run()
    assert "Faltam R$ 0,01 para os R$ 100,00 em dinheiro." in words(app)
    assert button(app).disabled
    field(app, HANDED).set_value(amount).run()
    assert not button(app).disabled
    return app


def closing(app: Visit) -> Any:
    return by_label(app.button, "Fechar venda")


def test_r35_a_new_sales_down_payment_in_cash_tells_its_change(customer: int) -> None:
    app = fill(visit(customer), way=None, total="1000", down="100", count="3")
    assert HANDED not in labels(app)
    assert HANDED not in labels(choose(app, "pix"))
    app = hand(choose(app, "cash"), "150", confirm)
    assert "Troco: **R$ 50,00**" in words(app)
    confirm(app).click().run()
    assert [sale.down_payment for sale in sales()] == [Decimal(100)]


def test_r36_of_several_methods_only_the_part_in_cash_has_change(customer: int) -> None:
    app = choose(fill(visit(customer), way=None, total="1000", down="160", count="3"), "several")
    assert HANDED not in labels(app)
    field(app, "Dinheiro (R$)").set_value("100").run()
    assert "Troco: **R$ 20,00**" in words(hand(app, "120", confirm))


def test_r35_a_proposals_down_payment_in_cash_tells_its_change(
    customer: int, seller: Actor
) -> None:
    made = offer(seller, asked(customer, down_payment=Decimal(100)))
    app = choose(open_app("seller", page="counter/proposal.py", id=made), "cash")
    app = hand(app, "100", closing)
    assert "Troco: **R$ 0,00**" in words(app)
    closing(app).click().run()
    assert [sale.down_payment for sale in sales()] == [Decimal(100)]
