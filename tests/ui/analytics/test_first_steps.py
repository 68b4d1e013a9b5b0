"""The list that leads a new shop: true from the shop itself, and gone once all is done."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Actor, Role
from credigestor.services import settings
from credigestor.ui.kit import data
from tests.factories import add_user
from tests.portfolio import TODAY, add_customer, add_sale
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

PAGE = "analytics/today.py"
STEPS = {
    "Preencher os dados da loja": ("configuracoes", ""),
    "Informar a chave Pix": ("configuracoes", "settings_tab=Pix"),
    "Criar os usuários": ("usuarios", ""),
    "Trazer os clientes": ("importar", ""),
    "Registrar a primeira venda": ("nova-venda", ""),
}


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada")


def ways(app: Visit) -> dict[str, tuple[str, str]]:
    """The steps that are left, each with the page it leads to."""
    found = [link.proto for link in app.get("page_link")]
    return {each.label: (each.page, each.query_string) for each in found if each.label in STEPS}


def change(ada: User, **values: Any) -> None:
    with transaction() as session:
        actor = Actor(ada.id, ada.name, Role.ADMIN)
        settings.change(session, actor, data.settings().model_copy(update=values))


def press(app: Visit, label: str) -> Visit:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_each_step_leads_to_where_it_is_done_and_ticks_itself_off(ada: User) -> None:
    app = open_app(user=ada, page=PAGE)
    assert ways(app) == STEPS
    assert "0 de 5 feitos" in text_of(app)
    left = list(STEPS)

    def done() -> None:
        left.pop(0)
        st.cache_data.clear()  # another process wrote
        assert list(ways(app.run())) == left

    change(ada, shop_name="Loja", tax_id="11222333000181", city="Crato")
    done()
    change(ada, pix_key="11222333000181")
    done()
    add_user(Role.SELLER)
    done()
    with transaction() as session:
        customer = add_customer(session)
    done()
    assert "Trazer os clientes: feito" in text_of(app)
    with transaction() as session:
        add_sale(session, customer, TODAY, [("50.00", TODAY)])
    st.cache_data.clear()
    assert "Primeiros passos" not in text_of(app.run())


def test_who_may_not_do_a_step_is_told_whom_to_ask() -> None:
    app = open_app(role="manager", page=PAGE)
    assert list(ways(app)) == ["Registrar a primeira venda"]
    assert text_of(app).count("Peça a um administrador.") == 4
    assert "Esconder esta lista" not in [button.label for button in app.button]


def test_an_administrator_hides_it_for_all_and_has_it_back(ada: User) -> None:
    app = press(open_app(user=ada, page=PAGE), "Esconder esta lista")
    assert "Primeiros passos escondidos." in text_of(app)
    assert ways(app.run()) == {}
    assert ways(open_app(role="manager", page=PAGE)) == {}
    press(open_app(user=ada, page="admin/settings.py"), "Mostrar de novo os primeiros passos")
    left = {name: way for name, way in STEPS.items() if name != "Criar os usuários"}
    assert ways(open_app(user=ada, page=PAGE)) == left


def test_the_pix_key_is_asked_for_on_its_own_tab(ada: User) -> None:
    def first(**query: str) -> int:
        app = open_app(user=ada, page="admin/settings.py", query=query)
        assert not app.exception
        [tabs] = [block for block in app.main.children.values() if block.type == "tab_container"]
        return int(tabs.proto.tab_container.default_tab_index)

    assert (first(), first(settings_tab="Pix"), first(settings_tab="<b>")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("dashboard", "a partir da primeira venda a prazo"),
        ("portfolio", "a partir da primeira venda a prazo"),
        ("delinquency", "a partir do dia seguinte ao primeiro vencimento"),
        ("vintages", "a partir do fim do mês da primeira venda"),
        ("collection", "a partir do fim do mês em que as primeiras notas vencerem"),
        ("cash", "depois do primeiro mês inteiro com vencimentos"),
    ],
)
def test_an_empty_page_says_what_will_be_there_and_from_when(page: str, told: str) -> None:
    app = open_app("manager", page=f"analytics/{page}.py")
    assert "Aqui vai aparecer" in text_of(app)
    assert told in text_of(app)
    with transaction() as session:
        add_sale(session, add_customer(session), TODAY, [("50.00", TODAY)])
    st.cache_data.clear()
    assert "Aqui vai aparecer" not in text_of(app.run())
