"""Restoring and verifying from the page: what is shown, what is asked for, and what comes of it."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from credigestor.backups import backup_folder
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import LoginAttempt, User
from credigestor.db.settings import ShopSettings
from credigestor.rules.permissions import Role
from credigestor.services import lockout, settings
from credigestor.ui.admin.backup_source import Source
from tests.factories import PASSWORD, actor_of, add_user
from tests.moments import NOW
from tests.portfolio import add_customer
from tests.ui.admin.backups import PASSPHRASE, customers, fill, make, messages, newest_run, press
from tests.ui.support import Visit, login_as, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")

SCRIPT = Path(__file__).with_name("backup_script.py")


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, login="ada", name="Ada Administradora")


@pytest.fixture
def name(folder: Path, ada: User) -> str:
    """A backup of a shop with one customer; a second one came after it."""
    register("Ana Antes")
    made = make(folder, ada)
    register("Dino Depois")
    return made


def register(name: str) -> None:
    with transaction() as session:
        add_customer(session, name)


def open_restore(user: User, name: str) -> Visit:
    app = open_app(user=user, script=SCRIPT, file=name)
    assert not app.exception
    return app


def confirm(app: Visit, password: str = PASSWORD, word: str = "RESTAURAR") -> Visit:
    [safe] = app.toggle
    safe.set_value(False)
    fill(app, "Sua senha", password)
    fill(app, "Digite RESTAURAR para confirmar", word)
    return press(app, "Restaurar agora")


def test_what_is_in_the_backup_stands_beside_what_the_shop_has_now(ada: User, name: str) -> None:
    app = open_restore(ada, name)
    table = app.table[0].value
    assert list(table.loc["Clientes"]) == ["1", "2"]
    assert list(table.loc["Usuários"]) == ["1", "1"]
    assert table.loc["Momento", "Na loja, agora"] == "agora"
    assert "será trocado pelo que está no backup" in text_of(app)


def test_a_restore_brings_the_old_data_back_and_ends_every_login(ada: User, name: str) -> None:
    token = login_as(user=ada)
    app = open_app(token=token, script=SCRIPT, file=name)
    confirm(app)
    assert "Backup restaurado" in text_of(app)
    assert "todos precisam entrar de novo" in text_of(app)
    assert customers() == 1
    run = newest_run()
    assert (run.kind, run.ok, run.file) == ("restore", True, name)
    assert "Usuário" in {field.label for field in open_app(token=token).text_input}


def test_the_page_survives_the_end_of_its_own_login(ada: User, name: str) -> None:
    app = confirm(open_restore(ada, name))
    app.run()
    assert "Backup restaurado" in text_of(app)
    assert not app.table


def test_before_it_what_there_is_goes_into_a_backup_of_its_own(
    ada: User, name: str, folder: Path
) -> None:
    app = open_restore(ada, name)
    fill(app, "Sua senha", PASSWORD)
    fill(app, "Digite RESTAURAR para confirmar", "RESTAURAR")
    press(app, "Restaurar agora")
    assert "Backup restaurado" in text_of(app)
    names = {file.name for file in backup_folder.files(folder)}
    [before] = names - {name}
    counted = Source(before).manifest(None).table("customers")
    assert counted is not None
    assert counted.rows == 2


@pytest.mark.parametrize(
    ("password", "word", "told"),
    [
        ("", "RESTAURAR", "Digite a sua senha."),
        ("errada", "RESTAURAR", "A senha não confere."),
        (PASSWORD, "restaurar", "Digite RESTAURAR, em maiúsculas."),
        (PASSWORD, "", "Digite RESTAURAR, em maiúsculas."),
    ],
)
def test_without_the_password_and_the_word_nothing_happens(
    ada: User, name: str, password: str, word: str, told: str
) -> None:
    app = confirm(open_restore(ada, name), password, word)
    assert messages(app) == [told]
    assert customers() == 2


def test_a_wrong_password_counts_as_a_failed_login(ada: User, name: str) -> None:
    app = open_restore(ada, name)
    for _ in range(lockout.PAIR_LIMIT):
        confirm(app, "errada")
    confirm(app)
    assert messages(app)[0].startswith("Muitas tentativas sem sucesso.")
    assert customers() == 2
    with snapshot() as session:
        tries = session.query(LoginAttempt).filter_by(login="ada", succeeded=False).count()
    assert tries == lockout.PAIR_LIMIT


def test_who_is_no_administrator_any_more_cannot_restore(ada: User, name: str) -> None:
    app = open_restore(ada, name)
    with transaction() as session:
        session.execute(update(User).values(role="manager"))
    confirm_blindly(app)
    assert customers() == 2
    assert "Sem permissão" in text_of(app)


def confirm_blindly(app: Visit) -> None:
    fill(app, "Sua senha", PASSWORD)
    fill(app, "Digite RESTAURAR para confirmar", "RESTAURAR")
    press(app, "Restaurar agora")


def test_a_protected_backup_is_opened_with_its_passphrase(folder: Path, ada: User) -> None:
    name = make(folder, ada, passphrase=PASSPHRASE)
    app = open_restore(ada, name)
    assert not app.table
    fill(app, "Senha do backup", "outra frase qualquer")
    press(app, "Abrir")
    assert messages(app) == ["A senha do backup não confere."]
    fill(app, "Senha do backup", PASSPHRASE)
    press(app, "Abrir")
    confirm(app)
    assert "Backup restaurado" in text_of(app)


def test_the_passphrase_of_the_automatic_ones_is_not_asked_for(
    folder: Path, ada: User, configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_BACKUP_PASSPHRASE=PASSPHRASE)
    app = open_restore(ada, make(folder, ada, passphrase=PASSPHRASE))
    assert app.table


def test_a_file_that_is_no_backup_is_refused_with_the_reason(
    folder: Path, ada: User, name: str
) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-100])
    app = open_restore(ada, name)
    assert "cortado no fim" in messages(app)[0]
    assert not app.table
    assert {button.label for button in app.button} == {"Cancelar"}


def test_a_backup_whose_content_was_changed_leaves_the_shop_as_it_was(
    folder: Path, ada: User, name: str
) -> None:
    path = folder / name
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("tables/customers.csv")
    content = bytearray(path.read_bytes())
    names = struct.unpack_from("<HH", content, entry.header_offset + 26)
    content[entry.header_offset + 30 + sum(names) + entry.compress_size // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    app = confirm(open_restore(ada, name))
    assert len(messages(app)) == 1
    assert customers() == 2


def test_a_verification_is_noted_and_touches_nothing(ada: User, name: str) -> None:
    app = open_app(user=ada, script=SCRIPT, file=name, verify="1")
    press(app, "Verificar agora")
    assert "O backup está bom" in text_of(app)
    run = newest_run()
    assert (run.kind, run.ok, run.file) == ("verify", True, name)
    assert customers() == 2


class Sent:
    """A file that a browser sent."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        self.file = content

    def seek(self, place: int) -> None:
        self.place = place

    def read(self, size: int = -1) -> bytes:
        end = None if size < 0 else self.place + size
        block = self.file[self.place : end]
        self.place += len(block)
        return block


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("backup.zip", "backup.zip"),
        ("../../etc/passwd", "etcpasswd"),
        ("..\\..\\x.zip", "x.zip"),
        ("a\0b\n.zip", "ab.zip"),
        ("..", "backup.zip"),
        ("x" * 300 + ".zip", "x" * 96 + ".zip"),
    ],
)
def test_a_sent_file_lies_on_disk_only_while_it_is_read_and_cannot_choose_where(
    name: str, kept: str
) -> None:
    source = Source.of(Sent(name, b"content"))  # type: ignore[arg-type]
    assert source.name == kept
    for _ in range(2):
        with source.on_disk() as path:
            assert path.name == kept
            assert path.read_bytes() == b"content"
            assert path.parent.stat().st_mode & 0o077 == 0
        assert not path.parent.exists()


def test_a_sent_backup_is_shown_and_can_be_restored(folder: Path, ada: User, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    app = open_app(user=ada, page="admin/backup.py").look_at("Outro arquivo")
    [uploader] = app.file_uploader
    uploader.set_value(("meu backup.zip", content, "application/zip"))
    app.run()
    press(app, "Ver o que há nele e restaurar")
    assert list(app.table[0].value.loc["Clientes"]) == ["1", "2"]
    assert "meu backup.zip" in text_of(app)


def test_the_backup_made_before_a_restore_does_not_push_out_the_one_restored(
    folder: Path, ada: User, name: str
) -> None:
    with transaction() as session:
        once = ShopSettings(backups_daily=1, backups_weekly=0, backups_monthly=0)
        settings.change(session, actor_of(ada), once)
    old = backup_folder.file_name(NOW - timedelta(days=40))
    (folder / name).rename(folder / old)
    app = open_restore(ada, old)
    confirm_blindly(app)
    assert "Backup restaurado" in text_of(app)
    assert customers() == 1
    assert len(backup_folder.files(folder)) == 2
