"""click in Portuguese: help, errors of usage, and business errors as one line without a trace."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from credigestor.atomic_file import reason
from credigestor.db import outages
from credigestor.errors import BusinessError, DiskFull
from credigestor.postgres.launcher import EmbeddedError

_HEADINGS = {
    "Options": "Opções",
    "Commands": "Comandos",
    "Positional arguments": "Argumentos",
}


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Uso: ")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(_HEADINGS.get(name, name)):
            yield


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is Portuguese."""

    context_class = _Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("options_metavar", "[OPÇÕES]")
        super().__init__(*args, **kwargs)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The --help option, described in Portuguese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Mostra esta ajuda."
        return option


class Group(Command, click.Group):
    """A group of such commands; as the main one it words every error that people can make."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("subcommand_metavar", "COMANDO [ARGUMENTOS]…")
        super().__init__(*args, **kwargs)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, print what went wrong on stderr, and leave: 1 for refusals, 2 for wrong usage."""
        kwargs["standalone_mode"] = False
        try:
            result = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.message)
            sys.exit(2)
        except click.UsageError as error:
            _fail(_usage(error), code=2)
        except click.Abort:
            _fail("Interrompido.")
        except (BusinessError, EmbeddedError) as error:
            _fail(str(error))
        except ValidationError as error:
            _fail(_configuration(error))
        except OperationalError as error:
            outage = outages.named(error)
            # The reason of a connection refused says more than that the database is away.
            named = isinstance(outage, DiskFull)
            _fail(str(outage) if named else f"Não foi possível usar o banco de dados: {error.orig}")
        except OSError as error:
            _fail(f"{error.filename or 'Arquivo'}: {reason(error)}")
        sys.exit(result if isinstance(result, int) else 0)


def _fail(message: str, *, code: int = 1) -> None:
    click.echo(f"Erro: {message}", err=True)
    sys.exit(code)


def _configuration(error: ValidationError) -> str:
    """Which variables are wrong; never their values, which may hold a password."""
    wrong = [
        f"{detail['loc'][0]} ({detail.get('ctx', {}).get('error', 'valor inválido')})"
        for detail in error.errors(include_input=False)
    ]
    return f"Confira a configuração: {'; '.join(wrong)}."


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        what = f"Opção desconhecida: {error.option_name}."
    elif isinstance(error, click.exceptions.NoSuchCommand):
        what = f"Comando desconhecido: {error.command_name}."
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        what = f"Falta {error.param.make_metavar(error.ctx)}." if error.ctx else "Falta um valor."
    elif isinstance(error, click.BadParameter) and error.param is not None:
        what = f"Valor inválido para {error.param.human_readable_name}: {error.message}"
    else:
        what = "Há argumentos demais ou de menos."
    path = error.ctx.command_path if error.ctx else ""
    return f"{what} Veja: {path} --help"
