"""The button for a file of the backup folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from credigestor.config import get_config
from credigestor.db.engine import transaction
from credigestor.db.models import LoginAttempt
from credigestor.rules.permissions import Role
from credigestor.services.lockout import PAIR_LIMIT
from tests.factories import PASSWORD
from tests.ui.support import open_app, text_of
from tests.web.fetching import click_and_fetch, download_links

pytestmark = pytest.mark.usefixtures("db")

SCRIPT = Path(__file__).with_name("file_script.py")
NAME = "credigestor-backup-2026-11-23T030000Z.zip"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A backup folder with one backup, and something else."""
    monkeypatch.setattr(get_config(), "backup_folder", tmp_path)
    (tmp_path / NAME).write_bytes(b"PK" + b"x" * 1_000_000)
    (tmp_path / "segredo.txt").write_text("x")
    return tmp_path


def test_an_administrator_gets_the_file(folder: Path) -> None:
    app = open_app(Role.ADMIN, script=SCRIPT, name=NAME)
    app.button(key="file").click().run()
    assert not download_links(app)
    app.text_input(key="file-password").input(PASSWORD)
    answer = click_and_fetch(app, "file-send")
    assert "Sua senha" not in {field.label for field in app.text_input}
    assert answer.body == (folder / NAME).read_bytes()
    assert f'filename="{NAME}"' in answer.headers["content-disposition"]
    assert "1,0 MB" in app.texts


@pytest.mark.usefixtures("folder")
def test_a_wrong_password_gets_no_file_and_counts() -> None:
    app = open_app(Role.ADMIN, script=SCRIPT, name=NAME)
    app.button(key="file").click().run()
    for typed, told in (("", "Digite a sua senha"), ("errada", "A senha não confere")):
        app.text_input(key="file-password").input(typed)
        app.button(key="file-send").click().run()
        assert told in app.texts
        assert not download_links(app)
    with transaction() as session:
        assert session.scalars(select(LoginAttempt.succeeded)).all() == [False]
    app.button(key="file").click().run()
    assert "Sua senha" not in {field.label for field in app.text_input}


@pytest.mark.usefixtures("folder")
def test_after_five_wrong_passwords_the_right_one_gets_no_file_either() -> None:
    app = open_app(Role.ADMIN, script=SCRIPT, name=NAME)
    app.button(key="file").click().run()
    for typed in (*["errada"] * PAIR_LIMIT, PASSWORD):
        app.text_input(key="file-password").input(typed)
        app.button(key="file-send").click().run()
    assert "Muitas tentativas sem sucesso" in app.texts
    assert not download_links(app)


@pytest.mark.parametrize("name", ["segredo.txt", "../segredo.txt", "nada.zip"])
@pytest.mark.usefixtures("folder")
def test_another_file_is_not_found(name: str) -> None:
    app = open_app(Role.ADMIN, script=SCRIPT, name=name)
    app.button(key="file").click().run()
    assert "Não há backup com o nome" in text_of(app)
    assert not download_links(app)


@pytest.mark.usefixtures("folder")
def test_a_manager_gets_no_backup() -> None:
    app = open_app(Role.MANAGER, script=SCRIPT, name=NAME)
    app.button(key="file").click().run()
    assert "Sem permissão" in app.texts
    assert not download_links(app)
