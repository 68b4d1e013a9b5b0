"""R35, R36 on the pages: several methods, change, another payer, down payments and refunds."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Payer, SaleMoney, User
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from tests.portfolio import TODAY, Made
from tests.services.down_paying import paid_down, sold
from tests.services.selling import new_customer
from tests.ui.counter import new_sales
from tests.ui.counter.receiving import amount, button, confirm, open_page, payment, told, typed
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

VARIOUS = "several"


def choose(app: Visit, label: str, value: str) -> Visit:
    """Choose in the row of buttons with a label."""
    [found] = [each for each in app.segmented_control if each.label == label]
    found.set_value(value).run()
    assert not app.exception
    return app


def labels(app: Visit) -> list[str]:
    return [field.label for field in app.text_input]


def money() -> list[tuple[str, D, str, int | None]]:
    with snapshot() as session:
        rows = session.scalars(select(SaleMoney).order_by(SaleMoney.id))
        return [(row.kind, row.amount, row.way, row.done_by) for row in rows]


def test_r36_one_typed_part_is_enough_for_two_methods(sale: Made) -> None:
    app = choose(amount(open_page(customer=1), "87,48"), "Forma de pagamento", VARIOUS)
    typed(app, "Dinheiro (R$)", "40,00")
    assert "Pix: R$ 47,48" in told(app)
    shown = button(app, "Confirmar").label.replace("\\", "").replace("\xa0", " ")
    assert shown.startswith("Confirmar: R$ 87,48 em dinheiro 40,00 + Pix 47,48")
    confirm(app)
    assert payment().way == "cash 40.00 + pix 47.48"


@pytest.mark.parametrize("wrong", ["90,00", "1.2", "-1"])
def test_parts_that_do_not_fit_are_told_at_their_field(sale: Made, wrong: str) -> None:
    app = choose(amount(open_page(customer=1), "87,48"), "Forma de pagamento", VARIOUS)
    typed(app, "Dinheiro (R$)", wrong)
    assert len(app.error) == 1
    assert not [each for each in app.button if each.label.startswith("Confirmar")]


def test_one_method_asks_for_nothing_more(sale: Made) -> None:
    """As short as it was: the rest stands below the button, and may be left as it is."""
    app = amount(open_page(customer=1), "55,00")
    assert labels(app)[0] == "Valor recebido (R$)"
    confirm(app)
    assert (payment().way, payment().amount) == ("cash", D("55.00"))


def test_the_change_is_told_and_not_recorded(sale: Made) -> None:
    """R31: 250,00 for 209,58 would be 40,42; here 100,00 for 55,00."""
    handed_over = "Entregue em dinheiro (R$), para o troco"
    app = typed(amount(open_page(customer=1), "55,00"), handed_over, "100,00")
    assert "Troco: **R$ 45,00**" in told(app)
    typed(app, handed_over, "50,00")
    assert "Faltam R$ 5,00 para os R$ 55,00 em dinheiro." in told(app)
    assert not [each for each in app.button if each.label.startswith("Confirmar")]
    typed(app, handed_over, "")
    confirm(app)
    assert payment().amount == D("55.00")
    by_pix = choose(amount(open_page(customer=1), "5,00"), "Forma de pagamento", "pix")
    assert handed_over not in labels(by_pix)


def test_who_else_pays_is_recorded_and_shown_on_the_receipt(sale: Made) -> None:
    tax_id = "CPF ou CNPJ de quem paga (opcional)"
    app = typed(amount(open_page(customer=1), "55,00"), tax_id, "111.444.777-36")
    assert len(app.error) == 2  # the name, and the CPF
    typed(app, tax_id, "111.444.777-35")
    typed(app, "Nome de quem paga", "Rita *Moreira*")
    confirm(app)
    with snapshot() as session:
        assert session.scalars(select(Payer.name)).all() == ["Rita *Moreira*"]
    shown = told(open_app("seller", page="counter/payment.py", id=1))
    assert "Rita *Moreira* · 111.444.777-35" in shown
    assert "Em nome de" in shown


def test_r35_the_sale_waits_until_it_is_said_how_the_down_payment_came() -> None:
    app = new_sales.visit(new_customer())
    new_sales.fill(app, way=None, total="900,00", down="300,00", count="3")
    assert "Falta informar: forma da entrada." in new_sales.words(app)
    assert new_sales.confirm(app).disabled
    choose(app, "Forma da entrada", VARIOUS)
    typed(app, "Dinheiro (R$)", "200,00")
    new_sales.confirm(app).click().run()
    assert [row[:3] for row in money()] == [("down", D("300.00"), "cash 200.00 + pix 100.00")]
    shown = new_sales.words(open_app("seller", page="counter/sale.py", id=1))
    assert "R$ 300,00, Dinheiro 200,00 + Pix 100,00" in shown


def test_r35_cancelling_asks_how_the_money_is_handed_back(seller: Actor) -> None:
    sale_id = sold(seller)

    def by_label(elements: Any, label: str) -> Any:
        [found] = [each for each in elements if each.label == label]
        return found

    app = open_app("manager", page="counter/sale.py", id=sale_id)
    by_label(app.text_area, "Motivo do cancelamento").set_value("Desistiu").run()
    by_label(app.checkbox, f"Sim, quero cancelar a venda {sale_id:06d}").check().run()
    assert by_label(app.button, "Cancelar a venda").disabled
    choose(app, "Forma da devolução", "pix")
    by_label(app.button, "Cancelar a venda").click().run()
    assert [row[:3] for row in money()] == [
        ("down", D("200.00"), "cash"),
        ("refund", D("200.00"), "pix"),
    ]
    assert "Entrada devolvida" in new_sales.words(app)


def test_r35_my_day_and_pagamentos_tell_notes_and_down_payments_apart(
    seller: Actor, manager: Actor
) -> None:
    sold(seller)
    with transaction() as session:
        other = sales.register(session, manager, paid_down(), today=TODAY)
        methods = ((Method.PIX, D("200.00")),)
        sales.cancel(
            session, manager, sale_id=other, why="desistiu", today=TODAY, refund_methods=methods
        )
    listed = open_app("seller", page="counter/payments.py", what="down")
    shown = new_sales.words(listed)
    for part in (
        *("Recebido de entrada R$ 400,00", "Devolvido R$ 200,00"),
        *("Recebido por forma: Dinheiro R$ 400,00 (2)", "Devolvido por forma: Pix R$ 200,00 (1)"),
    ):
        assert part in shown, part
    by_pix = open_app("seller", page="counter/payments.py", what="down", method="pix")
    assert "Recebido de entrada R$ 0,00" in new_sales.words(by_pix)
    notes = open_app("seller", page="counter/payments.py")
    assert "Nenhum pagamento ainda" in new_sales.words(notes)
    panel = new_sales.words(open_app("manager", page="analytics/dashboard.py"))
    assert "Entradas, fora do recebido de notas: R$ 200,00" in panel


def test_r35_a_sellers_day_has_all_that_moved_by_method(seller: Actor) -> None:
    sold(seller)
    with snapshot() as session:
        user = session.get_one(User, seller.id)
    shown = new_sales.words(open_app(user=user))
    assert "Entradas recebidas, R$ 200,00: Dinheiro R$ 200,00 (1)" in shown
    assert "Tudo, por forma: Dinheiro R$ 200,00" in shown
    assert "Meus recebimentos de hoje R$ 0,00" in shown
