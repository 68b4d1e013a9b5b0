"""New sale to who owes, is late or inactive: told beside the form, and who may sell anyway."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import transaction
from tests.portfolio import add_customer, add_sale
from tests.ui.counter.new_sales import confirm, fill, sales, visit, words

pytestmark = pytest.mark.usefixtures("db")


def late_customer(today: date, **columns: Any) -> int:
    with transaction() as session:
        customer = add_customer(session, "Léo Tardio", **columns)
        add_sale(
            session,
            customer,
            today - timedelta(days=90),
            [("300.00", today - timedelta(days=45)), ("200.00", today + timedelta(days=9))],
        )
        return customer


def test_what_the_customer_owes_stands_beside_the_sale(today: date) -> None:
    app = visit(late_customer(today, credit_limit=Decimal("800.00")))
    assert "Já deve R$ 500,00" in words(app)
    assert "1 nota atrasada, R$ 310,50 com encargos hoje" in words(app)
    assert "limite R$ 800,00" in words(app)


def test_a_seller_cannot_sell_to_a_late_customer(today: date) -> None:
    app = fill(visit(late_customer(today)), total="10", count="1")
    assert "tem 1 nota atrasada" in words(app)
    assert "Só um gerente pode liberar esta venda." in words(app)
    assert confirm(app).disabled
    assert "Motivo para liberar a venda" not in {element.label for element in app.text_input}


def test_a_manager_sells_over_the_limit_with_a_reason(today: date) -> None:
    app = visit(late_customer(today, credit_limit=Decimal("509.99")), role="manager")
    fill(app, total="10", count="1")
    assert "Passa do limite" in words(app)
    assert "Falta informar: motivo da liberação." in words(app)
    assert confirm(fill(app, reason="x")).disabled
    confirm(fill(app, reason="Paga amanhã")).click().run()
    assert sales()[-1].override_reason == "Paga amanhã"


def test_an_inactive_customer_is_refused_before_anything_is_typed() -> None:
    with transaction() as session:
        customer = add_customer(session, active=False)
    app = visit(customer)
    assert "Reative o cadastro" in words(app)
    assert confirm(fill(app, total="10", count="1")).disabled


def test_who_has_no_cpf_buys_with_all_of_it_paid_down_alone() -> None:
    with transaction() as session:
        customer = add_customer(session, "Léo Sem Papel", tax_id=None)
    app = fill(visit(customer, role="manager"), total="10", count="1")
    assert "O cliente está sem CPF: só compra à vista" in words(app)
    assert confirm(app).disabled
    fill(app, down="10")
    assert "só compra à vista" not in words(app)
    confirm(app).click().run()
    assert [sale.installments for sale in sales()] == [0]
