"""The command `migrate-shops`: every shop of a server brought to this version, one by one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from dotenv import dotenv_values

from credigestor.cli.common import FOLDER
from credigestor.cli.portuguese import Command
from credigestor.config import environment_with
from credigestor.errors import InvalidInput

_COMMON = "loja.env"


@click.command("migrate-shops", cls=Command)
@click.argument("folder", metavar="PASTA", type=FOLDER)
def migrate_shops(folder: Path) -> None:
    """Atualiza as tabelas de todas as lojas de um servidor.

    Em PASTA estão os arquivos que o systemd lê: PORTA.env de cada processo e, se houver, loja.env,
    do que é comum a todos. Uma loja que falha não impede as outras; o comando sai então com código
    1.
    """
    files = sorted(folder.glob("[0-9]*.env")) or list(folder.glob(_COMMON))
    if not files:
        raise InvalidInput(f"Não há PORTA.env nem {_COMMON} em {folder}.")
    common = _variables(folder / _COMMON)
    shops: dict[tuple[str | None, ...], tuple[Path, dict[str, str]]] = {}
    for file in files:
        found = common | _variables(file)
        shops.setdefault(_key(found), (file, found))
    failed = [file.name for file, found in shops.values() if not _migrate(file, found)]
    if failed:
        click.echo(f"Não foram atualizadas: {', '.join(failed)}", err=True)
        raise click.exceptions.Exit(1)


def _migrate(file: Path, variables: dict[str, str]) -> bool:
    """By a process of its own: what a process is configured for holds until its end."""
    done = subprocess.run(
        [sys.executable, "-m", "credigestor", "migrate"],
        env=environment_with(variables),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout if done.returncode == 0 else done.stderr or done.stdout).strip()
    click.echo(f"{file.name}: {said}", err=done.returncode != 0)
    return done.returncode == 0


def _variables(file: Path) -> dict[str, str]:
    """What a file of systemd's says; a "$" in a password stands for itself."""
    if not file.is_file():
        return {}
    return {name: value or "" for name, value in dotenv_values(file, interpolate=False).items()}


def _key(variables: dict[str, str]) -> tuple[str | None, ...]:
    """Two processes of a shop have the same."""
    return tuple(map(variables.get, ("DATABASE_URL", "CREDIGESTOR_SCHEMA", "CREDIGESTOR_DATA_DIR")))
