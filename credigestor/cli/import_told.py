"""What the import command tells: what came in or why not, and what a trial showed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import click
from sqlalchemy.orm import Session

from credigestor import clock
from credigestor.atomic_file import atomic_file
from credigestor.cli.common import ACTOR, progress_bar
from credigestor.cli.import_choices import write_report
from credigestor.exports.csv_folder import export_folder
from credigestor.exports.csv_format import write_rows
from credigestor.imports.choices import Choices
from credigestor.imports.plan import Plan
from credigestor.imports.reading import Source
from credigestor.imports.trial import DEBTORS, Trial, figures, rows_of_debtors, trial
from credigestor.rules.money import format_brl

#: Of who would owe most, so many are told; all are in the file.
_MOST = 10


def try_out(
    source: Source, choices: Choices, folder: Path, kept: Path | None, *, today: date
) -> None:
    """Try an import, tell what it showed, and write the shop as it would be into the folder.

    `kept` is where the check of the files goes. Raises click's Exit(1) where rows are wrong or the
    accounts of the shop that came of it do not add up.
    """

    def keep(session: Session) -> None:
        export_folder(session, folder, as_of=today, today=today, generated_at=clock.now())

    with progress_bar() as progress:
        found = trial(ACTOR, source, today=today, choices=choices, keep=keep, progress=progress)
    plan = found if isinstance(found, Plan) else found.plan
    report(plan, dry_run=True)
    if kept is not None:
        write_report(kept, plan)
    if isinstance(found, Plan):
        raise click.exceptions.Exit(1)
    _tell(found)
    with atomic_file(folder / "quem-deve.csv") as file:
        write_rows(file, DEBTORS, rows_of_debtors(found))
    click.echo(f"A loja ensaiada está em {folder}, e tudo foi desfeito.")
    if found.problems:
        raise click.exceptions.Exit(1)


def _tell(found: Trial) -> None:
    click.echo(f"{'':<26}{'hoje':>20}{'com os arquivos':>20}")
    for name, now, then in figures(found):
        click.echo(f"{name:<26}{_shown(now):>20}{_shown(then):>20}")
    if found.after.debtors:
        click.echo("Quem mais deveria:")
    for each in found.after.debtors[:_MOST]:
        click.echo(f"  {each.name[:40]:<42}{format_brl(each.owed):>20}")
    for problem in found.problems:
        click.echo(f"{problem.entity} {problem.id}: {problem.detail}")
    if not found.problems:
        click.echo("Conferência da loja ensaiada: tudo confere.")


def _shown(value: int | Decimal) -> str:
    return format_brl(value) if isinstance(value, Decimal) else str(value)


def report(plan: Plan, *, dry_run: bool) -> None:
    """Tell what an import did, or why it did nothing."""
    for notice in plan.notices:
        click.echo(notice)
    for problem in plan.problems:
        place = [problem.file]
        place += [f"linha {problem.line}"] if problem.line else []
        place += [f"coluna {problem.column}"] if problem.column else []
        click.echo(f"{', '.join(place)}: {problem.reason}")
    if plan.more_problems:
        click.echo(f"… e mais {plan.more_problems} problemas.")
    if any(problem.reason.startswith("Falta a coluna") for problem in plan.problems):
        click.echo("Se a coluna tem outro nome, indique-o com --map, como vendas.csv:ref=Pedido.")
    if plan.problem_count:
        problems = "1 problema" if plan.problem_count == 1 else f"{plan.problem_count} problemas"
        click.echo(f"{problems}. Nada foi gravado.")
        return
    for name, label in (
        ("customers", "Clientes"),
        ("sales", "Vendas"),
        ("notes", "Notas"),
        ("payments", "Pagamentos"),
    ):
        new, known = getattr(plan.new, name), getattr(plan.known, name)
        click.echo(f"{label:<12}{new:>8} novos {known:>8} já importados")
    if dry_run:
        click.echo("Tudo certo. Só conferência: nada foi gravado.")
