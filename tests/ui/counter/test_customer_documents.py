"""The tab of documents on a customer's page: figures on the screen, and the addresses of papers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import Sale
from credigestor.rules.calendar import format_date
from credigestor.rules.true_rate import of_month
from tests.moments import NOW
from tests.portfolio import TODAY, add_customer, add_sale
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")


def buyer(*days: int, rate: str = "1", **columns: Any) -> int:
    """A customer with a sale of today, whose notes of 88,85 are due in so many days."""
    with transaction() as session:
        customer = add_customer(session, "Zélia D'Ávila", **columns)
        if days:
            notes = [("88.85", TODAY + timedelta(days=each)) for each in days]
            sold = TODAY + timedelta(days=min(0, *days))
            sale = add_sale(session, customer, sold, notes)
            rated = update(Sale).where(Sale.id == sale.id)
            daily = of_month(Decimal(rate))
            session.execute(rated.values(contract_rate=Decimal(rate), daily_rate=daily))
    return customer


def open_tab(customer: int) -> Visit:
    return open_app(role="seller", page="counter/customer.py", id=customer).look_at("Documentos")


def papers(app: Visit) -> dict[str, str]:
    """The labels of the links to documents, and where they lead."""
    links = (element.proto for element in app.get("link_button"))
    return {link.label: link.url for link in links if link.url.startswith("/documento/")}


def figures(app: Visit) -> dict[str, str]:
    return {metric.label: metric.value.replace("\xa0", " ") for metric in app.metric}


def test_r14_the_quote_of_all_open_notes_is_shown_and_linked() -> None:
    app = open_tab(buyer(30, 60, 90))
    text, day = text_of(app), TODAY
    assert figures(app)[f"Quita em {format_date(day)}"] == "R$ 261,31"
    assert figures(app)["Economia"] == "R$ 5,24"
    assert "88,85 ÷ 1,000331732706^60 = 87,10" in text
    assert papers(app)["Abrir cotação"] == f"/documento/quitacao/1?notes=1,2,3&on={day}"
    assert papers(app)["Baixar cotação"].endswith(f"on={day}&download=1")


def test_r14_chosen_notes_on_another_day_have_their_own_price() -> None:
    app = open_tab(buyer(30, 77))
    on = TODAY + timedelta(days=30)
    app.date_input(key="quote-on:1").set_value(on)
    app.multiselect(key="quote-notes:1").set_value([2])
    app.run()
    assert figures(app)[f"Quita em {format_date(on)}"] == "R$ 87,48"
    assert papers(app)["Abrir cotação"] == f"/documento/quitacao/1?notes=2&on={on}"


def test_r14c_an_amount_typed_is_shared_and_shown_with_what_is_left() -> None:
    app = open_tab(buyer(47, 77))
    app.text_input(key="quote-amount:1").set_value("50,00").run()
    shown, day = figures(app), TODAY
    assert shown[f"Paga em {format_date(day)}"] == "R$ 50,00"
    assert (shown["Economia"], shown["Fica a pagar"]) == ("R$ 0,79", "R$ 126,91")
    assert "50,00 × 1,000331732706^47 = 50,79" in text_of(app)
    assert list(app.table[0].value["Resta"]) == ["38,06"]
    assert papers(app)["Abrir cotação"] == f"/documento/quitacao/1?notes=1,2&on={day}&amount=50.00"


def test_an_amount_that_is_none_or_too_much_is_told_at_its_field() -> None:
    app = open_tab(buyer(47))
    for amount, told in (("x", "“x”"), ("87,49", "R$ 87,48"), ("0", "maior que zero")):
        app.text_input(key="quote-amount:1").set_value(amount).run()
        assert told in text_of(app), amount
        assert "Abrir cotação" not in papers(app)


def test_r2b_the_quote_tells_the_effective_rates_of_each_sale() -> None:
    told = "Taxa efetiva, pelas datas: 1,00 % ao mês, 12,87 % ao ano (CET)"
    assert f"Venda 000001. Juros do contrato: 1,00 % ao mês. {told}." in text_of(
        open_tab(buyer(30))
    )


def test_a_day_that_has_passed_has_no_quote() -> None:
    app = open_tab(buyer(30))
    app.date_input(key="quote-on:1").set_value(TODAY - timedelta(days=1))
    app.run()
    assert "A data da quitação vai de hoje até" in text_of(app)
    assert "Abrir cotação" not in papers(app)


def test_the_statement_is_of_the_last_three_months_until_somebody_says_otherwise() -> None:
    app = open_tab(buyer(30))
    day = TODAY
    assert "R$ 0,00 antes, R$ 88,85 em" in text_of(app)
    assert "; 1 movimento." in text_of(app)
    since = day - relativedelta(months=3)
    assert papers(app)["Abrir extrato"] == f"/documento/extrato/1?from={since}&to={day}"
    since = day - timedelta(days=400)
    app.date_input(key="statement-since:1").set_value(since)
    app.run()
    assert papers(app)["Abrir extrato"] == f"/documento/extrato/1?from={since}&to={day}"


@pytest.mark.parametrize(
    ("field", "days", "message"),
    [
        ("since", 1, "O começo do período vem depois do fim."),
        ("until", 1, "O extrato vai no máximo até hoje."),
        ("until", -400, "O começo do período vem depois do fim."),
    ],
)
def test_a_period_that_makes_no_sense_is_told_at_its_field(
    field: str, days: int, message: str
) -> None:
    app = open_tab(buyer(30))
    app.date_input(key=f"statement-{field}:1").set_value(TODAY + timedelta(days=days))
    app.run()
    assert message in text_of(app)
    assert "Abrir extrato" not in papers(app)
    assert "Abrir cotação" in papers(app)


def test_an_emptied_date_is_asked_for() -> None:
    app = open_tab(buyer(30))
    app.date_input(key="statement-since:1").set_value(None)
    app.date_input(key="quote-on:1").set_value(None)
    app.run()
    assert "Informe o começo do período." in text_of(app)
    assert "Informe a data do pagamento." in text_of(app)
    assert papers(app) == {}


def test_who_owes_nothing_gets_a_statement_and_no_quote() -> None:
    app = open_tab(buyer())
    assert "Nada em aberto: não há o que quitar." in text_of(app)
    assert "nenhum movimento" in text_of(app)
    assert list(papers(app)) == ["Abrir extrato", "Baixar extrato"]


def test_an_anonymised_customer_has_no_documents() -> None:
    app = open_app(role="seller", page="counter/customer.py", id=buyer(anonymised_at=NOW))
    app.look_at()
    assert [tab.label for tab in app.tabs] == [
        *("Notas em aberto", "Compras", "Pagamentos", "Contatos"),
    ]
    assert papers(app) == {}


def test_a_quote_has_no_column_and_no_figure_of_what_there_is_not() -> None:
    app = open_tab(buyer(30, 60))
    assert list(app.table[0].value.columns) == ["Nota", "Quita", "Principal", "Redução"]
    app = open_tab(buyer(-15, 60, rate="0"))
    assert "Economia" not in figures(app)
    assert list(app.table[0].value.columns) == ["Nota", "Quita", "Principal", "Encargos"]
