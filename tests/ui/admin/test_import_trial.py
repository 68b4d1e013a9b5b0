"""A trial on the import page: seen beside the shop, dropped, or followed by the import itself."""

from __future__ import annotations

import pytest

from credigestor.db import locks
from credigestor.db.engine import transaction
from credigestor.db.models import User
from tests.imports.files import shop
from tests.ui.admin.test_imports_page import ada, labels, press, rows, visit
from tests.ui.support import Visit, text_of

__all__ = ["ada"]

pytestmark = pytest.mark.usefixtures("db")


def tried(user: User) -> Visit:
    return press(press(visit(user, shop()), "Conferir"), "Ensaiar")


def table(app: Visit, column: str) -> list[list[str]]:
    """The rows of the newest table that has this column."""
    found = [each.value for each in app.dataframe if column in each.value]
    shown: list[list[str]] = found[-1].astype(str).to_numpy().tolist()
    return shown


def test_a_trial_shows_the_shop_beside_what_it_would_be_and_leaves_nothing(ada: User) -> None:
    app = tried(ada)
    assert rows() == 0
    figures = {name: cells for name, *cells in table(app, "then")}
    assert figures["Vendas"] == ["0", "2", "2"]
    assert [cell.replace("\xa0", " ") for cell in figures["Em aberto"]] == [
        *("R$ 0,00", "R$ 650,00", "R$ 650,00"),
    ]
    assert "todas as contas fecham" in text_of(app)
    assert [row[0] for row in table(app, "Deve hoje na loja")] == ["Conceição Muñoz"]
    assert "Baixar quem deve (CSV)" in [each.label for each in app.download_button]


def test_anybodys_notes_are_found_in_a_trial(ada: User) -> None:
    app = tried(ada)
    app.text_input(key="import-trial-name").set_value("munoz").run()
    notes = table(app, "Total devido")
    assert [(row[1], row[3], row[4]) for row in notes] == [
        ("05/02/2026", "Paga", "400.00"),
        ("05/03/2026", "Atrasada", "400.00"),
        ("05/04/2026", "Atrasada", "400.00"),
    ]
    app.text_input(key="import-trial-name").set_value("zzz").run()
    assert "Nenhum cliente com notas tem esse nome." in text_of(app)


def test_a_trial_is_dropped_or_followed_by_the_import(ada: User) -> None:
    app = press(tried(ada), "Descartar o ensaio")
    assert "Ensaio" not in [each.value for each in app.header]
    assert "Ensaiar" in labels(app)
    app = press(press(app, "Ensaiar"), "Importar")
    assert "Importação concluída" in app.texts
    assert rows() > 0
    assert "import-trial" not in app.session_state


def test_a_trial_beside_another_import_is_refused_with_a_sentence(ada: User) -> None:
    app = press(visit(ada, shop()), "Conferir")
    with transaction() as session:
        locks.hold(session, "import")
        app = press(app, "Ensaiar")
    assert "Há outra importação ou outro ensaio em curso." in text_of(app)
    assert "Ensaiar" in labels(app)
