"""The demonstration, loaded from the page where data come in, into an empty shop alone."""

from __future__ import annotations

import pytest

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, User
from credigestor.rules.permissions import Role
from credigestor.services.passwords import password_matches
from tests.factories import add_user
from tests.portfolio import add_customer
from tests.ui.admin.test_imports_page import PAGE, labels, press
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

LOAD = "Carregar a demonstração"


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada Administradora")


def sure(user: User) -> Visit:
    app = open_app(user=user, page=PAGE)
    [box] = [each for each in app.checkbox if each.label == "Esta loja é para experimentar"]
    box.check()
    return app.run()


def test_it_is_offered_to_an_empty_shop_alone_and_only_to_who_is_sure(ada: User) -> None:
    [button] = [each for each in open_app(user=ada, page=PAGE).button if each.label == LOAD]
    assert button.disabled
    with transaction() as session:
        add_customer(session)
    assert LOAD not in labels(open_app(user=ada, page=PAGE))


def test_it_is_loaded_by_who_asks_and_its_passwords_are_told_once(ada: User) -> None:
    app = press(sure(ada), LOAD)
    assert "A demonstração foi carregada." in text_of(app)
    told = app.table[0].value
    assert list(told["Perfil"]) == ["Vendedor"] * 3 + ["Gerente"] * 2
    with snapshot() as session:
        for login, password in zip(told["Usuário"], told["Senha"], strict=True):
            user = session.query(User).filter_by(login=login).one()
            assert password_matches(password, user.password_hash)
        assert session.query(AuditEntry).filter_by(action="demo").one().actor_id == ada.id
    app = press(app, "Já anotei")
    assert not app.table
    assert LOAD not in labels(app)


def test_a_shop_that_got_a_customer_meanwhile_is_left_alone(ada: User) -> None:
    app = sure(ada)
    with transaction() as session:
        add_customer(session)
    assert LOAD not in labels(press(app, LOAD))
    with snapshot() as session:
        assert session.query(User.login).all() == [(ada.login,)]
