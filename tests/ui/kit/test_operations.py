"""A process that dies loses nothing that was typed, and makes no double of what it recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction, writing
from credigestor.db.models import Customer, Payment
from credigestor.rules.permissions import Role
from credigestor.ui.kit import data
from tests.factories import add_user
from tests.portfolio import TODAY, Made, add_customer
from tests.services.paying import sell
from tests.services.selling import count
from tests.ui.counter import new_sales, receiving
from tests.ui.counter.new_sales import by_label, field, fill, sales
from tests.ui.restarts import restarted
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

LOST = "este clique não foi feito"


@pytest.fixture
def customer() -> int:
    with transaction() as session:
        return add_customer(session, "Ana *Luz*")


@pytest.fixture
def sale() -> Made:
    return sell(("200.00", TODAY), ("100.00", TODAY))


def typed_sale(customer: int, **values: Any) -> Visit:
    return fill(new_sales.visit(customer), **{"total": "1.000,00", "count": "3", **values})


def press(app: Visit, label: str) -> Visit:
    by_label(app.button, label).click()
    return app.run()


def address(app: Visit) -> str:
    """The form's word in the address."""
    return str("".join(app.query_params.get("op", [])))


def test_a_sale_typed_before_a_restart_is_confirmed_after_it(customer: int) -> None:
    app = typed_sale(customer, first_due=date(2027, 1, 31), description="Mesa", rate="1")
    field(app, "Nome completo do avalista 1").set_value("Rui Barbosa")
    field(app, "CPF ou CNPJ do avalista 1").set_value("529.982.247-25")
    new_sales.confirm(app.run()).click()
    new = restarted(app)
    assert "Venda 000001 registrada." in text_of(new)
    [made] = sales()
    assert (made.total, made.installments, made.description) == (1000, 3, "Mesa")
    assert (made.first_due_date, made.contract_rate) == (date(2027, 1, 31), 1)


def test_what_is_typed_after_a_restart_keeps_what_was_typed_before(customer: int) -> None:
    new = restarted(typed_sale(customer, first_due=date(2027, 1, 31)))
    fill(new, description="Mesa")
    values = [field(new, label).value for label in ("Total da venda (R$)", "Parcelas")]
    assert values == ["1.000,00", "3"]
    assert field(new, "Primeiro vencimento").value == date(2027, 1, 31)
    fill(new, sold_on=date(2026, 3, 5))
    assert field(new, "Primeiro vencimento").value == date(2027, 1, 31)


def test_the_first_due_date_still_follows_the_sale_after_a_restart(customer: int) -> None:
    new = fill(restarted(typed_sale(customer)), sold_on=date(2026, 1, 31))
    assert field(new, "Primeiro vencimento").value == date(2026, 2, 28)


@pytest.mark.parametrize("reloaded", [False, True])
def test_a_sale_that_a_dead_process_recorded_is_told_and_the_form_is_free(
    customer: int, reloaded: bool
) -> None:
    app = typed_sale(customer)
    died = restarted(app)  # stands for the process that gets the click, and never answers
    new_sales.confirm(died).click().run()
    new = restarted(app, reloaded=reloaded)
    assert "Já registrada: Venda 000001, em " in text_of(new)
    assert field(new, "Total da venda (R$)").value == ""
    assert address(new) not in ("", address(app))
    fill(new, total="50", count="1")
    assert "Já registrada" not in text_of(new)
    new_sales.confirm(new).click().run()
    assert "Venda 000002 registrada." in text_of(new)


def test_a_payment_that_a_dead_process_recorded_is_told_and_the_form_is_free(sale: Made) -> None:
    app = receiving.amount(receiving.open_page(customer=1), "50")
    receiving.confirm(restarted(app))
    new = restarted(app)
    assert "Já registrado: Pagamento 000001 de R$ 50,00, em " in receiving.told(new)
    assert by_label(new.text_input, "Valor recebido (R$)").value == ""
    assert count(Payment) == 1


def test_a_customer_that_a_dead_process_registered_is_told_and_the_form_is_free() -> None:
    app = open_app("seller", page="counter/customers.py", new=1)
    by_label(app.text_input, "Nome completo *").set_value("Zélia")
    by_label(app.text_input, "CPF ou CNPJ *").set_value("529.982.247-25")
    by_label(app.button, "Cadastrar cliente").click()
    assert restarted(app).title[0].value == "Zélia"
    new = restarted(app)
    assert "Já cadastrado: Zélia, em " in text_of(new)
    assert by_label(new.text_input, "Nome completo *").value == ""
    assert count(Customer) == 1


def test_a_click_in_receber_after_a_restart_is_said_to_be_lost_and_the_next_one_counts(
    sale: Made,
) -> None:
    app = receiving.amount(receiving.tick(receiving.open_page(customer=1), 1), "50")
    receiving.button(app, "Confirmar").click()
    new = restarted(app)
    assert LOST in receiving.told(new)
    assert receiving.preview(new)[0][0] == "000001-02/02"
    assert count(Payment) == 0
    receiving.confirm(new)
    assert "Pagamento 000001 de R$ 50,00 registrado." in receiving.told(new)
    assert receiving.payment().amount == 50


