"""The list of sales and a sale's page, as sellers and managers see them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Sale
from credigestor.rules.permissions import Actor
from credigestor.services import payments
from credigestor.services import sales as sales_service
from tests.factories import add_user
from tests.portfolio import TODAY, Made, add_customer, add_sale, pay
from tests.services.renegotiating import deal, make, three_late
from tests.ui.carded import cards_of, totals_of
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

LIST, ONE = "counter/sales.py", "counter/sale.py"


@pytest.fixture
def sale(today: date, seller: Actor) -> Made:
    """Two notes of 300,00 sold two months ago: one late, one not due."""
    with transaction() as session:
        return add_sale(
            session,
            add_customer(session, "Ana *Luz*"),
            today - timedelta(days=60),
            [("300.00", today - timedelta(days=30)), ("300.00", today + timedelta(days=30))],
            seller_id=seller.id,
        )


def by_label(elements: Any, label: str) -> Any:
    [found] = [element for element in elements if element.label == label]
    return found


def words(app: Visit) -> str:
    """What the person reads, Markdown's escapes and unbreakable spaces undone."""
    assert not app.exception
    return app.texts.replace("\\", "").replace("\xa0", " ")


def row(sale_id: int) -> Sale:
    with snapshot() as session:
        return session.get_one(Sale, sale_id)


def test_a_shop_without_sales_is_told_what_to_do() -> None:
    assert "Nenhuma venda ainda. Comece por “Nova venda”." in words(open_app("seller", page=LIST))


def test_the_list_shows_sales_and_their_totals(sale: Made) -> None:
    app = open_app("seller", page=LIST)
    assert totals_of(app) == {
        "Vendas": "1",
        "Total vendido": "R$ 600,00",
        "Entradas": "R$ 0,00",
        "Financiado": "R$ 600,00",
        "A receber hoje": "R$ 609,00",
    }
    frame = lists(app)[0].value
    assert list(frame["owed"]) == ["R$ 609,00"]
    assert list(frame["number"]) == ["000001"]
    assert list(frame["customer"]) == ["Ana *Luz*"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "ana"}, True),
        ({"q": "000001"}, True),
        ({"q": "bia"}, False),
        ({"seller": "1"}, True),
        ({"seller": "none"}, False),
        ({"sold_from": "2999-01-01"}, True),  # no such date can be chosen: ignored
        ({"sold_from": "2200-01-01"}, False),
        ({"sold_to": "2000-01-01"}, False),
        ({"status": "cancelled"}, False),
        ({"status": "live"}, True),
        ({"value": "500-1000"}, True),
        ({"value": ">1000"}, False),
        ({"city": "none"}, True),
        ({"as_of": "2000-01-01"}, False),
    ],
)
def test_the_filters_come_from_the_address(sale: Made, query: dict[str, str], shown: bool) -> None:
    app = open_app("seller", page=LIST, query=query)
    assert bool(len(lists(app))) is shown
    assert ("Nenhuma venda com esses filtros" in words(app)) is not shown


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\x00%_'\"<script>"},
        {"seller": "99", "status": "x", "sold_from": "ontem", "sold_to": "0000-00-00"},
        {"city": "Atlântida", "value": "muito", "as_of": "nunca"},
        {"q": "9" * 5000},
    ],
)
def test_nonsense_in_the_address_does_no_harm(sale: Made, query: dict[str, str]) -> None:
    assert open_app("seller", page=LIST, query=query).title[0].value == "Vendas"
    assert not open_app("seller", page=LIST, query=query).exception


def test_a_past_date_shows_what_was_owed_then(sale: Made, manager: Actor, today: date) -> None:
    cancel(sale, manager)
    yesterday = today - timedelta(days=1)
    app = open_app("seller", page=LIST, as_of=yesterday)
    assert list(lists(app)[0].value["situation"]) == [""]
    assert list(lists(app)[0].value["owed"]) == ["R$ 608,90"]
    by_label(app.date_input, "Data-base").set_value(today).run()
    assert list(lists(app)[0].value["situation"]) == ["Cancelada"]
    assert "as_of" not in app.query_params


