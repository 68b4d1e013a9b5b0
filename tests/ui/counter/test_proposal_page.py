"""A proposal at the counter: kept from the new sale's form, shown, and closed by one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Customer, Proposal
from credigestor.rules.permissions import Actor
from credigestor.ui.counter.credit_lines import credit_lines
from tests.portfolio import TODAY
from tests.services.offering import asked, close, offer, offered
from tests.services.selling import count, new_customer
from tests.ui.counter.new_sales import by_label, confirm, field, fill, sales, visit, words
from tests.ui.counter.test_document_bars import kind_of, links
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

PAGE = "counter/proposal.py"


@pytest.fixture
def customer(db: str) -> int:
    return new_customer(name="Ana Luz")


def keep(app: Visit) -> Any:
    return by_label(app.button, "Guardar como proposta")


def closing(app: Visit) -> Any:
    return by_label(app.button, "Fechar venda")


def test_what_is_typed_is_kept_shown_and_closed(customer: int) -> None:
    app = visit(customer)
    assert keep(app).disabled
    fill(app, total="1000", down="100", count="12", rate="1", description="Sofá")
    to_pay = by_label(app.metric, "Total a pagar").value
    keep(app).click().run()
    assert app.title[0].value == "Proposta 000001"
    assert (count(Proposal), sales()) == (1, [])
    for told in ("Proposta 000001 guardada.", "Válida até 25/11/2026.", "Descrição: Sofá"):
        assert told in words(app)
    assert by_label(app.metric, "Total a pagar").value == to_pay
    rates = credit_lines(offered(1))[0].replace("\xa0", " ")
    assert "ao ano (CET)" in rates
    assert rates in words(app)
    name = kind_of(app, links(app)["Proposta em PDF"])
    assert name == 'inline; filename="proposta-000001.pdf"'
    app = open_app("seller", page=PAGE, id=1)
    assert closing(app).disabled
    assert "Falta informar: forma da entrada." in words(app)
    closing(fill(app)).click().run()
    assert app.title[0].value == "Venda 000001"
    [sale] = sales()
    assert (sale.proposal_id, sale.down_payment, sale.sold_on) == (1, 100, TODAY)
    assert rates in words(app)


def test_the_form_is_empty_once_the_proposal_was_kept(customer: int) -> None:
    app = fill(visit(customer), total="1000", count="3")
    keep(app).click().run()
    app.query_params.clear()
    app.switch_page("pages/counter/new_sale.py").run()
    assert field(app, "Total da venda (R$)").value == ""
    assert confirm(app).disabled


def test_what_cannot_be_offered_is_told_at_its_field(customer: int) -> None:
    app = fill(visit(customer), total="1000", count="3", first_due=TODAY)
    keep(app).click().run()
    assert "A proposta vale até 25/11/2026: o primeiro vencimento não pode ser antes." in words(app)
    assert not confirm(app).disabled
    assert count(Proposal) == 0
    assert keep(fill(app, down="1000")).disabled
    assert keep(fill(app, down="2000")).disabled


def test_a_seller_may_offer_to_whom_only_a_manager_may_sell(customer: int, seller: Actor) -> None:
    with transaction() as session:
        session.execute(update(Customer).values(credit_limit=1))
    app = fill(visit(customer), total="1000", count="3")
    assert (confirm(app).disabled, keep(app).disabled) == (True, False)
    keep(app).click().run()
    assert closing(app).disabled
    assert "Só um gerente pode liberar esta venda." in words(app)
    app = open_app("manager", page=PAGE, id=1)
    assert closing(app).disabled
    closing(fill(app, reason="cliente antiga")).click().run()
    assert sales()[0].override_reason == "cliente antiga"


def test_after_its_days_or_once_sold_there_is_nothing_to_press(
    customer: int, seller: Actor
) -> None:
    old = TODAY - timedelta(days=3)
    offer(seller, asked(customer, sold_on=old), today=old)
    sold = offer(seller, asked(customer))
    close(seller, sold)
    app = open_app("seller", page=PAGE, id=1)
    assert "Valia até 22/11/2026 e não pode mais ser fechada." in words(app)
    assert "Fechar venda" not in {each.label for each in app.button}
    app = open_app("seller", page=PAGE, id=sold)
    assert "Fechar venda" not in {each.label for each in app.button}
    assert "Virou a venda 000001" in {each.proto.label for each in app.get("page_link")}


def test_the_customers_page_lists_them_and_how_they_stand(customer: int, seller: Actor) -> None:
    offer(seller, asked(customer))
    close(seller, offer(seller, asked(customer)))
    app = open_app("seller", page="counter/customer.py", id=customer).look_at("Compras")
    [found] = [each.value for each in lists(app) if "valid_until" in each.value]
    assert list(found["standing"]) == ["Virou venda", "Em aberto"]
    assert list(found["to_pay"]) == ["R$ 1.066,19"] * 2
    assert list(found["valid_until"]) == ["25/11/2026"] * 2


def test_an_address_of_no_proposal_and_of_an_erased_customer_lead_on(
    customer: int, seller: Actor
) -> None:
    assert "Proposta não encontrada." in words(open_app("seller", page=PAGE, id=9))
    offer(seller, asked(customer))
    with transaction() as session:
        session.execute(update(Customer).values(anonymised_at=TODAY))
    assert "anonimizados a pedido" in words(open_app("seller", page=PAGE, id=1))
