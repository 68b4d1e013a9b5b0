"""A sale recorded for a namesake is moved on its page; a double register on the customer's."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import Customer, Payment, Sale
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.paying import new_payment, receive
from tests.services.selling import new_customer, new_sale, notes_of, register
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def sale(seller: Actor) -> int:
    """A sale of customer 1; customer 2 has the same name."""
    new_customer(name="José Silva")
    new_customer(name="José Silva", city="Sobral")
    return register(seller, new_sale(1))


def button(app: Visit, label: str) -> Any:
    [found] = [each for each in app.button if each.label == label]
    return found


def confirm(app: Visit, why: str) -> Visit:
    [motive] = [each for each in app.text_input if str(each.key).startswith("move_why")]
    motive.set_value(why)
    app.run()
    button(app, "Passar ao cliente certo").click()
    return app.run()


def test_a_manager_moves_a_sale_and_is_led_to_the_right_customer(sale: int) -> None:
    app = open_app(role="manager", page="counter/sale.py", id=sale, customer=2)
    assert "Passar a venda 000001 a José Silva" in text_of(app)
    assert "Explique o motivo." in text_of(confirm(app, " "))
    confirm(app, "homônimo")
    with snapshot() as session:
        assert session.get_one(Sale, sale).customer_id == 2
    assert "A venda passou a este cliente." in text_of(app)


def test_the_customer_of_now_is_refused_and_a_seller_sees_no_way(sale: int) -> None:
    app = open_app(role="manager", page="counter/sale.py", id=sale, customer=1)
    assert "Escolha o outro cliente" in text_of(app)
    seller = open_app(role="seller", page="counter/sale.py", id=sale)
    assert "cliente certo" not in "".join(each.label for each in seller.expander)


def test_a_double_register_is_merged_and_deactivated(sale: int) -> None:
    app = open_app(role="manager", page="counter/customer.py", id=1, customer=2)
    app.look_at("Cadastro")
    confirm(app, "cadastro em dobro")
    with snapshot() as session:
        assert session.get_one(Sale, sale).customer_id == 2
        assert not session.get_one(Customer, 1).active
    assert "Cadastros juntados: 1 venda passou a este." in text_of(app)


def test_a_payment_is_previewed_and_moved_with_one_button(seller: Actor, sale: int) -> None:
    register(seller, new_sale(2))
    [first, *_] = notes_of(sale)
    paid = receive(seller, new_payment(TODAY, (first.id, "30.00")))
    app = open_app(role="manager", page="counter/payment.py", id=paid, customer=2)
    assert "Explique o motivo." not in text_of(app)
    [motive] = [each for each in app.text_input if str(each.key).startswith("move_payment_why")]
    motive.set_value("homônimo")
    app.run()
    assert "Passar R$ 30,00 de 23/11/2026 a José Silva" in text_of(app)
    button(app, "Estornar e passar ao cliente certo").click()
    app.run()
    assert "O recibo 000001 passou ao cliente certo." in text_of(app)
    with snapshot() as session:
        assert session.get_one(Payment, 2).customer_id == 2
    seller_sees = open_app(role="seller", page="counter/payment.py", id=2)
    assert "cliente certo" not in "".join(each.label for each in seller_sees.expander)
