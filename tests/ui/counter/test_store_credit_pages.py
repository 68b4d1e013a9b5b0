"""A customer's credit on pages: kept and spent in Receber, seen and paid back on theirs (R31)."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.db.models import CreditMovement
from credigestor.reports.store_credit import balance
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.paying import note_row, pay, sell
from tests.services.selling import count, new_customer
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")


def by_label(elements: Any, label: str) -> Any:
    [found] = [element for element in elements if element.label == label]
    return found


def control(app: Visit, label: str) -> Any:
    [found] = [group for group in app.button_group if group.label == label]
    return found


def confirm(app: Visit) -> Visit:
    next(b for b in app.button if b.label.startswith("Confirmar")).click().run()
    return app


@pytest.fixture
def customer() -> int:
    return new_customer(name="Ana Luz")


@pytest.fixture
def note(customer: int) -> int:
    return sell(("209.58", TODAY), customer=customer).notes[0]


def credit(customer: int) -> str:
    with snapshot() as session:
        return str(balance(session, customer, on=TODAY))


def test_r31_the_change_of_250_is_kept_as_credit(seller: Actor, customer: int, note: int) -> None:
    app = open_app("seller", page="counter/receive.py", customer=customer)
    assert "de crédito" not in text_of(app)
    by_label(app.text_input, "Valor recebido (R$)").set_value("209,58").run()
    by_label(app.text_input, "Entregue em dinheiro (R$), para o troco").set_value("250").run()
    assert "Troco: **R$ 40,42**" in text_of(app)
    by_label(app.checkbox, "Guardar o troco como crédito do cliente").check().run()
    assert any(
        "e R$ 40,42 de crédito" in b.label.replace("\xa0", " ").replace("\\", "")
        for b in app.button
    )
    confirm(app)
    assert not app.exception
    assert credit(customer) == "40.42"


def test_r31_credit_is_offered_as_a_method_and_no_more_than_there_is(
    seller: Actor, customer: int, note: int
) -> None:
    other = sell(("50.00", TODAY), customer=customer).notes[0]
    pay(seller, TODAY, (other, "50.00"), kept=D("40.42"))
    app = open_app("seller", page="counter/receive.py", customer=customer)
    assert "O cliente tem R$ 40,42 de crédito." in text_of(app)
    control(app, "Forma de pagamento").set_value("credit").run()
    by_label(app.text_input, "Valor recebido (R$)").set_value("41").run()
    assert "O que passa disso é outro pagamento." in text_of(app)
    assert not [b for b in app.button if b.label.startswith("Confirmar")]
    by_label(app.text_input, "Valor recebido (R$)").set_value("40").run()
    confirm(app)
    assert not app.exception
    assert (credit(customer), str(note_row(note).principal_balance)) == ("0.42", "169.58")


def test_the_customers_page_tells_it_and_a_manager_pays_it_back(
    seller: Actor, customer: int, note: int
) -> None:
    pay(seller, TODAY, (note, "209.58"), kept=D("40.42"))
    app = open_app("seller", page="counter/customer.py", id=customer).look_at("Pagamentos")
    assert "A loja deve ao cliente R$ 40,42." in text_of(app)
    assert "Devolver crédito em dinheiro" not in [e.label for e in app.expander]
    app = open_app("manager", page="counter/customer.py", id=customer).look_at("Pagamentos")
    by_label(app.text_input, "Valor a devolver (R$)").set_value("40,43")
    by_label(app.button, "Devolver").click().run()
    assert "Diga como o dinheiro é devolvido." in text_of(app)
    control(app, "Forma").set_value("pix")
    reasons = [field for field in app.text_input if field.key and field.key.endswith(":reason")]
    reasons[0].set_value("pediu de volta")
    by_label(app.button, "Devolver").click().run()
    assert "O cliente tem R$ 40,42 de crédito em 23/11/2026." in text_of(app)
    assert count(CreditMovement) == 1
    by_label(app.text_input, "Valor a devolver (R$)").set_value("40,42")
    by_label(app.button, "Devolver").click().run()
    text = text_of(app)
    assert "Crédito de R$ 40,42 devolvido." in text
    assert credit(customer) == "0.00"
    links = [e.proto.url for e in app.get("link_button")]
    assert "/documento/credito/2" in links


def test_the_painel_says_what_the_shop_owes_its_customers(
    seller: Actor, customer: int, note: int
) -> None:
    pay(seller, TODAY, (note, "209.58"), kept=D("40.42"))
    text = text_of(open_app("manager", page="analytics/dashboard.py"))
    assert "Crédito de clientes em 23/11/2026: a loja deve a eles R$ 40,42." in text