def test_a_click_on_a_page_that_this_process_drew_is_never_said_to_be_lost(sale: Made) -> None:
    app = receiving.open_page(customer=1)
    receiving.button(app, "Quitar tudo").click().run()
    assert LOST not in receiving.told(app)
    assert by_label(app.text_input, "Valor recebido (R$)").value == "300,00"


def test_the_same_person_in_two_tabs_of_one_address_is_asked_before_a_second_sale(
    customer: int,
) -> None:
    one = typed_sale(customer)
    other = fill(restarted(one), total="70")
    new_sales.confirm(one).click().run()
    new_sales.confirm(other).click().run()
    [told] = [error.value.replace("\\", "") for error in other.error]
    assert "já gravou outra venda, a 000001, e nada mais foi gravado" in told
    assert len(sales()) == 1
    assert field(other, "Total da venda (R$)").value == "70"
    new_sales.confirm(other).click().run()
    assert [sale.total for sale in sales()] == [1000, 70]


def test_a_second_payment_from_the_same_address_is_asked_for_too(sale: Made) -> None:
    one = receiving.amount(receiving.open_page(customer=1), "50")
    other = receiving.amount(restarted(one), "70")
    receiving.confirm(one)
    other.run()  # sees the debts as they are
    receiving.confirm(other)
    assert "já gravou outro pagamento, o recibo 000001" in other.error[0].value.replace("\\", "")
    assert count(Payment) == 1
    receiving.confirm(other)
    assert count(Payment) == 2


def test_somebody_else_who_is_sent_the_address_has_an_operation_of_their_own(
    customer: int,
) -> None:
    mine = typed_sale(customer)
    theirs = open_app("manager", page=new_sales.PAGE, customer=customer, op=address(mine))
    assert address(theirs) == address(mine)
    fill(theirs, total="70", count="1")
    for app in (mine, theirs):
        new_sales.confirm(app).click().run()
        assert not app.error
    assert [sale.total for sale in sales()] == [1000, 70]


def test_the_address_has_one_short_word_that_goes_when_the_form_is_done(customer: int) -> None:
    app = typed_sale(customer)
    word = address(app)
    assert len(word) == 16
    app.query_params.clear()  # as by the menu
    app.switch_page("pages/counter/sales.py").run()
    app.switch_page(f"pages/{new_sales.PAGE}").run()
    assert address(app) == word
    press(app, "Limpar tudo")
    assert address(app) not in ("", word)
    app = typed_sale(customer)
    new_sales.confirm(app).click().run()
    assert "op" not in app.query_params


@pytest.mark.parametrize("word", ["", "x", "<script>", "é" * 16, "a" * 17, "a" * 10_000])
def test_nonsense_in_the_address_is_replaced(customer: int, word: str) -> None:
    app = open_app("seller", page=new_sales.PAGE, customer=customer, op=word)
    assert len(address(app)) == 16
    assert address(app) != word


@pytest.fixture
def lost_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to the first COMMIT of a form gets lost on its way."""

    @contextmanager
    def losing() -> Iterator[Session]:
        with writing() as session:
            yield session
        monkeypatch.setattr(data, "writing", writing)
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    monkeypatch.setattr(data, "writing", losing)


@pytest.mark.usefixtures("lost_reply")
def test_a_sale_whose_commit_was_never_answered_is_made_once(customer: int) -> None:
    app = typed_sale(customer)
    new_sales.confirm(app).click().run()
    assert app.exception
    new_sales.confirm(app.run()).click().run()
    assert "Venda 000001 registrada." in text_of(app)
    assert len(sales()) == 1


@pytest.mark.usefixtures("lost_reply")
def test_a_payment_whose_commit_was_never_answered_is_made_once(sale: Made) -> None:
    app = receiving.amount(receiving.open_page(customer=1), "50")
    receiving.button(app, "Confirmar").click().run()
    assert app.exception
    receiving.confirm(app.run())
    assert "Pagamento 000001 de R$ 50,00 registrado." in receiving.told(app)
    assert count(Payment) == 1


def test_plain_forms_keep_what_was_typed_too(customer: int) -> None:
    user = add_user(Role.ADMIN)
    app = open_app(user=user, page="admin/settings.py", settings_tab="Documentos")
    for footer in ("Primeiro", "Segundo", "Terceiro"):
        by_label(app.text_input, "Rodapé dos documentos").set_value(footer)
        by_label(app.button, "Salvar documentos").click()
        app = restarted(app) if footer != "Segundo" else app.run()
        assert "Configurações salvas." in text_of(app)
        assert by_label(app.text_input, "Rodapé dos documentos").value == footer
