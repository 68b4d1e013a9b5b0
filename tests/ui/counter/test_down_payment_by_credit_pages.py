"""R31 on the pages: a down payment by the customer's credit, offered, shown and given back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D
from typing import Any

import pytest

from credigestor.db.engine import snapshot
from credigestor.reports import sale_money
from credigestor.reports.store_credit import balance
from credigestor.rules.permissions import Actor
from tests.portfolio import TODAY
from tests.services.crediting import kept
from tests.services.crediting import sold as notes_sold
from tests.services.down_paying import paid_down
from tests.services.offering import asked, offer
from tests.services.selling import new_customer, register
from tests.ui.counter.new_sales import by_label, confirm, field, fill, sales, visit, words
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

WAY = "Forma da entrada"


@pytest.fixture
def customer(seller: Actor) -> int:
    """Who is owed 300,00."""
    of = new_customer(name="Ana Luz")
    kept(seller, notes_sold(of, "9.58")[0], "9.58", "300.00")
    return of


def credit(customer: int) -> str:
    with snapshot() as session:
        return str(balance(session, customer, on=TODAY))


def offers(app: Visit) -> list[str]:
    [asked] = [each for each in app.segmented_control if each.label == WAY]
    return [str(option) for option in asked.options]


def choose(app: Visit, way: str) -> Visit:
    [asked] = [each for each in app.segmented_control if each.label == WAY]
    asked.set_value(way).run()
    assert not app.exception
    return app


def paid_by_credit(customer: int, **changes: Any) -> Any:
    values = {"down_payment_methods": (), "down_payment_by_credit": True}
    return paid_down(customer, **(values | changes))


def test_r31_credit_is_offered_for_the_down_payment_and_no_more_than_there_is(
    customer: int,
) -> None:
    app = fill(visit(customer), way=None, total="900,00", down="300,01", count="3")
    assert "Crédito do cliente" in offers(app)
    assert "O cliente tem R$ 300,00 de crédito." in words(app)
    choose(app, "credit")
    [error] = app.error
    assert "diminua a entrada ou escolha outra forma" in error.value
    assert confirm(app).disabled
    fill(app, way=None, down="300,00")
    assert not app.error
    confirm(app).click().run()
    assert credit(customer) == "0.00"
    shown = words(open_app("seller", page="counter/sale.py", id=sales()[-1].id))
    assert "R$ 300,00, Crédito do cliente" in shown
    told = words(open_app("seller", page="counter/customer.py", id=customer).look_at("Pagamentos"))
    assert "A loja deve ao cliente R$ 0,00." in told
    listed = words(
        open_app("seller", page="counter/payments.py", query={"what": "down", "method": "credit"})
    )
    assert "Com crédito do cliente, sem entrar dinheiro: R$ 300,00." in listed
    today = words(open_app("manager", page="analytics/today.py"))
    assert "Pago com crédito, sem entrar dinheiro: R$ 300,00" in today
    painel = words(open_app("manager", page="analytics/dashboard.py"))
    assert "Entradas pagas com crédito de clientes: R$ 300,00, sem entrar dinheiro." in painel
    assert "Entradas, fora do recebido de notas" not in painel


def test_who_has_none_is_not_offered_it_and_another_customer_must_say_anew(customer: int) -> None:
    app = fill(visit(new_customer(name="Bia")), way=None, total="900", down="100", count="3")
    assert "Crédito do cliente" not in offers(app)
    assert "de crédito." not in words(app)
    app = choose(fill(visit(customer), way=None, total="900", down="100", count="3"), "credit")
    by_label(app.button, "Trocar cliente").click().run()
    assert not app.exception
    assert "Crédito do cliente" not in offers(app)
    assert confirm(app).disabled
    by_label(app.text_input, "Cliente").set_value("bia").run()
    next(button for button in app.button if button.label.startswith("**Bia")).click().run()
    assert not app.exception
    assert "Falta informar: forma da entrada." in words(app)
    assert not app.error


def test_on_a_day_before_the_credit_it_is_refused_at_the_down_payment(customer: int) -> None:
    app = fill(visit(customer), way=None, total="900,00", down="300,00", count="3")
    choose(app, "credit")
    field(app, "Data da venda").set_value(TODAY - timedelta(days=1)).run()
    confirm(app).click().run()
    assert "O cliente tem R$ 0,00 de crédito em 22/11/2026." in words(app)
    assert credit(customer) == "300.00"


def test_a_proposal_is_closed_with_credit(seller: Actor, customer: int) -> None:
    offer(seller, asked(customer, down_payment=D("120.00")))
    app = open_app("seller", page="counter/proposal.py", id=1)
    choose(app, "credit")
    by_label(app.button, "Fechar venda").click().run()
    assert not app.exception
    assert credit(customer) == "180.00"


def test_what_is_kept_as_a_proposal_spends_nothing(customer: int) -> None:
    app = fill(visit(customer), way=None, total="900,00", down="300,00", count="3")
    choose(app, "credit")
    by_label(app.button, "Guardar como proposta").click().run()
    assert app.title[0].value == "Proposta 000001"
    assert credit(customer) == "300.00"


def test_cancelling_asks_no_method_and_the_credit_is_there_again(
    seller: Actor, customer: int
) -> None:
    sale_id = register(seller, paid_by_credit(customer), TODAY)
    app = open_app("manager", page="counter/sale.py", id=sale_id)
    assert "A entrada de R$ 200,00 volta a ser crédito do cliente." in words(app)
    assert "Forma da devolução" not in [each.label for each in app.button_group]
    by_label(app.text_area, "Motivo do cancelamento").set_value("Desistiu").run()
    by_label(app.checkbox, f"Sim, quero cancelar a venda {sale_id:06d}").check().run()
    by_label(app.button, "Cancelar a venda").click().run()
    assert not app.exception
    assert credit(customer) == "300.00"
    with snapshot() as session:
        ways = [each.way for each in sale_money.of_sale(session, sale_id, TODAY)]
    assert ways == ["credit", "credit"]
    told = words(open_app("seller", page="counter/payments.py", query={"what": "down"}))
    assert "De volta ao crédito do cliente, sem sair dinheiro: R$ 200,00." in told
