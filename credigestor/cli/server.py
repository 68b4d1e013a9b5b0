"""The commands `db`: the database's server, started, stopped, shown, and the app's role on it."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import psycopg

from credigestor.cli.common import FOLDER
from credigestor.cli.portuguese import Group
from credigestor.config import get_config
from credigestor.errors import InvalidInput
from credigestor.postgres import launcher, roles
from credigestor.postgres.binaries import EmbeddedError


@click.group(cls=Group)
def db() -> None:
    """Cuida do servidor do banco de dados: o embutido, ou um próprio."""


@db.command()
def start() -> None:
    """Inicia o banco embutido, se ainda não estiver no ar."""
    launcher.start(_data_dir())
    click.echo("O banco de dados está no ar.")


@db.command()
def stop() -> None:
    """Para o banco embutido."""
    stopped = launcher.stop(_data_dir())
    click.echo("O banco de dados parou." if stopped else "O banco de dados já estava parado.")


@db.command()
def status() -> None:
    """Mostra se o banco embutido está no ar."""
    found = launcher.status(_data_dir())
    state = f"no ar (processo {found.pid})" if found.running else "parado"
    click.echo(f"Banco embutido: {state}")
    click.echo(f"Pasta: {found.data_dir}")
    if found.version:
        click.echo(f"PostgreSQL {found.version}")
    if get_config().database_url:
        click.echo("DATABASE_URL está definida: o CrediGestor usa aquele servidor, não este.")


@db.command("roles")
@click.option(
    "--socket",
    "sockets",
    metavar="PASTA",
    type=FOLDER,
    required=True,
    help="Pasta do socket do servidor, em que o superusuário dele entra sem senha.",
)
def roles_(sockets: Path) -> None:
    """Dá ao aplicativo um papel comum num servidor próprio, como o do compose.

    A primeira linha da entrada é a senha desse papel. O superusuário fica sem senha: pela rede, não
    entra mais. Num servidor de uma versão antiga, tudo passa a ser do novo papel.
    """
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InvalidInput("Informe a senha do aplicativo na primeira linha da entrada.")
    try:
        roles.set_apart(sockets, password=password)
    except psycopg.Error as error:
        raise EmbeddedError(f"O servidor em {sockets} não pôde ser usado: {error}") from error
    click.echo(f"O papel {roles.NAME} está pronto e não é superusuário.")


def _data_dir() -> Path:
    return get_config().data_dir.absolute()