def test_a_link_from_a_chart_is_told_and_cleared(sale: Made) -> None:
    query = {"city": "none", "value": "500-1000", "seller": "1", "sold_from": "2026-01-01"}
    app = open_app("seller", page=LIST, query=query)
    labels = [button.label.replace("\\", "") for button in app.button]
    assert labels[:5] == [
        "Vendas desde 01/01/2026",
        "Vendedor: Vera Vendedora",
        "Clientes sem cidade",
        "Valor da venda: R$ 500 a R$ 1.000",
        "Limpar filtros",
    ]
    by_label(app.button, "Limpar filtros").click().run()
    assert not app.query_params
    assert "Limpar filtros" not in [button.label for button in app.button]


def test_what_very_many_sales_owe_is_summed_for_who_asks(
    sale: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credigestor.ui.kit.lists.SUMMED", 0)
    app = open_app("seller", page=LIST, as_of="2026-12-01")
    assert "A receber em 01/12/2026" not in totals_of(app)
    by_label(app.button, "Somar o que resta a receber").click().run()
    owed = totals_of(app)["A receber em 01/12/2026"]
    assert [owed] == list(lists(app)[0].value["owed"])


def test_a_long_list_comes_in_pages(sale: Made, today: date) -> None:
    with transaction() as session:
        for _ in range(50):
            add_sale(session, 1, today, [("10.00", today)])
    app = open_app("seller", page=LIST)
    assert len(lists(app)[0].value) == 25
    assert "1–25 de 51" in lists(app)[0].text
    assert totals_of(app)["Vendas"] == "51"


def test_cancelled_sales_are_left_out_of_the_totals(sale: Made, manager: Actor) -> None:
    cancel(sale, manager)
    app = open_app("seller", page=LIST)
    assert totals_of(app)["Total vendido"] == "R$ 0,00"
    assert "Fora dos totais: 1 cancelada." in words(app)
    assert list(lists(app)[0].value["situation"]) == ["Cancelada"]


def cancel(sale: Made, manager: Actor) -> None:
    with transaction() as session:
        sales_service.cancel(session, manager, sale_id=sale.id, why="Desistiu *ontem*", today=TODAY)


def test_a_sale_shows_its_terms_notes_and_what_is_owed(sale: Made) -> None:
    app = open_app("seller", page=ONE, id=sale.id)
    text = words(app)
    assert app.title[0].value == "Venda 000001"
    assert "por Vera Vendedora" in text
    effective = "Taxa efetiva, pelas datas: 0,00 % ao mês, 0,00 % ao ano (CET)"
    assert f"Sem juros de contrato. {effective}" in text
    assert "No atraso: juros de 1,00 % ao mês, multa de 2,00 %, sem carência" in text
    assert by_label(cards_of(app), "A receber hoje").value == "R$ 609,00"
    notes = lists(app)[0].value
    assert list(notes["label"]) == ["000001-01/02", "000001-02/02"]
    assert list(notes["status"]) == ["Atrasada", "Pendente"]
    assert "Nada foi recebido desta venda ainda." in text


def test_r5_rates_are_shown_as_they_were_made(sale: Made) -> None:
    with transaction() as session:
        rated = update(Sale).values(contract_rate="1.5", daily_rate="0.0005")
        session.execute(rated.values(late_rate="0.033", grace_days=5))
    text = words(open_app("seller", page=ONE, id=sale.id))
    assert (
        "Juros do contrato: 1,50 % ao mês. Taxa efetiva, pelas datas: 1,51 % ao mês, "
        "20,02 % ao ano (CET)"
    ) in text
    assert "juros de 0,033 % ao mês, multa de 2,00 %, carência de 5 dias" in text


def test_a_sale_shows_its_payments_and_which_were_reversed(
    sale: Made, manager: Actor, today: date
) -> None:
    with transaction() as session:
        wrong = pay(session, manager, sale.notes[0], "50.00", today - timedelta(days=1))
        pay(session, manager, sale.notes[1], "20.00", today - timedelta(days=1))
        payments.reverse(session, manager, payment_id=wrong, why="engano", today=today)
    app = open_app("seller", page=ONE, id=sale.id)
    frame = lists(app)[1].value
    assert list(frame["situation"]) == ["Estornado", ""]
    assert list(frame["method"]) == ["Dinheiro", "Dinheiro"]
    assert list(frame["numbers"]) == ["1", "2"]


@pytest.mark.parametrize("id_", ["999", "abc", "", "-1", "9" * 30, "1; DROP TABLE sales"])
def test_an_address_that_names_no_sale_says_so(sale: Made, id_: str) -> None:
    app = open_app("seller", page=ONE, id=id_)
    assert "Venda não encontrada." in words(app)
    assert len(lists(app)) == 0


def test_description_and_seller_are_edited_by_a_seller(sale: Made) -> None:
    other = add_user(name="Zeca")
    app = open_app("seller", page=ONE, id=sale.id)
    by_label(app.text_area, "Descrição").set_value("<b>Mesa</b> 😀")
    by_label(app.selectbox, "Vendedor").set_value(other.id)
    by_label(app.button, "Salvar").click().run()
    assert "Venda atualizada." in words(app)
    assert "Descrição: <b>Mesa</b> 😀" in words(app)
    assert (row(sale.id).description, row(sale.id).seller_id) == ("<b>Mesa</b> 😀", other.id)


def test_too_long_a_description_is_refused_at_its_field_and_kept(sale: Made) -> None:
    app = open_app("seller", page=ONE, id=sale.id)
    by_label(app.text_area, "Descrição").set_value("x" * 10_000)
    by_label(app.button, "Salvar").click().run()
    assert "no máximo 500 caracteres" in app.error[0].value
    assert by_label(app.text_area, "Descrição").value == "x" * 10_000
    assert row(sale.id).description == ""


def test_a_seller_is_offered_no_cancellation(sale: Made) -> None:
    app = open_app("seller", page=ONE, id=sale.id)
    assert "Cancelar venda" not in [expander.label for expander in app.expander]


def test_r13_a_manager_cancels_with_a_reason_and_a_confirmation(sale: Made, today: date) -> None:
    app = open_app("manager", page=ONE, id=sale.id)
    button = "Cancelar a venda"
    assert by_label(app.button, button).disabled
    by_label(app.checkbox, "Sim, quero cancelar a venda 000001").check().run()
    by_label(app.button, button).click().run()
    assert "Explique o motivo." in words(app)
    assert row(sale.id).cancelled_on is None
    by_label(app.text_area, "Motivo do cancelamento").set_value("Desistiu *ontem*").run()
    by_label(app.button, button).click().run()
    assert row(sale.id).cancelled_on == today
    assert "cancelada em" in words(app)
    assert "Desistiu *ontem*" in words(app)
    assert button not in {element.label for element in app.button}


def test_r13_a_sale_with_payments_says_why_it_cannot_be_cancelled(
    sale: Made, manager: Actor, today: date
) -> None:
    with transaction() as session:
        pay(session, manager, sale.notes[1], "20.00", today - timedelta(days=1))
    app = open_app("manager", page=ONE, id=sale.id)
    assert "Estorne-os antes de cancelar" in words(app)
    assert "Cancelar a venda" not in {element.label for element in app.button}


def test_a_cancelled_sale_shows_its_banner_to_everybody(sale: Made, manager: Actor) -> None:
    cancel(sale, manager)
    app = open_app("seller", page=ONE, id=sale.id)
    assert "Venda cancelada em" in words(app)
    assert "por Guta Gerente: Desistiu *ontem*" in words(app)
    assert by_label(cards_of(app), "A receber hoje").value == "R$ 0,00"
    assert set(lists(app)[0].value["status"]) == {"Cancelada"}


def test_r15_renegotiations_stand_outside_the_totals(manager: Actor) -> None:
    make(manager, deal(three_late().notes))
    app = open_app(role="manager", page="counter/sales.py")
    assert "Fora do vendido: 1 renegociação, R$ 465,75." in words(app)
    assert "450,00" in words(app)
