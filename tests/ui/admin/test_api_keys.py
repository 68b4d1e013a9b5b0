"""Keys for programs on the users' page."""

from __future__ import annotations

from datetime import date

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import ApiKey, User
from credigestor.rules.permissions import Permission, Role
from credigestor.services import users
from credigestor.ui.kit.messages import plain
from tests.api.asking import get
from tests.api.keying import ADA, key_of, row
from tests.factories import PASSWORD, add_user
from tests.moments import NOW
from tests.services.selling import count
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")
FORM = "api-key:0"


@pytest.fixture
def ada() -> User:
    return add_user(Role.ADMIN, login="ada", name="Ada Alves")


@pytest.fixture
def vera() -> User:
    return add_user(Role.SELLER, login="vera", name="Vera Vaz")


def opened(ada: User) -> Visit:
    return open_app(user=ada, page="admin/users.py").look_at("Chaves de programas")


def fill(app: Visit, user: User, *scopes: Permission, **changes: str) -> Visit:
    box = app.selectbox(key=f"{FORM}:user")
    box.select_index(next(i for i, label in enumerate(box.options) if user.login in label)).run()
    for scope in scopes:
        app.checkbox(key=f"{FORM}:{user.id}:{scope}").check()
    app.text_input(key=f"{FORM}:name").input(changes.get("name", "Caixa"))
    app.text_input(key=f"{FORM}:password").input(changes.get("password", PASSWORD))
    return app


def send(app: Visit) -> Visit:
    next(button for button in app.button if button.label == "Criar chave").click().run()
    assert not app.exception
    return app


def test_a_key_is_made_shown_once_and_works(ada: User, vera: User) -> None:
    app = send(fill(opened(ada), vera, Permission.COUNTER, Permission.SELL))
    assert "Chave criada" in app.texts
    [shown] = app.code
    found = get("/auth/me", shown.value)
    assert (found["id"], found["permissions"]) == (vera.id, ["counter", "sell"])
    assert found["key"]["expires_at"].startswith("2027-11-24")
    app.run()
    assert not app.code
    told = text_of(app)
    assert "em nome de Vera Vaz" in told
    assert "Criada por Ada Alves em 23/11/2026 12:00 · vale até 23/11/2027" in told


def test_only_what_the_users_role_allows_can_be_ticked(ada: User, vera: User) -> None:
    app = fill(opened(ada), vera)
    ticks = {str(each.key).rpartition(":")[2] for each in app.checkbox}
    assert ticks == {"contact", "counter", "sell"}
    fill(app, ada)
    assert len(app.checkbox) == len(Permission)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": " "}, "Preencha este campo"),
        ({"password": "errada"}, "A senha não confere"),
        ({"password": ""}, "Digite a sua senha"),
        ({"day": "2026-11-22"}, "Escolha um dia"),
        ({"scopes": ""}, "ao menos uma permissão"),
    ],
)
def test_what_is_wrong_is_told_and_makes_nothing(
    changes: dict[str, str], message: str, ada: User, vera: User
) -> None:
    scopes = () if "scopes" in changes else (Permission.COUNTER,)
    app = fill(opened(ada), vera, *scopes, **changes)
    if "day" in changes:
        app.date_input(key=f"{FORM}:until").set_value(date.fromisoformat(changes["day"]))
    send(app)
    assert message in app.texts
    assert not app.code
    assert count(ApiKey) == 0


def test_the_user_must_be_chosen(ada: User) -> None:
    app = opened(ada)
    app.text_input(key=f"{FORM}:name").input("Caixa")
    app.text_input(key=f"{FORM}:password").input(PASSWORD)
    send(app)
    assert "Escolha um usuário ativo" in app.texts
    assert count(ApiKey) == 0


def test_the_page_tells_who_uses_it_from_where_and_what_it_may(ada: User, vera: User) -> None:
    key = key_of(vera, Permission.COUNTER, days=200)
    app = opened(ada)
    assert "Nunca usada" in app.texts
    get("/auth/me", key)
    told = text_of(app.run())
    assert "Último uso em 23/11/2026 12:00, de 127.0.0.1" in told
    assert "Consultar clientes, vendas, notas e pagamentos" in told
    assert "faltam" not in told
    assert row().key_hash not in told
    assert key not in told


def test_one_that_ends_soon_is_marked(ada: User, vera: User) -> None:
    key_of(vera, Permission.COUNTER, name="A", days=30)
    key_of(vera, Permission.COUNTER, name="B", days=0)
    told = text_of(opened(ada))
    assert "faltam 30 dias" in told
    assert "vale até 23/11/2026** (hoje)" in told


def test_one_is_revoked_and_then_lies_among_the_ended(ada: User, vera: User) -> None:
    key_of(vera, Permission.COUNTER)
    app = opened(ada)
    app.button(key="revoke_1").click().run()
    assert "Chave revogada" in app.texts
    assert row().revoked_by_name == "Ada Alves"
    assert "revogada** por Ada Alves em 23/11/2026 12:00" in text_of(app)
    assert "Revogadas e vencidas (1)" in [expander.label for expander in app.expander]
    assert "revoke_1" not in {button.key for button in app.button}


def test_a_name_is_shown_as_it_was_typed(ada: User, vera: User) -> None:
    name = "<b>x</b> :material/lock: *y*"
    key_of(vera, Permission.COUNTER, name=name)
    assert plain(name) in opened(ada).texts


def test_what_the_role_lacks_by_now_is_told(ada: User) -> None:
    guta = add_user(Role.MANAGER, name="Guta")
    key_of(guta, Permission.COUNTER, Permission.CANCEL)
    with transaction() as session:
        users.edit(session, ADA, user_id=guta.id, name="Guta", role=Role.SELLER, now=NOW)
    assert "não permite: Cancelar vendas" in text_of(opened(ada))
