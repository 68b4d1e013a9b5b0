"""One customer's page: what is owed, the histories, editing and deactivating."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from credigestor.rules.methods import Method
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from tests.portfolio import TODAY, add_customer, add_sale
from tests.ui.carded import cards_of
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/customer.py"


def make_customer(name: str = "Zélia D'Ávila", **columns: Any) -> int:
    columns = {"tax_id": "52998224725", "phone": "+5585988724443", **columns}
    with transaction() as session:
        return add_customer(session, name, **columns)


def open_customer(customer_id: object, role: str = "seller") -> Visit:
    app = open_app(role=role, page=PAGE, id=customer_id)
    assert not app.exception
    return app


def button(app: Visit, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def field(app: Visit, label: str) -> Any:
    return next(widget for widget in app.text_input if widget.label == label)


def plain_texts(app: Visit) -> str:
    return app.texts.replace("\\", "").replace("\xa0", " ")


def stored(customer_id: int) -> Customer:
    with snapshot() as session:
        return session.get_one(Customer, customer_id)


@pytest.mark.parametrize("wrong", ["99", "abc", "-1", "", "1e9", "²", "9" * 4000, "<script>"])
def test_an_unknown_customer_gets_a_friendly_message(wrong: str) -> None:
    app = open_customer(wrong)
    assert [title.value for title in app.title] == ["Cliente"]
    assert len(app.info) == 1


def test_who_never_bought_owes_nothing_and_is_told_how_to_begin() -> None:
    app = open_customer(make_customer()).look_at()
    texts = plain_texts(app)
    assert app.title[0].value == "Zélia D'Ávila"
    assert "529.982.247-25" in texts
    assert [card.value for card in cards_of(app)[:3]] == [
        "R$ 0,00",
        "R$ 0,00",
        "Sem limite",
    ]
    assert "este cliente não deve nada" in texts
    assert "Pontualidade: ainda não há nota quitada nem atrasada." in texts
    assert "Nenhuma compra ainda" in texts
    assert "Nenhum pagamento ainda" in texts


def test_what_is_owed_is_shown_with_its_parts(admin: Actor) -> None:
    customer_id = make_customer(credit_limit=Decimal("1000.00"))
    day = TODAY
    with transaction() as session:
        sale = add_sale(
            session,
            customer_id,
            day - timedelta(days=100),
            [
                ("100.00", day - timedelta(days=60)),
                ("300.00", day - timedelta(days=30)),
                ("50.00", day + timedelta(days=30)),
            ],
        )
        payments.receive(
            session,
            admin,
            payments.NewPayment(
                operation_id=uuid.uuid4(),
                customer_id=customer_id,
                paid_on=day - timedelta(days=60),
                method=Method.PIX,
                items=((sale.notes[0], Decimal("100.00")),),
                backdate_reason="teste",
            ),
            today=day,
        )
    app = open_customer(customer_id).look_at()
    # 300,00 for 30 days: interest 3,00, fine 6,00.
    assert [card.value for card in cards_of(app)[:3]] == [
        "R$ 359,00",
        "R$ 309,00",
        "R$ 650,00",
    ]
    texts = plain_texts(app)
    assert "Principal R$ 350,00 + juros R$ 3,00 + multa R$ 6,00" in texts
    assert "1 nota atrasada; a vencer R$ 50,00" in texts
    assert "Pontualidade: 50 %. Pagou no prazo 1 de 2 notas" in texts
    notes, purchases, paid = (element.value for element in lists(app))
    assert [len(found.hrefs) for found in lists(app)] == [len(notes), len(purchases), len(paid)]
    assert list(notes["note"]) == [f"{sale.id:06}-02/03", f"{sale.id:06}-03/03"]
    assert list(notes["status"]) == ["Atrasada", "Pendente"]
    assert list(purchases["situation"]) == ["Em aberto"]
    assert list(paid["method"]) == ["Pix"]


def test_a_name_that_is_code_is_shown_as_text() -> None:
    app = open_customer(make_customer("<script>alert(1)</script> 🌻 $x$"))
    assert app.title[0].value == "\\<script\\>alert\\(1\\)\\</script\\> 🌻 \\$x\\$"


def test_an_edit_is_saved_and_shown() -> None:
    customer_id = make_customer()
    app = open_customer(customer_id, role="manager").look_at("Cadastro")
    field(app, "Nome completo *").set_value("Zélia  Lima")
    field(app, "Limite de crédito (R$)").set_value("750")
    button(app, "Salvar alterações").click()
    app.run()
    assert not app.exception
    assert app.title[0].value == "Zélia Lima"
    assert field(app, "Limite de crédito (R$)").value == "750,00"
    assert "Cadastro atualizado." in plain_texts(app)
    assert stored(customer_id).credit_limit == Decimal("750.00")


def test_a_seller_edits_a_customer_but_not_the_credit_limit() -> None:
    customer_id = make_customer(credit_limit=Decimal("750.00"))
    app = open_customer(customer_id).look_at("Cadastro")
    assert field(app, "Limite de crédito (R$)").disabled
    field(app, "Nome completo *").set_value("Zélia Lima")
    button(app, "Salvar alterações").click()
    app.run()
    assert (stored(customer_id).name, stored(customer_id).credit_limit) == (
        "Zélia Lima",
        Decimal("750.00"),
    )


def test_a_wrong_edit_keeps_what_was_typed_and_writes_nothing() -> None:
    customer_id = make_customer()
    app = open_customer(customer_id).look_at("Cadastro")
    field(app, "CPF ou CNPJ *").set_value("111.111.111-11")
    field(app, "Cidade").set_value("Crato")
    button(app, "Salvar alterações").click()
    app.run()
    assert not app.exception
    assert "os dígitos não podem ser todos iguais" in plain_texts(app)
    assert field(app, "Cidade").value == "Crato"
    assert (stored(customer_id).tax_id, stored(customer_id).city) == ("52998224725", None)


def test_a_customer_is_deactivated_after_a_confirmation_and_brought_back() -> None:
    customer_id = make_customer()
    app = open_customer(customer_id).look_at("Cadastro")
    button(app, "Confirmar: desativar").click()
    app.run()
    assert not app.exception
    assert not stored(customer_id).active
    assert "Cliente inativo" in plain_texts(app)
    assert "Nova venda" not in [found.label for found in app.button]
    button(app, "Reativar cliente").click()
    app.run()
    assert not app.exception
    assert stored(customer_id).active
