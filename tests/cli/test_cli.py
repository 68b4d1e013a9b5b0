"""The command line, as somebody at a terminal or a script sees it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from sqlalchemy import func, select, text

from credigestor import __version__
from credigestor.cli import main
from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import Customer, Sale, User
from credigestor.rules.permissions import Actor
from credigestor.services.passwords import password_matches
from tests.cli.commands import run
from tests.imports.files import shop
from tests.portfolio import add_customer, add_sale, pay
from tests.postgres.servers import open_folder

ROOT = Path(__file__).resolve().parents[2]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_and_every_option_has_help_in_portuguese(path: tuple[str, ...]) -> None:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    assert command.help
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert all(option.help for option in options)
    shown = run(*path, "--help").output
    assert "Uso: credigestor" in shown
    assert "Mostra esta ajuda." in shown
    for english in ("Usage", "Options", "Commands", "Show this message"):
        assert english not in shown


def test_the_version_is_told() -> None:
    assert run("--version").output == f"CrediGestor {__version__}\n"


def test_the_commands_are_those_of_the_design() -> None:
    assert set(main.commands) == {
        "migrate", "create-admin", "demo", "import", "export", "backup", "restore", "check",
        "summary", "close-days", "db", "keys", "webhooks", "undo-import", "migrate-shops",
    }  # fmt: skip
    database = main.commands["db"]
    assert isinstance(database, click.Group)
    assert set(database.commands) == {"start", "stop", "status", "roles"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["import"], "Falta PASTA|ARQUIVO..."),
        (["backup"], "Falta PASTA."),
        (["backup", "--verify", "a.zip", "--to", "b"], "argumentos demais"),
        (["restore"], "Falta ARQUIVO."),
        (["importar"], "Comando desconhecido: importar."),
        (["check", "--tudo"], "Opção desconhecida: --tudo."),
        (["check", "isto"], "argumentos demais"),
    ],
)
def test_wrong_usage_is_explained_in_portuguese(args: list[str], message: str) -> None:
    result = run(*args)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "--help" in result.stderr
    assert result.stdout == ""


@pytest.mark.usefixtures("db")
class TestWithADatabase:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        for name, content in shop().items():
            (tmp_path / name).write_bytes(content)
        return tmp_path

    def test_a_new_database_is_migrated_by_the_first_command(self) -> None:
        with transaction() as session:
            schema = session.scalar(text("SELECT current_schema()"))
            session.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        assert run("check").stdout == "Tudo confere.\n"
        assert "revisão" in run("migrate").stdout

    def test_import_tells_what_it_did_and_what_it_knew(self, folder: Path) -> None:
        dry = run("import", str(folder), "--dry-run")
        assert (dry.exit_code, "nada foi gravado" in dry.stdout) == (0, True)
        first = run("import", str(folder))
        assert first.exit_code == 0
        assert ["Clientes", "2", "novos", "0", "já", "importados"] in map(
            str.split, first.stdout.splitlines()
        )
        again = run("import", str(folder))
        assert ["Notas", "0", "novos", "3", "já", "importados"] in map(
            str.split, again.stdout.splitlines()
        )
        with snapshot() as session:
            assert session.scalar(select(func.count()).select_from(Sale)) == 2

    def test_import_names_wrong_rows_and_fails(self, folder: Path) -> None:
        bad = shop(clientes=[("C3", "Zé", "123", "", "", "", "", "")])
        (folder / "clientes.csv").write_bytes(bad["clientes.csv"])
        result = run("import", str(folder))
        assert result.exit_code == 1
        assert "clientes.csv, linha 4, coluna cpf: " in result.stdout
        assert "1 problema. Nada foi gravado." in result.stdout
        with snapshot() as session:
            assert session.scalar(select(func.count()).select_from(Customer)) == 0

    def test_a_missing_folder_is_a_message_without_a_trace(self, tmp_path: Path) -> None:
        result = run("import", str(tmp_path / "nada"))
        assert result.exit_code == 1
        assert result.stderr == f"Erro: {tmp_path / 'nada'} não existe.\n"

    def test_r37_days_are_closed_and_a_summary_tells_both(self, folder: Path) -> None:
        run("import", str(folder))
        closed = run("close-days", "25/02/2026")
        assert (closed.exit_code, closed.stdout) == (
            0,
            "Os dias até 25/02/2026 estão fechados.\n",
        )
        assert "já estavam fechados" in run("close-days", "2026-02-25").stdout
        more = shop(
            vendas=[("V3", "C2", "20/02/2026", "", "100,00", "0,00", "1", "20/03/2026")],
            pagamentos=[("V3", "1", "24/02/2026", "100,00", "Dinheiro")],
        )
        for name, content in more.items():
            (folder / name).write_bytes(content)
        refused = run("import", str(folder))
        assert (refused.exit_code, "informe o motivo" in refused.stderr) == (1, True)
        assert run("import", str(folder), "--reason", "caderno achado").exit_code == 0
        told = run("summary", "--as-of", "2026-02-25").stdout.splitlines()
        assert told[1].split() == ["agora", "como", "fechado"]
        assert ["Vendas", "3", "2"] in map(str.split, told)
        as_json = json.loads(run("summary", "--as-of", "2026-02-25", "--json").stdout)
        assert (as_json["payments"], as_json["as_closed"]["payments"]) == (3, 2)
        assert "as_closed" not in json.loads(run("summary", "--json").stdout)
        back = run("close-days", "2026-01-01")
        assert (back.exit_code, back.stderr) == (1, "Erro: Explique o motivo.\n")
        assert run("close-days", "2026-01-01", "--reason", "engano").exit_code == 0
        assert run("check").stdout == "Tudo confere.\n"

    def test_summary_as_json_is_nothing_but_json(self, folder: Path) -> None:
        run("import", str(folder))
        result = run("summary", "--as-of", "2026-02-24", "--json")
        figures = json.loads(result.stdout)
        assert figures["customers"] == 2
        assert figures["financed"] == "1200.00"
        assert list(figures["aging"]) == [
            "current", "1-30", "31-60", "61-90", "91-180", "181-360", ">360",
        ]  # fmt: skip
        assert result.stderr == ""
        assert "R$\xa01.200,00" in run("summary", "--as-of", "24/02/2026").stdout
        wrong = run("summary", "--as-of", "ontem")
        assert (wrong.exit_code, "Data inválida" in wrong.stderr) == (1, True)

    def test_a_real_process_prints_pure_json_too(self) -> None:
        result = subprocess.run(
            [sys.executable, "-m", "credigestor", "summary", "--json"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        assert json.loads(result.stdout)["notes"] == 0

    def test_check_lists_what_does_not_agree_and_fails(self, admin: Actor) -> None:
        with transaction() as session:
            ana = add_customer(session)
            sale = add_sale(session, ana, date(2026, 1, 5), [("300.00", date(2026, 2, 5))])
            pay(session, admin, sale.notes[0], "100.00", date(2026, 2, 5))
        assert run("check").stdout == "Tudo confere.\n"
        with transaction() as session:
            session.execute(text("UPDATE notes SET principal_balance = 150"))
        result = run("check")
        assert result.exit_code == 1
        assert result.stdout.startswith(f"notes {sale.notes[0]}: ")

    def test_export_and_backup_write_their_files(self, folder: Path, tmp_path: Path) -> None:
        run("import", str(folder))
        out = tmp_path / "saida" / "csv"
        assert run("export", str(out), "--as-of", "2026-03-01").exit_code == 0
        assert sorted(path.name for path in out.iterdir()) == [
            *("atos.csv", "clientes.csv", "contatos.csv", "creditos.csv", "entradas.csv"),
            *("inadimplencia.csv", "mudancas-cadastro.csv", "notas.csv", "pagamentos.csv"),
            *("promessas.csv", "vendas.csv"),
        ]  # fmt: skip
        assert "01/03/2026" in (out / "notas.csv").read_text(encoding="utf-8-sig")
        path = Path(run("backup", "--to", str(tmp_path / "cópias")).stdout.strip())
        assert path.parent == tmp_path / "cópias"
        with zipfile.ZipFile(path) as archive:
            assert "manifest.json" in archive.namelist()

    def test_the_first_admin_and_another_one_are_made(self) -> None:
        first = run(
            "create-admin", "--login", "Ana", "--name", "Ana Luz", "--password-stdin",
            typed="uma senha boa\n",
        )  # fmt: skip
        assert (first.exit_code, first.stdout) == (0, "Administrador ana criado.\n")
        second = run("create-admin", typed="bia\nBia Sol\noutra senha boa\noutra senha boa\n")
        assert second.exit_code == 0
        assert "outra senha" not in second.output
        with snapshot() as session:
            users = session.scalars(select(User).order_by(User.id)).all()
        assert [(user.login, user.role) for user in users] == [("ana", "admin"), ("bia", "admin")]
        assert password_matches("uma senha boa", users[0].password_hash)
        assert password_matches("outra senha boa", users[1].password_hash)

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            ("bia\nBia\numa senha boa\noutra senha boa\n", "senhas são diferentes"),
            ("bia\nBia\ncurta\ncurta\n", "10 caracteres"),
            ("BIA!\nBia\numa senha boa\numa senha boa\n", "O usuário tem de 3"),
        ],
    )
    def test_an_admin_who_cannot_be_is_refused(self, typed: str, message: str) -> None:
        result = run("create-admin", typed=typed)
        assert result.exit_code == 1
        assert message in result.stderr
        with snapshot() as session:
            assert session.scalar(select(func.count()).select_from(User)) == 0

    def test_an_empty_password_is_refused(self) -> None:
        result = run("create-admin", "--login", "ana", "--name", "A", "--password-stdin", typed="")
        assert (result.exit_code, "Informe a senha" in result.stderr) == (1, True)

    def test_demo_shows_its_accounts_once_and_refuses_a_second_time(self) -> None:
        result = run("demo")
        assert result.exit_code == 0
        assert len([line for line in result.stdout.splitlines() if line.startswith("  ")]) == 5
        again = run("demo")
        assert (again.exit_code, again.stdout) == (1, "")
        assert "já tem clientes" in again.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://loja:segredo@localhost/loja"),
        ("DATABASE_URL", "segredo"),
        ("CREDIGESTOR_SCHEMA", "Segredo da loja"),
    ],
)
def test_a_wrong_configuration_is_named_without_a_trace_or_its_value(
    variable: str, value: str
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "credigestor", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", variable: value},
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Erro: Confira a configuração: {variable}")
    assert "egredo" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_out_of_reach_is_a_message_without_a_trace() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "credigestor", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"DATABASE_URL": "postgresql://nobody.invalid/", "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 1
    assert result.stderr.startswith("Erro: Não foi possível usar o banco de dados")
    assert "Traceback" not in result.stderr


def test_the_embedded_database_starts_shows_itself_and_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from credigestor.config import get_config

    with open_folder() as folder:
        monkeypatch.setenv("CREDIGESTOR_DATA_DIR", str(folder / "dados"))
        monkeypatch.delenv("DATABASE_URL", raising=False)
        get_config.cache_clear()
        try:
            assert "parado" in run("db", "status").stdout
            assert run("db", "start").exit_code == 0
            assert "no ar" in run("db", "status").stdout
            assert run("db", "stop").stdout == "O banco de dados parou.\n"
            assert run("db", "stop").stdout == "O banco de dados já estava parado.\n"
        finally:
            run("db", "stop")
            get_config.cache_clear()
