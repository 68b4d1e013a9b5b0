"""Every page × every role, each time in a new browser and with its address typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession
from credigestor.rules.permissions import Permission, Role
from credigestor.ui.kit.navigation import PAGES, PageSpec
from credigestor.ui.kit.navigation import page as page_spec
from tests.factories import actor_of, add_user
from tests.ui.support import Visit, login_as, open_app

pytestmark = pytest.mark.usefixtures("db")

REFUSED = "Sem permissão"
#: What stands in place of a page that is refused, below the bar of a phone.
WAY_ON = ["html", "title", "empty", "error", "page_link"]
by_file = pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.file)
by_role = pytest.mark.parametrize("role", list(Role))


def drawn(app: Visit) -> list[str]:
    """The kinds of element in the page's own place, beside the sidebar."""
    return [element.type for element in app.main if element.type != "main"]


@by_role
@by_file
def test_a_typed_address_opens_or_refuses_by_role(spec: PageSpec, role: Role) -> None:
    app = open_app(role=role, page=spec.file).look_at()
    assert not app.exception
    allowed = page_spec(spec.file).permission in _allowed(role)
    assert (REFUSED in app.texts) is not allowed
    if allowed:
        assert len(drawn(app)) > 1
    else:
        assert drawn(app) == WAY_ON


@by_file
def test_a_stranger_gets_the_login_in_place_of_every_page(spec: PageSpec) -> None:
    add_user(Role.ADMIN, name="Ada")
    app = open_app(page=spec.file)
    assert not app.exception
    assert [field.label for field in app.text_input] == ["Usuário", "Senha"]
    assert len(app.sidebar) == 0
    assert [title.value for title in app.title] == ["CrediGestor"]


@by_file
def test_a_page_run_without_the_entry_shows_a_stranger_nothing(spec: PageSpec) -> None:
    app = open_app(script=Path(spec.path))
    assert not app.exception
    assert [warning.value[:21] for warning in app.warning] == ["Sua sessão terminou. "]
    assert len(app.main) == 1


@pytest.mark.parametrize(
    "spec",
    [spec for spec in PAGES if spec.file.startswith(("admin/", "analytics/"))],
    ids=lambda spec: spec.file,
)
def test_a_page_run_without_the_entry_refuses_a_role_by_itself(spec: PageSpec) -> None:
    app = open_app(role=Role.SELLER, script=Path(spec.path))
    assert not app.exception
    assert REFUSED in app.texts
    assert len(app.main) == 1


@pytest.mark.parametrize("file", ["admin/users.py", "analytics/dashboard.py"])
def test_the_entry_refuses_by_itself_a_page_that_forgot_its_guard(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = add_user(Role.SELLER)
    monkeypatch.setattr("credigestor.ui.kit.session.require", lambda _: actor_of(seller))
    app = open_app(user=seller, page=file)
    assert drawn(app) == WAY_ON
    assert REFUSED in app.texts


def test_the_list_of_pages_and_the_files_agree() -> None:
    root = Path(PAGES[0].path).parents[1]
    files = {path.relative_to(root).as_posix() for path in root.rglob("*.py")}
    assert files == {spec.file for spec in PAGES}
    assert not list(root.glob("*.py"))
    assert len({spec.url_path for spec in PAGES}) == len(PAGES)


def test_a_session_that_ends_between_two_clicks_leaves_for_the_login() -> None:
    app = open_app(role=Role.ADMIN, page="admin/users.py")
    assert app.tabs
    with transaction() as session:
        session.execute(update(LoginSession).values(revoked_at=LoginSession.created_at))
    app.run()
    assert not app.tabs
    (link,) = app.get("html")
    assert 'href="/entrar?next=' in link.proto.body


def test_a_changed_role_counts_at_the_next_click() -> None:
    user = add_user(Role.ADMIN)
    app = open_app(user=user, page="admin/users.py")
    assert REFUSED not in app.texts
    with transaction() as session:
        session.merge(user).role = Role.SELLER.value
    app.run()
    assert REFUSED in app.texts


def test_streamlits_mock_of_a_cookie_logs_nobody_in() -> None:
    from streamlit.testing.v1 import AppTest

    from tests.ui.support import ENTRY

    login_as(Role.ADMIN)
    app = AppTest.from_file(ENTRY, default_timeout=15).run()
    assert [field.label for field in app.text_input] == ["Usuário", "Senha"]


def test_an_unexpected_error_becomes_a_code_and_a_business_error_its_message(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from streamlit.testing.v1 import AppTest

    def script() -> None:
        from credigestor.errors import Conflict
        from credigestor.ui.app import incidents

        incidents.show(Conflict("A venda *já* foi cancelada."))
        incidents.show(ValueError("internal detail"))

    app = AppTest.from_function(script).run()
    first, second = (error.value for error in app.error)
    assert first == r"A venda \*já\* foi cancelada."
    assert "internal detail" not in second
    code = second.split("**")[1]
    assert code in caplog.text
    assert "internal detail" in caplog.text


def _allowed(role: Role) -> frozenset[Permission]:
    """The rights of each role, written out once more: a slip in the table must show here."""
    seller = {Permission.COUNTER, Permission.SELL}
    manager = seller | {
        *(Permission.ANALYTICS, Permission.EXPORT, Permission.RENEGOTIATE),
        Permission.CLOSE_DAYS,
    }
    admin = manager | {
        Permission.USERS,
        Permission.SETTINGS,
        Permission.IMPORT,
        Permission.BACKUP,
        Permission.AUDIT,
        Permission.PRIVACY,
    }
    return frozenset({Role.SELLER: seller, Role.MANAGER: manager, Role.ADMIN: admin}[role])
