"""The list of customers, its search, and the form of a new one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer
from tests.portfolio import add_customer
from tests.ui.listed import lists
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

LIST = "counter/customers.py"


def open_form(role: str = "seller") -> Visit:
    return open_app(role=role, page=LIST, new=1)


def fill(app: Visit, **values: str) -> None:
    labels = {
        "name": "Nome completo *",
        "tax_id": "CPF ou CNPJ *",
        "phone": "Telefone com DDD",
        "limit": "Limite de crédito (R$)",
        "zip_code": "CEP",
        "city": "Cidade",
    }
    for name, value in values.items():
        field(app, labels[name]).set_value(value)


def field(app: Visit, label: str) -> Any:
    return next(widget for widget in app.text_input if widget.label == label)


def area(app: Visit, label: str) -> Any:
    return next(widget for widget in app.text_area if widget.label == label)


def press(app: Visit, label: str) -> Visit:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def errors(app: Visit) -> list[str]:
    assert not app.exception
    return [element.value.replace("\\", "") for element in app.error]


def count() -> int:
    with snapshot() as session:
        return session.scalar(select(func.count()).select_from(Customer)) or 0


def test_an_empty_shop_says_how_to_begin() -> None:
    app = open_app(role="seller", page=LIST)
    assert not app.exception
    assert "Ainda não há clientes" in app.texts


def test_the_list_shows_formatted_cpf_and_phone() -> None:
    with transaction() as session:
        add_customer(session, "Zélia", tax_id="52998224725", phone="+5585988724443", city="Crato")
    app = open_app(role="seller", page=LIST)
    assert not app.exception
    frame = lists(app)[0].value
    assert list(frame["tax_id"]) == ["529.982.247-25"]
    assert list(frame["phone"]) == ["(85) 98872-4443"]
    assert "1 cliente, que deve R\\$ 0,00 hoje" in app.texts.replace("\\,", ",").replace(
        "\xa0", " "
    )


def test_the_address_carries_the_search() -> None:
    with transaction() as session:
        add_customer(session, "Zélia")
        add_customer(session, "Rui", active=False)
    app = open_app(role="seller", page=LIST, q="zelia")
    assert list(lists(app)[0].value["name"]) == ["Zélia"]
    app = open_app(role="seller", page=LIST, status="all")
    assert list(lists(app)[0].value["name"]) == ["Rui", "Zélia"]
    app = open_app(role="seller", page=LIST, q="%", overdue="true")
    assert not app.exception
    assert "Nenhum cliente com esses filtros" in app.texts


def test_names_like_what_was_typed_stand_apart_from_those_as_typed() -> None:
    with transaction() as session:
        for name in ("Zélia Muñoz", "Zilda Munoz"):
            add_customer(session, name)
        add_customer(session, "Zélia Nunes", active=False)
    app = open_app(role="seller", page=LIST, q="zellia munoz")
    assert not app.exception
    assert list(lists(app)[0].value["name"]) == ["Zélia Muñoz"]
    assert "Nenhum nome igual; parecidos:" in app.texts
    assert "Nenhum cliente com esses filtros" not in app.texts
    app = open_app(role="seller", page=LIST, q="munoz", status="all")
    assert [list(table.value["name"]) for table in lists(app)] == [["Zélia Muñoz", "Zilda Munoz"]]
    app = open_app(role="seller", page=LIST, q="nunez", status="all")
    assert [list(table.value["name"]) for table in lists(app)] == [["Zélia Nunes"]]


@pytest.mark.parametrize("nonsense", ["", "x" * 3000, "\x00", "-1", "<script>", "Todos,Ativos"])
def test_nonsense_in_the_address_does_no_harm(nonsense: str) -> None:
    with transaction() as session:
        add_customer(session, "Zélia")
    query = dict.fromkeys(("q", "status", "overdue", "new", "customers"), nonsense)
    app = open_app(role="seller", page=LIST, query=query)
    assert not app.exception


def test_a_list_of_many_is_paged() -> None:
    with transaction() as session:
        for number in range(51):
            add_customer(session, f"Cliente {number:02}")
    app = open_app(role="seller", page=LIST)
    assert not app.exception
    assert len(lists(app)[0].value) == 25
    assert "51 clientes" in app.texts


def test_a_new_customer_is_saved_and_opened() -> None:
    app = open_form()
    fill(app, name="Zélia D'Ávila", tax_id="529.982.247-25", limit="1.500,00", city="Crato")
    press(app, "Cadastrar cliente")
    assert not app.exception
    assert "Cliente cadastrado." in app.texts.replace("\\", "")
    assert app.title[0].value == "Zélia D'Ávila"
    with snapshot() as session:
        row = session.scalars(select(Customer)).one()
    assert (row.tax_id, f"{row.credit_limit}", row.city) == ("52998224725", "1500.00", "Crato")


MORE = {
    "Segundo telefone": "(85) 3231-4455",
    "Trabalho": "Padaria Espiga",
    "Cônjuge": "Rui Luz",
}


def test_more_of_a_customer_is_typed_behind_mais_dados_and_told_on_their_page() -> None:
    app = open_form()
    fill(app, name="Zélia", tax_id="529.982.247-25")
    for label, value in MORE.items():
        field(app, label).set_value(value)
    area(app, "Referências pessoais").set_value("Irmã: Rita")
    press(app, "Cadastrar cliente")
    assert not app.exception
    told = app.texts.replace("\\", "")
    assert "Trabalho: Padaria Espiga · Cônjuge: Rui Luz · Referências: Irmã: Rita" in told
    app = open_app(role="seller", page="counter/customer.py", id=1).look_at("Cadastro")
    assert [field(app, label).value for label in MORE] == list(MORE.values())
    with snapshot() as session:
        row = session.scalars(select(Customer)).one()
    assert (row.second_phone, row.personal_references) == ("+558532314455", "Irmã: Rita")


def test_a_wrong_second_phone_is_told_although_mais_dados_is_shut() -> None:
    app = open_form()
    fill(app, name="Zélia", tax_id="529.982.247-25")
    field(app, "Segundo telefone").set_value("123")
    press(app, "Cadastrar cliente")
    assert "Telefone inválido" in "".join(errors(app))
    assert count() == 0


def test_a_phone_as_it_was_written_is_marked_and_nobody_dials_it() -> None:
    with transaction() as session:
        customer_id = add_customer(session, "Zélia", phone_text="8872-444 Rita")
    app = open_app(role="seller", page=LIST, q="8872444")
    assert not app.exception
    assert list(lists(app)[0].value["phone"]) == ["8872-444 Rita (a conferir)"]
    app = open_app(role="seller", page="counter/customer.py", id=customer_id)
    assert "Telefone: 8872-444 Rita (a conferir)" in app.texts.replace("\\", "")
    assert "WhatsApp" not in app.texts
    app.look_at("Cadastro")
    field(app, "Telefone com DDD").set_value("(85) 98872-4443")
    field(app, "Telefone a conferir").set_value("")
    press(app, "Salvar alterações")
    assert not app.exception
    assert "a conferir" not in app.texts


def test_who_has_no_cpf_is_registered_by_their_document() -> None:
    app = open_form()
    fill(app, name="Lucía")
    field(app, "Documento estrangeiro").set_value("AB123456")
    press(app, "Cadastrar cliente")
    assert "Escolha o país do documento." in errors(app)
    next(box for box in app.selectbox if box.label == "País do documento").set_value("AR")
    press(app, "Cadastrar cliente")
    assert not app.exception
    assert "AB123456 (Argentina)" in app.texts.replace("\\", "")
    assert "sem CPF" not in app.texts
    app = open_app(role="seller", page=LIST)
    assert list(lists(app)[0].value["tax_id"]) == ["AB123456 (Argentina)"]
    assert "Só sem CPF" not in [toggle.label for toggle in app.toggle]


def test_a_manager_says_so_where_somebody_has_no_cpf_yet() -> None:
    assert "Fica sem CPF" not in "".join(box.label for box in open_form().checkbox)
    app = open_form("manager")
    fill(app, name="Zélia")
    press(app, "Cadastrar cliente")
    assert "Informe o CPF ou o CNPJ." in errors(app)
    next(box for box in app.checkbox if box.label.startswith("Fica sem CPF")).check()
    press(app, "Cadastrar cliente")
    assert not app.exception
    assert "O cliente está sem CPF: só compra à vista" in app.texts
    app = open_app(role="manager", page="counter/customer.py", id=1).look_at("Cadastro")
    fill(app, city="Crato")
    press(app, "Salvar alterações")
    assert errors(app) == []
    app = open_app(role="seller", page=LIST)
    assert list(lists(app)[0].value["tax_id"]) == ["sem CPF"]
    next(toggle for toggle in app.toggle if toggle.label == "Só sem CPF").set_value(True)
    app.run()
    assert list(lists(app)[0].value["name"]) == ["Zélia"]


def test_the_save_button_is_the_first_of_the_form_so_that_enter_saves() -> None:
    app = open_form()
    submits = [button for button in app.button if button.form_id]
    assert [button.label for button in submits] == ["Cadastrar cliente"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"tax_id": "111.111.111-11"}, "CPF inválido: os dígitos não podem ser todos iguais."),
        ({"name": "x" * 10_000}, "foram digitados 10000"),
        ({"name": ""}, "não pode ficar em branco"),
        ({"phone": "abc"}, "Telefone inválido"),
        ({"limit": "1.234,567"}, "Valor inválido"),
        ({"limit": "abc"}, "Valor inválido"),
        ({"limit": "-5"}, "não pode ser negativo"),
        ({"limit": "1e30"}, "Valor inválido"),
        ({"zip_code": "123"}, "CEP inválido"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_typed_is_lost(
    values: dict[str, str], message: str
) -> None:
    app = open_form()
    typed = {"name": "Ana Luz", "tax_id": "529.982.247-25", "city": "Crato", **values}
    fill(app, **typed)
    press(app, "Cadastrar cliente")
    assert [text for text in errors(app) if message in text], errors(app)
    assert len(errors(app)) == 1
    assert "Nada foi gravado." in app.texts
    assert count() == 0
    assert field(app, "Cidade").value == "Crato"
    assert field(app, "Nome completo *").value == typed["name"]


def test_a_limit_and_a_name_that_are_both_wrong_are_both_told() -> None:
    app = open_form()
    fill(app, name="", tax_id="529.982.247-25", limit="abc")
    press(app, "Cadastrar cliente")
    assert len(errors(app)) == 2


def test_a_script_and_an_emoji_as_a_name_are_shown_as_text() -> None:
    app = open_form()
    fill(app, name="<script>alert(1)</script> 🌻 **x**", tax_id="529.982.247-25")
    press(app, "Cadastrar cliente")
    assert not app.exception
    assert app.title[0].value == ("\\<script\\>alert\\(1\\)\\</script\\> 🌻 \\*\\*x\\*\\*")


def test_a_cpf_already_there_leads_to_its_owner() -> None:
    with transaction() as session:
        add_customer(session, "Zélia", tax_id="52998224725")
    app = open_form()
    fill(app, name="Outra", tax_id="529.982.247-25")
    press(app, "Cadastrar cliente")
    assert errors(app) == ["Já existe um cliente com esse CPF ou CNPJ."]
    assert count() == 1


def test_a_second_click_with_the_same_form_makes_one_customer() -> None:
    app = open_form()
    operation = app.session_state["operation:new-customer"]
    fill(app, name="Zélia", tax_id="529.982.247-25")
    press(app, "Cadastrar cliente")
    again = open_form()
    again.session_state["operation:new-customer"] = operation
    again.run()
    fill(again, name="Zélia", tax_id="529.982.247-25")
    press(again, "Cadastrar cliente")
    assert not again.exception
    assert again.title[0].value == "Zélia"
    assert count() == 1
