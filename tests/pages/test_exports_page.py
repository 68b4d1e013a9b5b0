"""The export page: what each file holds, made on the click, for administrators alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from unittest.mock import patch

import pytest
from sqlalchemy import update

from credigestor.db.engine import transaction
from credigestor.db.models import LoginSession, User
from credigestor.errors import NotAllowed
from credigestor.rules.permissions import Role
from credigestor.transfer.exporter import CSV_FILES
from tests.factories import PASSWORD_HASH, add_user
from tests.pages.support import Visit, open_app
from tests.portfolio import add_customer, add_sale

pytestmark = pytest.mark.usefixtures("db", "portfolio_day")

PAGE = "admin/exports.py"


@pytest.fixture
def ada(db: str) -> User:
    with transaction() as session:
        ana = add_customer(session, "=Ana")
        add_sale(session, ana, date(2026, 1, 2), [("300.00", date(2026, 1, 12))])
    return add_user(Role.ADMIN, name="Ada Administradora")


def downloads(user: User, **query: str) -> tuple[Visit, dict[str, Callable[[], bytes]]]:
    """The page, and by file name what each of its buttons would run on a click."""
    found: dict[str, Callable[[], bytes]] = {}

    def button(
        label: str, make: Callable[[], bytes], name: str, *args: object, **kw: object
    ) -> bool:
        found[name] = make
        return False

    with patch("streamlit.download_button", button):
        app = open_app(user=user, page=PAGE, query=query)
    assert not app.exception
    return app, found


def test_the_page_says_what_is_in_each_file(ada: User) -> None:
    app = open_app(user=ada, page=PAGE)
    assert not app.exception
    assert app.title[0].value == "Exportar e backup"
    assert [button.label for button in app.download_button] == [
        "Baixar backup (ZIP)", *(f"Baixar {name}" for name in CSV_FILES),
    ]  # fmt: skip
    assert "SHA-256" in app.texts
    assert "Senhas, logins e sessões nunca saem daqui" in app.texts


def test_each_button_makes_its_file_when_clicked(ada: User) -> None:
    _, made = downloads(ada)
    assert set(made) == {*CSV_FILES, "credigestor-2026-11-23.zip"}
    assert made["clientes.csv"]().decode("utf-8-sig").splitlines()[1].startswith("1;;'=Ana;")
    with zipfile.ZipFile(io.BytesIO(made["credigestor-2026-11-23.zip"]())) as archive:
        assert archive.namelist() == [*CSV_FILES, "manifest.json"]
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert PASSWORD_HASH.encode() not in content


def test_notes_are_stated_at_the_date_in_the_address(ada: User) -> None:
    _, made = downloads(ada, as_of="2026-02-11")
    # 300,00 late since 12/01, 30 days: interest 3,00 and fine 6,00 (R6, R7).
    assert made["notas.csv"]().decode().rstrip().endswith(";Atrasada;30;300,00;3,00;6,00;309,00")


def test_nonsense_in_the_address_means_today(ada: User) -> None:
    _, made = downloads(ada, as_of="ontem")
    assert ";23/11/2026;Atrasada;" in made["notas.csv"]().decode()


def test_an_open_page_gives_nothing_once_the_role_or_the_session_is_gone(ada: User) -> None:
    _, made = downloads(ada)
    with transaction() as session:
        session.execute(update(User).where(User.id == ada.id).values(role="manager"))
    with pytest.raises(NotAllowed, match="não tem permissão"):
        made["clientes.csv"]()
    with transaction() as session:
        session.execute(update(LoginSession).values(revoked_at=LoginSession.created_at))
    with pytest.raises(NotAllowed, match="sessão terminou"):
        made["credigestor-2026-11-23.zip"]()


@pytest.mark.parametrize("role", [Role.SELLER, Role.MANAGER])
def test_only_administrators_see_the_page(role: Role) -> None:
    app = open_app(role=role, page=PAGE)
    assert "Sem permissão" in app.texts
    assert not app.download_button
