"""The counter's customer picker, as the sale page uses it."""

from __future__ import annotations

from typing import Any

import pytest

from credigestor.db.engine import transaction
from tests.portfolio import TODAY, add_customer, add_sale, late
from tests.ui.support import Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

SALE = "counter/new_sale.py"


@pytest.fixture
def zelia(db: str) -> int:
    with transaction() as session:
        return add_customer(
            session,
            "Zélia <b>",
            tax_id="52998224725",
            phone="+5585988724443",
            city="Crato",
            state="CE",
        )


def open_sale(**params: Any) -> Visit:
    app = open_app(role="seller", page=SALE, **params)
    assert not app.exception
    return app


def type_in(app: Visit, query: str) -> Visit:
    next(widget for widget in app.text_input if widget.label == "Cliente").set_value(query)
    app.run()
    assert not app.exception
    return app


def results(app: Visit) -> list[Any]:
    return [button for button in app.button if ":pick:" in (button.key or "")]


def label(button: Any) -> str:
    """As it is read, whatever keeps its parts in one line."""
    return str(button.label).replace("\\", "").replace("\xa0", " ").replace("\u2060", "")


def press(app: Visit, button: Any) -> None:
    button.click()
    app.run()
    assert not app.exception


def plain_texts(app: Visit) -> str:
    return app.texts.replace("\\", "")


def test_one_character_finds_nobody_yet(zelia: int) -> None:
    assert results(type_in(open_sale(), "z")) == []


def test_a_result_shows_a_masked_cpf_the_city_and_the_phone(zelia: int) -> None:
    [result] = results(type_in(open_sale(), "zeli"))
    assert label(result) == (
        "**Zélia <b>** · não deve nada · ***.982.247-** · Crato/CE · (85) 98872-4443"
    )
    assert "<b>" not in result.label


def test_the_chosen_customer_stays_until_another_is_wanted(zelia: int) -> None:
    app = type_in(open_sale(), "529.982")
    press(app, results(app)[0])
    assert "529.982.247-25 · Crato/CE" in plain_texts(app)
    assert app.query_params["customer"] == str(zelia)
    app.switch_page("pages/counter/customers.py").run()
    app.switch_page(f"pages/{SALE}").run()
    assert "529.982.247-25" in plain_texts(app)
    press(app, next(button for button in app.button if button.label == "Trocar cliente"))
    assert "529.982.247-25" not in plain_texts(app)
    assert "customer" not in app.query_params


def test_the_address_preselects(zelia: int) -> None:
    assert "529.982.247-25" in plain_texts(open_sale(customer=zelia))


@pytest.mark.parametrize("wrong", ["99", "abc", "-1", "", "9" * 4000, "<script>", "1\x00"])
def test_an_address_that_names_nobody_says_so_and_the_search_is_there(wrong: str) -> None:
    app = open_sale(customer=wrong)
    assert "O cliente do endereço não existe." in app.texts
    assert "Cliente" in [widget.label for widget in app.text_input]


@pytest.mark.parametrize("query", ["%%", "zz", "\x00\x00", "x" * 10_000, "<script>", "🌻🌻"])
def test_a_search_without_a_result_offers_to_register(zelia: int, query: str) -> None:
    app = type_in(open_sale(), query)
    assert results(app) == []
    assert "Nenhum cliente encontrado." in app.texts


def test_at_most_twenty_are_shown_and_the_person_is_told(db: str) -> None:
    with transaction() as session:
        for number in range(21):
            add_customer(session, f"Cliente {number:02}")
    app = type_in(open_sale(), "cliente")
    assert len(results(app)) == 20
    assert "São mostrados os 20 primeiros." in app.texts


def test_an_inactive_customer_is_marked(db: str) -> None:
    with transaction() as session:
        add_customer(session, "Rui", active=False)
    assert results(type_in(open_sale(), "rui"))[0].label.endswith("inativo")


def test_a_result_tells_what_the_customer_owes() -> None:
    with transaction() as session:
        ana = add_customer(session, "Ana")
        add_sale(session, ana, late(60), [("300.00", late(14)), ("50.00", TODAY)])
        bia = add_customer(session, "Bia Ana")
        add_sale(session, bia, late(60), [("80.00", TODAY)])
    told = [label(button) for button in results(type_in(open_sale(), "ana"))]
    assert "**Ana** · deve R$ 357,40, 1 nota atrasada · ***" in told[0]  # with 1,40 and 6,00
    assert "**Bia Ana** · deve R$ 80,00 · ***" in told[1]


def test_where_no_name_is_as_typed_those_like_it_are_told_as_such(zelia: int) -> None:
    with transaction() as session:
        munoz = add_customer(session, "Juliana Muñoz")
    app = type_in(open_sale(), "julianna munoz")
    [result] = results(app)
    assert "Juliana Muñoz" in result.label
    assert "Nenhum nome igual; parecidos:" in app.texts
    assert "Nenhum cliente encontrado." not in app.texts
    press(app, result)
    assert app.query_params["customer"] == str(munoz)


def test_names_like_it_stand_below_those_as_typed(zelia: int) -> None:
    with transaction() as session:
        add_customer(session, "Amélia Zelma")
    app = type_in(open_sale(), "zelia")
    assert ["Zélia" in found.label for found in results(app)] == [True, False]
    assert "Nomes parecidos:" in app.texts
    assert "Nenhum nome igual" not in app.texts
