"""The backup page: how the backups stand, making one, its settings, and the files there are."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from credigestor.backups import archive, backup_folder
from credigestor.db import locks
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Installation, User
from credigestor.db.settings import ShopSettings, current_settings
from credigestor.rules.permissions import Role
from credigestor.services import settings
from tests.factories import actor_of, add_user
from tests.ui.admin.backups import PASSPHRASE, add_run, fill, make, messages, newest_run, press
from tests.ui.support import Visit, open_app, text_of

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def ada(db: str) -> User:
    return add_user(Role.ADMIN, name="Ada Administradora")


def visit(user: User, tab: str = "Arquivos") -> Visit:
    app = open_app(user=user, page="admin/backup.py").look_at(tab)
    assert not app.exception
    return app


def cards(app: Visit) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def set_hour(user: User, hour: int | None) -> None:
    with transaction() as session:
        settings.change(session, actor_of(user), ShopSettings(backup_hour=hour))


def test_a_new_shop_is_told_to_make_its_first_backup(folder: Path, ada: User) -> None:
    app = visit(ada)
    assert "Ainda não há nenhum backup. Faça o primeiro agora." in text_of(app)
    assert cards(app) == {
        "Último backup": "—",
        "Próximo": "em instantes",
        "Última verificação": "—",
        "Guardados": "0 arquivos",
    }
    assert "A pasta está vazia." in text_of(app)


def test_backups_of_another_installation_are_counted_and_not_shown(folder: Path, ada: User) -> None:
    name = make(folder, ada)
    with transaction() as session:
        session.execute(update(Installation).values(id=uuid.UUID(int=1)))
    told = text_of(visit(ada))
    assert "que há na pasta: 1. Não aparecem aqui nem são apagados" in told
    assert "Nenhum backup foi feito por esta instalação." in told
    assert f":small[{name}]" not in told


def test_the_button_makes_one_backup_and_says_so(folder: Path, ada: User) -> None:
    app = press(visit(ada), "Fazer backup agora")
    [file] = backup_folder.files(folder)
    assert f"Backup feito: {file.name}" in text_of(app)
    assert cards(app)["Último backup"] == "agora"
    assert cards(app)["Guardados"] == "1 arquivo"
    run = newest_run()
    assert (run.kind, run.ok, run.automatic) == ("backup", True, False)
    assert (run.actor_name, run.file) == ("Ada Administradora", file.name)


def test_a_click_on_the_button_that_was_there_before_makes_no_second_one(
    folder: Path, ada: User
) -> None:
    """Two fast clicks: the browser sends the second before it has drawn the new button."""
    app = visit(ada)
    [before] = [button for button in app.button if button.label == "Fazer backup agora"]
    press(app, "Fazer backup agora")
    before.click()
    app.run()
    assert not app.exception
    assert len(backup_folder.files(folder)) == 1


@pytest.mark.parametrize(
    ("typed", "again", "told"),
    [
        ("onze letras", "onze letras", "pelo menos 12 caracteres"),
        (PASSPHRASE, PASSPHRASE.upper(), "As duas senhas são diferentes."),
        ("", "", "pelo menos 12 caracteres"),
    ],
)
def test_a_passphrase_that_is_short_or_mistyped_makes_no_backup(
    folder: Path, ada: User, typed: str, again: str, told: str
) -> None:
    app = protect(visit(ada), typed, again)
    assert [message for message in messages(app) if told in message]
    assert backup_folder.files(folder) == []


def test_a_configured_passphrase_that_is_too_short_is_told_of(
    folder: Path, ada: User, configured: Callable[..., None]
) -> None:
    configured(CREDIGESTOR_BACKUP_PASSPHRASE="onze letras")
    app = visit(ada)
    assert "CREDIGESTOR_BACKUP_PASSPHRASE" in messages(app)[0]
    press(app, "Fazer backup agora")
    assert any("pelo menos 12 caracteres" in message for message in messages(app))
    assert backup_folder.files(folder) == []


def test_who_makes_a_backup_in_the_clear_is_told_what_it_holds(
    ada: User, configured: Callable[..., None]
) -> None:
    def told() -> bool:
        return "Sem senha, quem tiver o arquivo lê" in visit(ada).texts

    assert told()
    configured(CREDIGESTOR_BACKUP_PASSPHRASE=PASSPHRASE)
    assert not told()


def test_a_backup_with_a_passphrase_opens_with_it_alone(folder: Path, ada: User) -> None:
    protect(visit(ada), PASSPHRASE, PASSPHRASE)
    [file] = backup_folder.files(folder)
    assert file.encrypted
    with pytest.raises(archive.BadArchive), archive.opened(folder / file.name):
        pass
    with archive.opened(folder / file.name, passphrase=PASSPHRASE) as opened:
        assert opened.manifest.rows > 0


def protect(app: Visit, typed: str, again: str) -> Visit:
    [toggle] = [toggle for toggle in app.toggle if toggle.label == "Proteger com uma senha"]
    toggle.set_value(True)
    app.run()
    fill(app, "Senha do backup", typed)
    fill(app, "Senha do backup, de novo", again)
    return press(app, "Fazer backup agora")


@pytest.mark.parametrize(("hours", "warned"), [(35.9, False), (40, True)])
def test_a_last_good_backup_older_than_36_hours_is_warned_of(
    folder: Path, ada: User, hours: float, warned: bool
) -> None:
    make(folder, ada)
    with transaction() as session:
        session.connection().exec_driver_sql("TRUNCATE backup_runs")
    add_run(hours, file=backup_folder.files(folder)[0].name)
    add_run(1, ok=False, detail="o disco está cheio")
    app = visit(ada)
    assert ("deu certo foi feito há 40 horas" in text_of(app)) is warned
    assert len(app.warning) == warned


def test_a_shop_without_a_daily_hour_is_told_to_choose_one(folder: Path, ada: User) -> None:
    set_hour(ada, None)
    add_run(50)
    app = visit(ada)
    assert cards(app)["Próximo"] == "desligado"
    assert "escolha em Automático a hora" in text_of(app)


def test_a_backup_that_failed_is_shown_with_its_reason(folder: Path, ada: User) -> None:
    add_run(1, ok=False, detail="O disco está cheio (/var/*).")
    [message] = messages(visit(ada))
    assert message.startswith("O último backup, de ")
    assert message.endswith("falhou. O disco está cheio (/var/*).")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("backup", "O último backup, de {}, foi interrompido no meio."),
        ("verify", "A última verificação, de {}, foi interrompida no meio."),
    ],
)
def test_one_whose_process_died_is_called_interrupted(
    folder: Path, ada: User, kind: str, told: str
) -> None:
    add_run(1, ok=None, kind=kind)
    app = visit(ada, "Histórico")
    [message] = messages(app)
    before, after = told.split("{}")
    assert message.startswith(before)
    assert message.endswith(after)
    assert "parou no meio" in list(app.dataframe[0].value["state"])


def test_a_backup_that_is_gone_from_the_folder_is_warned_of(folder: Path, ada: User) -> None:
    name = make(folder, ada)
    assert not visit(ada).warning
    (folder / name).unlink()
    assert f"({name}) não está na pasta" in text_of(visit(ada))


def test_while_one_is_being_made_the_page_says_so_and_offers_no_other(
    folder: Path, ada: User
) -> None:
    """As after a reload in the middle: the page that began it is gone, the backup goes on."""
    with locks.alone("backup") as alone:
        assert alone
        add_run(0.01, ok=None, automatic=False, actor_name="Ada Administradora")
        app = visit(ada)
        assert "Um backup está sendo feito: começou agora, por Ada Administradora." in text_of(app)
        [button] = [button for button in app.button if button.label == "Fazer backup agora"]
        assert button.disabled


def test_the_history_tells_every_run_in_words(folder: Path, ada: User) -> None:
    add_run(30, kind="restore", automatic=False, actor_name="Bia", size=151_474_441)
    add_run(20, kind="verify", ok=False, detail="A tabela notes está incompleta.")
    add_run(10)
    frame = visit(ada, "Histórico").dataframe[0].value
    assert list(frame["kind"]) == ["Backup", "Verificação", "Restauração"]
    assert list(frame["state"]) == ["deu certo", "falhou", "deu certo"]
    assert list(frame["who"]) == ["automático", "automático", "Bia"]
    assert list(frame["size"]) == ["", "", "151,5 MB"]
    assert list(frame["detail"]) == ["", "A tabela notes está incompleta.", ""]


def test_the_hour_and_the_numbers_kept_are_saved_as_settings(folder: Path, ada: User) -> None:
    app = visit(ada, "Automático")
    [hour] = [box for box in app.selectbox if box.label == "Hora do backup diário"]
    assert hour.value == 3
    hour.set_value(-1)
    for field, value in zip(app.number_input, (10, 0, 24), strict=True):
        field.set_value(value)
    app = press(app, "Salvar")
    with snapshot() as session:
        saved = current_settings(session)
    assert saved.backup_hour is None
    assert (saved.backups_daily, saved.backups_weekly, saved.backups_monthly) == (10, 0, 24)
    assert cards(app)["Próximo"] == "desligado"


def test_a_file_is_listed_with_what_is_known_of_it(folder: Path, ada: User) -> None:
    name = make(folder, ada, passphrase=PASSPHRASE)
    (folder / "fotos.zip").write_bytes(b"PK")
    add_run(0, kind="verify", file=name)
    text = text_of(visit(ada))
    assert "com senha" in text
    assert name in text
    assert "Verificado em" in text
    assert "fotos" not in text


def test_many_files_are_shown_page_by_page(folder: Path, ada: User) -> None:
    content = (folder / make(folder, ada)).read_bytes()
    for day in range(1, 12):
        (folder / f"credigestor-backup-2026-01-{day:02d}T060000Z.zip").write_bytes(content)
    app = visit(ada)
    assert cards(app)["Guardados"] == "12 arquivos"
    assert len([button for button in app.button if button.label == "Restaurar"]) == 8


def test_a_manager_has_no_way_in(folder: Path) -> None:
    app = open_app(user=add_user(Role.MANAGER), page="admin/backup.py")
    assert "Sem permissão" in text_of(app)
    assert not app.button or "Fazer backup agora" not in {button.label for button in app.button}
