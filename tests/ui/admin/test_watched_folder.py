"""The watched folder on the import page, and its line on the managers' first page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from credigestor.db.engine import transaction
from credigestor.db.models import User
from credigestor.rules.permissions import Role
from credigestor.services import import_runs
from tests.factories import add_user
from tests.imports.files import GOOD, csv_file, shop
from tests.imports.watched import drop, look, runs, watcher
from tests.ui.admin.test_import_check import table
from tests.ui.admin.test_imports_page import labels, press
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

CHANGED = [GOOD["pagamentos.csv"][0], ("V1", "2", "10/02/2026", "140,00", "cartão")]


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada Administradora")


@pytest.fixture
def differing(ada: User, tmp_path: Path) -> Path:
    """A folder of which one file differs, and another was refused."""
    watching = watcher(tmp_path)
    drop(tmp_path, shop())
    look(watching)
    drop(tmp_path, {"pagamentos.csv": csv_file("pagamentos.csv", CHANGED), "$lixo$.csv": b"x"})
    look(watching)
    return tmp_path


def imports(user: User) -> Visit:
    app = open_app(user=user, page="admin/imports.py")
    assert not app.exception
    return app


def today(user: User) -> str:
    app = open_app(user=user)
    assert not app.exception
    assert app.title[0].value == "Hoje"
    return text_of(app).replace("\\", "")


def test_where_no_folder_is_watched_nothing_is_said_of_it(ada: User) -> None:
    assert "Pasta observada" not in text_of(imports(ada))
    assert "Pasta observada" not in today(ada)


def test_the_folder_is_named_with_its_reading_and_told_of_when_it_is_gone(
    ada: User, tmp_path: Path, configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_IMPORT_FOLDER=str(tmp_path), CREDIGESTOR_IMPORT_MAPPING="caixa")
    told = text_of(imports(ada))
    assert "pela leitura caixa" in told
    assert "Nada apareceu nela ainda." in told
    configured(CREDIGESTOR_IMPORT_FOLDER=str(tmp_path / "longe"))
    assert "A pasta não existe" in text_of(imports(ada))


@pytest.mark.usefixtures("differing")
def test_runs_are_listed_with_the_rows_that_differ_and_put_away_once_seen(ada: User) -> None:
    app = imports(ada)
    rows = table(app, "at")
    ours = "clientes.csv, pagamentos.csv, vendas.csv"
    assert sorted(row[1:] for row in rows) == [
        ["$lixo$.csv", "Recusado, a ver", "nada", 0, 1],
        [ours, "Certo", "2 clientes, 2 vendas, 2 pagamentos", 0, 0],
        [ours, "Diferenças, a ver", "nada", 1, 0],
    ]
    chosen = app.selectbox(key="watched-run")
    chosen.set_value(next(run for run in runs() if run.differences)).run()
    assert not app.exception
    [changed] = table(app, "Parte")
    assert changed[0] == "Pagamentos que mudaram desde a importação anterior"
    assert "150,00 em 10/02/2026 passou a 140,00" in str(changed[-1])
    assert "Baixar o detalhe (CSV)" in [each.proto.label for each in app.get("download_button")]
    app = press(app, "Marcar como visto")
    assert "Marcar como visto" not in labels(app)
    assert {str(row[2]) for row in table(app, "at")} == {"Recusado", "Diferenças", "Certo"}
    assert "Pasta observada" not in today(ada)


@pytest.mark.usefixtures("differing")
def test_the_first_page_says_it_in_one_line_to_who_may_look_and_who_may_not(ada: User) -> None:
    said = today(ada)
    assert "Pasta observada: 1 arquivo com diferenças e 1 recusa." in said
    assert "Peça a um administrador" not in said
    manager = today(add_user(Role.MANAGER, name="Guta"))
    assert (
        "Pasta observada: 1 arquivo com diferenças e 1 recusa. Peça a um administrador" in manager
    )


def test_a_detail_that_was_erased_is_said_to_be(ada: User, differing: Path) -> None:
    with transaction() as session:
        import_runs.erase(session)
    assert "O detalhe já foi apagado" in text_of(imports(ada))
