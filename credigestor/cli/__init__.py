"""The command line: thin commands over the same services, reports and files as the pages.

Everything needed from the database migrates it first. Results go to stdout, progress and
errors to stderr. Whoever can run this has the server: it acts as an administrator.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from datetime import date
from pathlib import Path

import click
from sqlalchemy.exc import ProgrammingError

from credigestor import __version__, clock, logs
from credigestor import demo as demonstration
from credigestor.cli import (
    backups,
    closings,
    import_told,
    importing,
    keys,
    server,
    shops,
    webhooks,
)
from credigestor.cli.common import (
    ACTOR,
    FOLDER,
    bring_up_summaries,
    brought_up_to_check,
    progress_bar,
    shop,
    shop_day,
)
from credigestor.cli.import_choices import import_choices, write_report
from credigestor.cli.portuguese import Group
from credigestor.cli.undo_import import undo_import
from credigestor.db import replica
from credigestor.db.engine import snapshot, transaction
from credigestor.db.migrate import head_revision
from credigestor.errors import InvalidInput
from credigestor.exports import csv_folder
from credigestor.exports.catalogue import Style
from credigestor.imports import importer
from credigestor.imports.choices import Choices
from credigestor.imports.unattended import choices_of
from credigestor.reports import summary as figures
from credigestor.reports.as_closed import as_closed as closed_figures
from credigestor.reports.check import report as ledger
from credigestor.reports.unfolded import unfolded
from credigestor.rules.calendar import format_date, parse_date
from credigestor.rules.permissions import Role
from credigestor.rules.quoting import quote
from credigestor.services import repairs, users
from credigestor.services.summaries import READERS_SALES


@click.group(cls=Group, context_settings={"max_content_width": 100})
@click.version_option(
    __version__, prog_name="CrediGestor", message="%(prog)s %(version)s", help="Mostra a versão."
)
def main() -> None:
    """CrediGestor: o crediário da loja, pela linha de comando."""
    logs.configure()


@main.command()
def migrate() -> None:
    """Cria ou atualiza as tabelas do banco de dados."""
    shop()
    click.echo(f"O banco de dados está na revisão {head_revision()}.")


@main.command("create-admin")
@click.option("--login", help="Usuário, com letras sem acento, números, ponto ou hífen.")
@click.option("--name", help="Nome completo.")
@click.option("--password-stdin", is_flag=True, help="Lê a senha da primeira linha da entrada.")
def create_admin(login: str | None, name: str | None, password_stdin: bool) -> None:
    """Cria um administrador: o primeiro da loja, ou mais um."""
    shop()
    login = login or click.prompt("Usuário")
    name = name or click.prompt("Nome completo")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else _ask_password()
    if not password:
        raise InvalidInput("Informe a senha.")
    with transaction() as session:
        if users.has_users(session):
            users.create(session, ACTOR, login=login, name=name, role=Role.ADMIN, password=password)
        else:
            users.create_first_admin(session, login=login, name=name, password=password)
    click.echo(f"Administrador {login.strip().lower()} criado.")


@main.command()
def demo() -> None:
    """Carrega a loja de demonstração numa loja vazia.

    Cria contas de vendedores e gerentes e mostra suas senhas, uma só vez.
    """
    today = shop_day()
    with progress_bar() as progress:
        accounts = demonstration.load(today=today, progress=progress)
    click.echo("Anote as senhas; elas não serão mostradas de novo.")
    for login, role, password in accounts:
        click.echo(f"  {login:<12} {role:<12} {password}")


@main.command("import")
@click.argument("paths", metavar="PASTA|ARQUIVO...", type=importing.PATHS, nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Só confere; nada é gravado.")
@click.option(
    "--watch", is_flag=True, help="Fica no ar e importa o que aparece na PASTA, uma vez cada."
)
@click.option(
    "--map",
    "names",
    metavar="ARQUIVO:COLUNA=NOME",
    multiple=True,
    help="Nome que uma coluna tem no arquivo, como vendas.csv:cliente=Código; pode repetir.",
)
@click.option("--shape", type=importing.SHAPES, help="O que é uma linha de cada tabela.")
@click.option("--mapping", metavar="NOME", help="Leitura guardada na página Importar.")
@click.option("--reason", metavar="MOTIVO", help="Por que entram datas de dias já fechados.")
@click.option(
    "--trial",
    metavar="PASTA",
    type=FOLDER,
    help="Ensaia: importa, mostra a loja como ficaria, grava-a em PASTA como CSV, e desfaz tudo.",
)
@click.option("--report", metavar="ARQUIVO", type=FOLDER, help="Grava a conferência como CSV.")
@import_choices
def import_(
    paths: tuple[Path, ...],
    dry_run: bool,
    watch: bool,
    names: tuple[str, ...],
    shape: str | None,
    mapping: str | None,
    reason: str | None,
    trial: Path | None,
    report: Path | None,
    choices: Choices,
) -> None:
    """Importa o passado da loja, de uma PASTA ou de ARQUIVOs.

    Numa PASTA estão clientes.csv, vendas.csv, pagamentos.csv e, se houver, parcelas.csv. Um ARQUIVO
    é uma planilha ou um CSV com uma linha por cliente, venda, parcela ou pagamento, ou com o que
    cada cliente deve; o que é o quê se reconhece pelos nomes das colunas. Tudo é conferido antes;
    havendo uma linha errada, nada é gravado. Importar de novo os mesmos arquivos não muda nada.
    """
    if watch:
        asked = (dry_run, names, shape, reason, trial, report, choices.apply_changes)
        importing.check_watched(paths, *asked)
        shop()
        importing.watch(paths[0], mapping or "", choices)
        return
    today = shop_day()
    kept = importing.kept_reading(mapping)
    source = importing.source(paths, _names(names), shape, kept, today=today)
    choices = choices_of(kept, choices)
    if trial is not None:
        import_told.try_out(source, choices, trial, report, today=today)
        return
    with progress_bar() as progress:
        with transaction() as session:
            plan = importer.run(
                session,
                ACTOR,
                source,
                today=today,
                dry_run=dry_run,
                why=reason,
                choices=choices,
                progress=progress,
                account=report is not None,
            )
        if not dry_run:
            bring_up_summaries(today, progress)
    import_told.report(plan, dry_run=dry_run)
    if report is not None:
        write_report(report, plan)
    if plan.problem_count:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("folder", metavar="PASTA", type=FOLDER)
@click.option("--as-of", metavar="DATA", help="Data-base do que é devido; sem ela, hoje.")
@click.option(
    "--style",
    type=click.Choice([style.value for style in Style]),
    default=Style.EXCEL.value,
    help="excel: ponto e vírgula, vírgula decimal; plain: vírgula, ponto decimal, datas ISO.",
)
def export(folder: Path, as_of: str | None, style: str) -> None:
    """Grava os dados em PASTA, como arquivos CSV.

    São clientes, vendas, notas, pagamentos, atos, entradas, creditos, contatos, promessas e
    inadimplencia (.csv), para abrir numa planilha. Não servem para restaurar a loja: para isso há
    o comando backup.
    """
    today = shop_day()
    day = _date(as_of, default=today)
    with replica.snapshot() as session:
        for written in csv_folder.export_folder(
            session, folder, style=Style(style), as_of=day, today=today, generated_at=clock.now()
        ):
            click.echo(f"{folder / written.name}: {written.rows} linhas")


@main.command()
@click.option(
    "--repair",
    is_flag=True,
    help="Conserta antes as sequências atrasadas e os nomes para a busca; nada mais.",
)
def check(repair: bool) -> None:
    """Confere se todas as contas fecham.

    Refaz cada nota a partir de seus pagamentos, confere as somas, procura linhas órfãs, compara a
    auditoria com o que ela conta e as tabelas com as deste programa. Sai com código 1 se algo não
    confere.
    """
    brought_up_to_check()
    if repair:
        with transaction() as session:
            repaired = repairs.repair(session, ACTOR)
        for table in repaired.sequences:
            click.echo(f"{table}: a sequência foi acertada.")
        if repaired.names:
            click.echo(f"customers: nomes acertados para a busca: {repaired.names}.")
    with progress_bar() as progress:
        problems = ledger.check_in_slices(
            replica.snapshot, lambda done, total: progress(done / max(total, 1), "Conferindo")
        )
    _tell_unfolded()
    for problem in problems:
        click.echo(f"{problem.entity} {problem.id}: {problem.detail}")
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("Tudo confere.")


@main.command()
@click.option("--as-of", metavar="DATA", help="Data-base, como 2026-11-23; sem ela, hoje.")
@click.option("--json", "as_json", is_flag=True, help="Escreve JSON, com valores de dois decimais.")
def summary(as_of: str | None, as_json: bool) -> None:
    """Mostra os números da loja numa data-base; de um dia fechado, também como foi fechado."""
    today = shop_day()
    day = _date(as_of, default=today)
    with snapshot() as session:
        found = figures.summary(session, day, today=today)
        closed = closed_figures(session, day, now=found)
    if as_json:
        told = figures.as_json(found) | closings.as_json(closed)
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"Em {format_date(day)}:")
    for line in closings.lines(found, closed):
        click.echo(line)


main.add_command(closings.close_days)
main.add_command(backups.backup)
main.add_command(backups.restore_)
main.add_command(server.db)
main.add_command(webhooks.webhooks)
main.add_command(keys.keys)
main.add_command(undo_import)
main.add_command(shops.migrate_shops)


def _tell_unfolded() -> None:
    """What the check of the summaries left out, where that is more than a moment's."""
    with contextlib.suppress(ProgrammingError), snapshot() as session:  # the tables may be broken
        rest = unfolded(session, more_than=READERS_SALES)
        if rest is not None:
            click.echo(
                f"{rest.sales} vendas novas ou mudadas ainda não entraram nos resumos da carteira: "
                "neles, não foram conferidas.",
                err=True,
            )


def _date(text: str | None, *, default: date) -> date:
    return default if text is None else parse_date(text)


def _ask_password() -> str:
    password: str = click.prompt("Senha", hide_input=True)
    if click.prompt("Senha, de novo", hide_input=True) != password:
        raise InvalidInput("As duas senhas são diferentes.")
    return password


def _names(words: tuple[str, ...]) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for word in words:
        match = re.fullmatch(r"\s*([^:=]+?)\s*:\s*([^=]+?)\s*=\s*(.+?)\s*", word)
        if match is None:
            raise InvalidInput(f"Escreva --map como vendas.csv:cliente=Código, não {quote(word)}.")
        file, column, name = match.groups()
        names.setdefault(file.lower(), {})[column.lower()] = name
    return names
