"""The pages for users and for one's own account."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession, User
from credigestor.rules.permissions import Role
from credigestor.services.passwords import password_matches
from credigestor.ui.kit.messages import plain
from tests.factories import PASSWORD, add_user
from tests.ui.support import Visit, login_as, open_app

pytestmark = pytest.mark.usefixtures("db")


def get(user_id: int) -> User:
    with transaction() as session:
        return session.get_one(User, user_id)


def click(app: Visit, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_a_reset_password_is_shown_once_and_works() -> None:
    user = add_user(name="Bia")
    app = open_app(role=Role.ADMIN, page="admin/users.py")
    click(app, f"reset_{user.id}")
    (shown,) = app.code
    assert password_matches(shown.value, get(user.id).password_hash)
    app.run()
    assert not app.code


def test_ones_own_password_is_not_reset_here() -> None:
    ada = add_user(Role.ADMIN, name="Ada")
    bia = add_user(name="Bia")
    app = open_app(user=ada, page="admin/users.py")
    keys = {button.key for button in app.button}
    assert f"reset_{bia.id}" in keys
    assert f"reset_{ada.id}" not in keys


def test_a_user_is_deactivated_and_brought_back() -> None:
    user = add_user(name="Bia")
    app = open_app(role=Role.ADMIN, page="admin/users.py")
    click(app, f"off_{user.id}")
    assert not get(user.id).active
    assert "inativo" in " ".join(expander.label for expander in app.expander)
    click(app, f"on_{user.id}")
    assert get(user.id).active


def test_the_last_administrator_is_told_why_not() -> None:
    ada = add_user(Role.ADMIN, name="Ada")
    app = open_app(user=ada, page="admin/users.py")
    click(app, f"off_{ada.id}")
    assert "único administrador ativo" in app.error[0].value
    assert get(ada.id).active


def test_a_name_is_shown_as_it_was_typed_and_runs_nothing() -> None:
    name = "<script>alert(1)</script> *x* :material/lock:"
    add_user(name=name)
    app = open_app(role=Role.ADMIN, page="admin/users.py")
    labels = " ".join(expander.label for expander in app.expander)
    assert plain(name) in labels


def test_an_administrator_ends_somebodys_session() -> None:
    user = add_user(name="Bia")
    login_as(user=user)
    with transaction() as session:
        session_id = session.scalars(select(LoginSession.id)).one()
    app = open_app(role=Role.ADMIN, page="admin/users.py").look_at("Sessões abertas")
    click(app, f"end_{session_id}")
    assert "Sessão encerrada" in app.texts
    with transaction() as session:
        assert session.get_one(LoginSession, session_id).revoked_at is not None


def test_a_wrong_current_password_is_told_at_its_field() -> None:
    user = add_user()
    app = open_app(user=user, page="counter/account.py")
    for field, value in zip(
        app.text_input[:3], ("errada", "senha nova boa", "senha nova boa"), strict=True
    ):
        field.input(value)
    app.button[0].click().run()
    assert "A senha atual não confere" in app.texts
    assert password_matches(PASSWORD, get(user.id).password_hash)


def test_one_sees_only_the_own_sessions() -> None:
    login_as(user=add_user(name="Outra Pessoa"))
    app = open_app(role=Role.SELLER, page="counter/account.py")
    assert "esta sessão" in app.texts
    assert "Outra Pessoa" not in app.texts
