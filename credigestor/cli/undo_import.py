"""Undoing a whole import, by the command line."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from credigestor import clock
from credigestor.cli.common import ACTOR, bring_up_summaries, shop
from credigestor.cli.portuguese import Command
from credigestor.db.engine import snapshot, transaction
from credigestor.imports import undoing
from credigestor.reports import imports


@click.command("undo-import", cls=Command)
@click.argument("import_id", metavar="NÚMERO", type=int, required=False)
@click.option("--reason", metavar="MOTIVO", help="Por que a importação é desfeita.")
def undo_import(import_id: int | None, reason: str | None) -> None:
    """Desfaz uma importação inteira, enquanto nada mais mexeu no que ela gravou.

    Sem NÚMERO, mostra as últimas importações e seus números.
    """
    settings = shop()
    if import_id is None:
        zone = ZoneInfo(settings.time_zone)
        with snapshot() as session:
            for each in imports.newest(session):
                state = f", desfeita por {each.undone_by}" if each.undone_by else ""
                rows = f"{each.customers} clientes, {each.sales} vendas, {each.notes} notas"
                click.echo(
                    f"{each.id:>8}  {each.at.astimezone(zone):%d/%m/%Y %H:%M}  {each.by}: {rows}, "
                    f"{each.payments} pagamentos{state}"
                )
        return
    today = clock.today(settings.time_zone)
    with transaction() as session:
        undoing.undo(session, ACTOR, import_id=import_id, why=reason or "")
    bring_up_summaries(today)
    click.echo(f"A importação {import_id} foi desfeita.")
