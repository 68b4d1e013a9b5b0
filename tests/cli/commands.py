"""The command line, in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from credigestor.cli import main


def run(*args: str, typed: str = "") -> Result:
    """One command with what is typed into it; exit code, stdout and stderr apart."""
    return CliRunner().invoke(main, list(args), input=typed, prog_name="credigestor")
