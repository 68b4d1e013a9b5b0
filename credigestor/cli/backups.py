"""Backup and restore by the command line: for cron, for compose, and for the day of need."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event

import click

from credigestor import clock
from credigestor.backups import archive, automatic, restore
from credigestor.backups.backup import IN_THE_CLEAR, check_passphrase
from credigestor.cli.common import ACTOR, FOLDER, progress_bar, shop, shop_day
from credigestor.cli.portuguese import Command
from credigestor.config import get_config
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import format_date

_WORD = "RESTAURAR"
_RECOMMENDED = "Use --passphrase-stdin ou a variável CREDIGESTOR_BACKUP_PASSPHRASE."
_FILE = click.Path(path_type=Path, dir_okay=False)
_passphrase = click.option(
    "--passphrase-stdin",
    is_flag=True,
    help="Lê a senha do backup da primeira linha da entrada.",
)


@click.command(cls=Command)
@click.option("--to", "folder", metavar="PASTA", type=FOLDER, help="Onde gravar o arquivo.")
@click.option(
    "--verify",
    "file",
    metavar="ARQUIVO",
    type=_FILE,
    help="Em vez de gravar, restaura ARQUIVO ao lado dos dados, confere as contas e apaga.",
)
@click.option(
    "--daily",
    is_flag=True,
    help="Fica no ar e faz o backup na hora marcada nas configurações, todo dia.",
)
@_passphrase
@click.pass_context
def backup(
    context: click.Context,
    folder: Path | None,
    file: Path | None,
    daily: bool,
    passphrase_stdin: bool,
) -> None:
    """Grava todos os dados num arquivo ZIP, de que a loja inteira se restaura.

    O nome tem a data e a hora (UTC). Dos backups da pasta ficam os últimos de cada dia, semana e
    mês, como dizem as configurações. Sem --passphrase-stdin vale a senha de
    CREDIGESTOR_BACKUP_PASSPHRASE, se houver. Use uma: o arquivo tem os dados dos clientes e as
    senhas (cifradas) de quem usa o sistema. Guarde-o como se guarda o cofre.
    """
    if file is not None and (daily or folder is not None):
        raise click.UsageError("", context)
    if file is None and folder is None and not daily:
        wanted = next(param for param in context.command.params if param.name == "folder")
        raise click.MissingParameter(ctx=context, param=wanted)
    shop()
    passphrase = _read_passphrase(passphrase_stdin)
    if daily:
        _stay(folder or get_config().backups, passphrase)
    elif file is not None:
        _verify(file, passphrase)
    elif folder is not None:
        _make(folder, passphrase)


@click.command("restore", cls=Command)
@click.argument("file", metavar="ARQUIVO", type=_FILE)
@click.option("--yes", is_flag=True, help="Não pede confirmação.")
@_passphrase
def restore_(file: Path, yes: bool, passphrase_stdin: bool) -> None:
    """Põe os dados de um backup no lugar de todos os da loja.

    O arquivo é conferido por inteiro e carregado ao lado antes da troca. Se algo não confere, os
    dados ficam como estavam. Depois, todos entram de novo com usuário e senha.
    """
    today = shop_day()
    passphrase = _read_passphrase(passphrase_stdin)
    if not yes:
        _confirm(file, passphrase)
    with progress_bar() as progress:
        done = restore.restore(file, ACTOR, passphrase=passphrase, today=today, progress=progress)
    click.echo(
        f"Restaurado: {done.rows} linhas em {done.tables} tabelas. Todos devem entrar de novo."
    )


def _make(folder: Path, passphrase: str | None) -> None:
    with progress_bar() as progress:
        made = automatic.make(
            folder.absolute(), ACTOR, now=clock.now(), passphrase=passphrase, progress=progress
        )
    click.echo(made.path)
    if passphrase is None:
        click.echo(f"Atenção: {IN_THE_CLEAR} {_RECOMMENDED}", err=True)


def _verify(file: Path, passphrase: str | None) -> None:
    with progress_bar() as progress:
        found = automatic.verify(
            file, ACTOR, now=clock.now(), passphrase=passphrase, progress=progress
        )
    click.echo(f"{file}: {found.rows} linhas em {found.tables} tabelas. Tudo confere.")


def _confirm(file: Path, passphrase: str | None) -> None:
    with archive.opened(file, passphrase=passphrase) as source:
        manifest = source.manifest
    click.echo(
        f"Backup de {manifest.shop or 'uma loja sem nome'}, feito em "
        f"{format_date(manifest.generated_at.date())} (UTC), com {manifest.rows} linhas.",
        err=True,
    )
    typed = click.prompt(f"Todos os dados de agora serão trocados. Digite {_WORD}", err=True)
    if typed.strip() != _WORD:
        raise InvalidInput("Nada foi restaurado.")


def _stay(folder: Path, passphrase: str | None) -> None:
    if passphrase is not None:
        check_passphrase(passphrase)  # now, and not when the hour has come
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    config = get_config()
    automatic.run_forever(
        stop,
        folder.absolute(),
        passphrase=passphrase,
        now=clock.now,
        weekly=automatic.Weekly(config.verify_hour, config.verify_minutes),
    )


def _read_passphrase(from_stdin: bool) -> str | None:
    """The one typed into us, else the configured one, else none."""
    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
        if not typed:
            raise InvalidInput("Informe a senha do backup na primeira linha da entrada.")
        return typed
    return get_config().passphrase
