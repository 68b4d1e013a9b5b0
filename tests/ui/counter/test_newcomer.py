"""A customer who is not there yet, registered from the sale that waits for them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from tests.portfolio import add_customer
from tests.ui.counter.new_sales import confirm, field, fill, sales, visit, words
from tests.ui.support import Visit

pytestmark = pytest.mark.usefixtures("db")

NAME, TAX_ID, PHONE = "Nome completo *", "CPF ou CNPJ *", "Telefone com DDD"


def looked_for(typed: str) -> Visit:
    """A half-typed sale, somebody who is looked for, and the form of a new customer."""
    app = fill(visit(), total="1000")
    field(app, "Cliente").set_value(typed)
    press(app, "Cadastrar novo cliente")
    app.switch_page("pages/counter/customers.py")  # AppTest forgets where the script led to
    return app


def press(app: Visit, label: str) -> Visit:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def typed(app: Visit) -> dict[str, Any]:
    assert app.title[0].value == "Novo cliente"
    return {label: field(app, label).value for label in (NAME, TAX_ID, PHONE)}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("zilda d'ávila da silva", (NAME, "Zilda D'Ávila da Silva")),
        ("Zilda DE Sá", (NAME, "Zilda DE Sá")),
        ("529.982.247-25", (TAX_ID, "529.982.247-25")),
        ("11222333000181", (TAX_ID, "11222333000181")),
        ("529.982.247-26", (TAX_ID, "529.982.247-26")),
        ("(85) 98872-4443", (PHONE, "(85) 98872-4443")),
    ],
)
def test_what_was_typed_stands_in_its_field(text: str, there: tuple[str, str]) -> None:
    assert typed(looked_for(text)) == {NAME: "", TAX_ID: "", PHONE: "", **dict([there])}


def test_the_sale_goes_on_with_the_customer_chosen() -> None:
    app = looked_for("zilda sá")
    field(app, TAX_ID).set_value("52998224725")
    press(app, "Cadastrar cliente")
    assert app.title[0].value == "Nova venda"
    assert "Cliente cadastrado." in words(app)
    assert "Zilda Sá" in words(app)
    assert field(app, "Total da venda (R$)").value == "1000"
    app.switch_page("pages/counter/new_sale.py")
    fill(app, count="2")
    confirm(app).click().run()
    with snapshot() as session:
        assert session.scalars(select(Customer.id)).all() == [sales()[0].customer_id]


def test_a_cpf_that_is_there_already_leads_to_the_sale_to_its_owner() -> None:
    with transaction() as session:
        owner = add_customer(session, "Zélia", tax_id="52998224725")
    app = looked_for("zilda")
    field(app, TAX_ID).set_value("52998224725")
    press(app, "Cadastrar cliente")
    links = [link.proto for link in app.get("page_link")]
    [found] = [link for link in links if link.label == "Vender para Zélia"]
    assert (found.page, found.query_string) == ("nova-venda", f"customer={owner}")


def test_another_customer_begins_empty_and_leads_to_their_own_page() -> None:
    app = looked_for("zilda")
    app.query_params.pop("sale")
    app.switch_page("pages/counter/sales.py").run()
    app.query_params["new"] = "1"
    app.switch_page("pages/counter/customers.py").run()
    assert typed(app)[NAME] == ""
    field(app, NAME).set_value("Rui Sá")
    field(app, TAX_ID).set_value("52998224725")
    press(app, "Cadastrar cliente")
    assert app.title[0].value == "Rui Sá"


def test_a_preview_that_nobody_has_seen_is_not_confirmed() -> None:
    with transaction() as session:
        customer = add_customer(session, "Ana")
    app = fill(visit(customer), total="1000", count="2")
    pressed = confirm(app)
    field(app, "Total da venda (R$)").set_value("10000")
    pressed.click().run()  # both come at once, as from a slow network
    assert sales() == []
    confirm(app).click().run()
    assert [sale.total for sale in sales()] == [10_000]
