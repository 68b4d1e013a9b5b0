"""The button for a file of the backup folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from credigestor.config import get_config
from credigestor.rules.permissions import Role
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
    answer = click_and_fetch(app, "file")
    assert answer.body == (folder / NAME).read_bytes()
    assert f'filename="{NAME}"' in answer.headers["content-disposition"]
    assert "1,0 MB" in app.texts


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
