"""New sale, typed as a seller types: previewed at once, refused at its field, made once."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Note
from credigestor.db.settings import ShopSettings
from credigestor.rules.calendar import default_first_due
from credigestor.rules.permissions import Actor, Role
from credigestor.services import settings as settings_service
from tests.factories import add_user
from tests.portfolio import add_customer
from tests.ui.counter.new_sales import PAGE, by_label, confirm, field, fill, sales, visit, words
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def customer() -> int:
    with transaction() as session:
        return add_customer(session, "Ana *Luz*")


def preview(app: Visit) -> list[tuple[str, Decimal]]:
    frame = app.dataframe[0].value
    return list(zip(frame["due"], frame["amount"], strict=True))


def notes() -> list[Note]:
    with snapshot() as session:
        return list(session.scalars(select(Note).order_by(Note.id)))


def test_the_notes_are_previewed_before_anything_is_written(customer: int) -> None:
    app = fill(visit(customer), total="1.000,00", count="3", first_due=date(2027, 1, 31))
    assert preview(app) == [
        ("31/01/2027 (dom)", Decimal("333.34")),
        ("28/02/2027 (dom)", Decimal("333.33")),
        ("31/03/2027 (qua)", Decimal("333.33")),
    ]
    free = list(app.dataframe[0].value["free"])
    assert free == ["01/02/2027 (seg)", "01/03/2027 (seg)", ""]
    assert by_label(app.metric, "Total a pagar").value == "R$\xa01.000,00"
    assert sales() == []


def test_the_column_of_days_without_charges_comes_only_when_one_differs(customer: int) -> None:
    app = fill(visit(customer), total="10", count="1", first_due=date(2027, 3, 31))
    assert "free" not in app.dataframe[0].value


def test_a_confirmed_sale_makes_its_notes_and_opens_its_page(customer: int, today: date) -> None:
    app = visit(customer)
    for typed in ({"total": "1000"}, {"down": "100"}, {"count": "3"}, {"description": "Sofá"}):
        fill(app, **typed)
    assert not confirm(app).disabled
    confirm(app).click().run()
    assert "Venda 000001 registrada." in words(app)
    assert app.title[0].value == "Venda 000001"
    [sale] = sales()
    assert (sale.total, sale.down_payment, sale.sold_on) == (1000, 100, today)
    assert (sale.customer_id, sale.description) == (customer, "Sofá")
    assert sale.first_due_date == default_first_due(today)
    assert [note.amount for note in notes()] == [300, 300, 300]


def test_after_a_sale_the_form_is_empty(customer: int) -> None:
    app = fill(visit(customer), total="1000", count="1")
    confirm(app).click().run()
    app.query_params.clear()
    app.switch_page(f"pages/{PAGE}").run()
    assert field(app, "Total da venda (R$)").value == ""
    assert "Falta informar: cliente, total, parcelas" in words(app)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"total": "1.234,567"}, "Valor inválido"),
        ({"total": "abc"}, "Valor inválido"),
        ({"total": "-5"}, "não pode ser negativo"),
        ({"total": "1e30"}, "Valor inválido"),
        ({"total": "9" * 10_000}, "alto demais"),
        ({"total": "0"}, "maior que zero"),
        ({"down": "1.000,01"}, "não pode passar do total"),
        ({"down": "-1"}, "não pode ser negativo"),
        ({"count": "0"}, "de 1 a 120"),
        ({"count": "10000000"}, "de 1 a 120"),
        ({"count": "9" * 10_000}, "de 1 a 120"),
        ({"count": "-3"}, "número inteiro"),
        ({"count": "três"}, "número inteiro"),
        ({"count": "2,5"}, "número inteiro"),
        ({"total": "0,02"}, "não dá para dividir"),
        ({"rate": "abc"}, "Percentual inválido"),
        ({"rate": "101"}, "máximo é 100"),
        ({"description": "x" * 10_000}, "no máximo 500"),
        ({"first_due": date(1900, 1, 1)}, "entre 1990 e 2200"),
        ({"first_due": date(1999, 1, 1)}, "antes da venda"),
        ({"sold_on": date(1900, 1, 1)}, "entre 1990 e 2200"),
        ({"sold_on": date(2200, 12, 31)}, "não pode ser futura"),
        ({"sold_on": date(9998, 12, 31)}, "entre 1990 e 2200"),
        ({"first_due": date(9998, 12, 31)}, "entre 1990 e 2200"),
    ],
)
def test_bad_input_is_told_at_once_and_nothing_can_be_confirmed(
    customer: int, typed: dict[str, Any], told: str
) -> None:
    app = fill(visit(customer), **{"total": "1.000,00", "count": "3", **typed})
    [message] = [error.value.replace("\\", "") for error in app.error]
    assert told in message
    assert confirm(app).disabled
    assert "Corrija o que está em vermelho" in words(app)
    assert sales() == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "Sofá 🛋️ **grátis**", "R$ 1 e R$ 2"])
def test_a_description_is_kept_and_shown_as_typed(customer: int, text: str) -> None:
    app = fill(visit(customer), total="10", count="1", description=text)
    confirm(app).click().run()
    assert not app.exception
    assert sales()[0].description == text
    assert f"Descrição: {text}" in words(app)


def test_what_is_missing_is_named(customer: int) -> None:
    nothing = visit()
    assert "Falta informar: cliente, total, parcelas." in words(nothing)
    assert confirm(nothing).disabled
    app = fill(visit(customer), total="10", sold_on=None)
    assert "Falta informar: parcelas, data da venda." in words(app)
    assert confirm(app).disabled


def test_a_full_down_payment_needs_no_instalments_and_makes_no_notes(customer: int) -> None:
    app = fill(visit(customer), total="50,00", down="50")
    assert "nenhuma nota será feita" in words(app)
    confirm(app).click().run()
    assert app.title[0].value == "Venda 000001"
    assert notes() == []


def test_the_first_due_date_follows_the_sale_date_until_one_is_chosen(
    customer: int, today: date
) -> None:
    app = visit(customer)
    assert field(app, "Primeiro vencimento").value == default_first_due(today)
    fill(app, sold_on=date(2026, 1, 31))
    assert field(app, "Primeiro vencimento").value == date(2026, 2, 28)
    fill(app, first_due=date(2026, 3, 5))
    fill(app, sold_on=date(2026, 1, 15))
    assert field(app, "Primeiro vencimento").value == date(2026, 3, 5)


def test_r2_interest_shows_its_cost_and_a_warning_above_one_percent(customer: int) -> None:
    app = fill(visit(customer), total="1000", count="12", rate="1")
    metrics = {metric.label: metric.value for metric in app.metric}
    assert metrics["Total a pagar"] == "R$\xa01.066,19"
    assert metrics["Juros"] == "R$\xa066,19"
    assert metrics["Taxa efetiva ao mês"] == "0,99\xa0%"
    assert metrics["CET ao ano"] == "12,73\xa0%"
    assert "abusiva" not in words(app)
    fill(app, rate="1,1")
    assert "Lei 14.905/2024 e a questão está em aberto" in words(app)
    assert not confirm(app).disabled


def test_r2b_without_interest_the_cost_is_shown_as_none(customer: int) -> None:
    app = fill(visit(customer), total="1000", count="12")
    metrics = {metric.label: metric.value.replace("\xa0", " ") for metric in app.metric}
    assert metrics.keys() == {"Total a pagar", "Entrada", "Taxa efetiva ao mês", "CET ao ano"}
    assert (metrics["Taxa efetiva ao mês"], metrics["CET ao ano"]) == ("0,00 %", "0,00 %")
    paid_down = fill(visit(customer), total="1000", down="1000")
    assert {metric.label for metric in paid_down.metric} == {"Total a pagar", "Entrada"}


def test_the_shops_contract_rate_is_offered(admin: Actor, customer: int) -> None:
    with transaction() as session:
        settings_service.change(session, admin, ShopSettings(contract_rate=Decimal("0.75")))
    app = visit(customer)
    assert field(app, "Juros do contrato (% ao mês)").value == "0,75"
    confirm(fill(app, total="100", count="2")).click().run()
    assert sales()[0].contract_rate == Decimal("0.75")


def test_the_seller_is_oneself_unless_another_is_chosen(customer: int) -> None:
    other = add_user(Role.SELLER, name="Zeca")
    oneself = add_user(Role.SELLER, name="Vera")
    app = open_app(user=oneself, page=PAGE, customer=customer)
    assert field(app, "Vendedor").value == oneself.id
    confirm(fill(app, total="10", count="1", seller=other.id)).click().run()
    assert sales()[0].seller_id == other.id


def test_an_unknown_customer_in_the_address_is_nobody() -> None:
    assert "Falta informar: cliente" in words(open_app("seller", page=PAGE, customer="999"))
    assert "Falta informar: cliente" in words(open_app("seller", page=PAGE, customer="<x>"))


def test_a_half_typed_sale_survives_leaving_the_page(customer: int) -> None:
    app = fill(visit(customer), total="1.234,56", count="7", description="Mesa")
    app.switch_page("pages/counter/sales.py").run()
    assert app.title[0].value == "Vendas"
    app.switch_page(f"pages/{PAGE}").run()
    assert field(app, "Total da venda (R$)").value == "1.234,56"
    assert field(app, "Parcelas").value == "7"
    assert field(app, "Descrição (opcional)").value == "Mesa"
    confirm(app).click().run()
    assert sales()[0].customer_id == customer


def test_everything_can_be_cleared(customer: int) -> None:
    app = fill(visit(customer), total="10", count="1")
    by_label(app.button, "Limpar tudo").click().run()
    assert "Falta informar: cliente, total, parcelas" in words(app)


def test_the_same_form_sent_twice_is_one_sale(customer: int) -> None:
    operation = str(uuid.uuid4())
    visits = [visit(customer), visit(customer)]
    for app in visits:
        app.session_state["operation:new_sale"] = operation
        app.run()
        fill(app, total="100", count="2")
    for app in visits:
        confirm(app).click().run()
        assert app.title[0].value == "Venda 000001"
    assert len(sales()) == 1
