"""The page of the first run: who may use it, what it makes, and the demonstration's accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession, User
from credigestor.db.settings import current_settings
from credigestor.services import setup
from credigestor.services.users import create_first_admin
from tests.ui.support import Browser, Visit, open_app

pytestmark = pytest.mark.usefixtures("db")

CODE = "Código de configuração"


def the_code() -> str:
    with transaction() as session:
        return setup.code(session)


@pytest.fixture
def at_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every browser of the test runs on the server's own machine."""
    init = Browser.__init__
    monkeypatch.setattr(
        Browser, "__init__", lambda self, token: init(self, token, address="127.0.0.1")
    )


def fill(app: Visit, **values: str) -> Visit:
    typed = {
        "shop_name": "Loja Modelo",
        "name": "Ada",
        "login": "ada",
        "password": "uma senha comprida",
        "again": "uma senha comprida",
    } | values
    for name, value in typed.items():
        inputs = app.selectbox if name == "state" else app.text_input
        inputs(key=f"first_{name}").set_value(value)
    app.button[0].click()
    app.run()
    return app


def links(app: Visit) -> list[str]:
    return [element.proto.body for element in app.get("html")]


@pytest.mark.usefixtures("at_the_server")
def test_at_the_server_itself_no_code_is_asked_for() -> None:
    app = open_app()
    assert CODE not in [field.label for field in app.text_input]
    fill(app, tax_id="11.222.333/0001-81", city="Fortaleza", state="CE")
    assert any('href="/entrar?ticket=' in link for link in links(app))
    with transaction() as session:
        shop = current_settings(session)
        assert (shop.shop_name, shop.tax_id, shop.state) == ("Loja Modelo", "11222333000181", "CE")
        assert session.scalars(select(User.login)).all() == ["ada"]
        assert session.scalars(select(LoginSession.ticket_hash)).one()


def test_from_the_network_nothing_happens_without_the_code() -> None:
    app = open_app()
    assert CODE in [field.label for field in app.text_input]
    for wrong in ("", "errado"):
        fill(app, code=wrong)
        assert "Código de configuração incorreto." in app.texts
    with transaction() as session:
        assert session.scalars(select(User)).all() == []
    fill(app, code=f" {the_code()} ")
    assert any('href="/entrar?ticket=' in link for link in links(app))


def test_guessing_the_code_is_locked_like_a_login() -> None:
    app = open_app()
    for _ in range(5):
        fill(app, code="errado")
    fill(app, code=the_code())
    assert "Muitas tentativas" in app.texts
    with transaction() as session:
        assert session.scalars(select(User)).all() == []


@pytest.mark.usefixtures("at_the_server")
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"shop_name": " "}, "em branco"),
        ({"login": "a b"}, "O usuário tem de 3 a 40"),
        ({"again": "outra senha"}, "senhas são diferentes"),
        ({"password": "curta", "again": "curta"}, "pelo menos 10"),
        ({"tax_id": "111.111.111-11"}, "CPF inválido"),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(values: dict[str, str], message: str) -> None:
    app = fill(open_app(), **values)
    assert message in app.texts
    with transaction() as session:
        assert session.scalars(select(User)).all() == []


@pytest.mark.usefixtures("at_the_server")
def test_the_state_is_chosen_from_the_27_or_left_out() -> None:
    choice = open_app().selectbox(key="first_state")
    assert choice.value == ""
    assert len(choice.options) == 28


@pytest.mark.usefixtures("at_the_server")
def test_who_comes_second_is_told_so() -> None:
    app = open_app()
    with transaction() as session:
        create_first_admin(session, login="eva", name="Eva", password="uma senha comprida")
    fill(app)
    assert [field.label for field in app.text_input] == ["Usuário", "Senha"]
    with transaction() as session:
        assert session.scalars(select(User.login)).all() == ["eva"]


@pytest.mark.usefixtures("at_the_server")
def test_the_demonstrations_accounts_are_shown_and_then_one_enters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load(*, today: date, progress: Callable[[float, str], None]) -> list[tuple[str, str, str]]:
        assert isinstance(today, date)
        progress(0.5, "Metade…")
        return [("gerente.demo", "Gerente", "senha-gerada-1")]

    monkeypatch.setattr("credigestor.demo.load", load)
    app = open_app()
    app.checkbox[0].check()
    fill(app)
    assert not app.exception
    (table,) = app.table
    assert table.value.iloc[0].tolist() == ["gerente.demo", "Gerente", "senha-gerada-1"]
    app.button[0].click().run()
    assert any('href="/entrar?ticket=' in link for link in links(app))
    stranger = open_app()
    assert "senha-gerada-1" not in stranger.texts
    assert not stranger.table
