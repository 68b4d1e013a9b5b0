"""Undoing a whole import, by the command line."""

from __future__ import annotations

import click

from credigestor.cli.common import ACTOR, shop_day
from credigestor.db.engine import snapshot, transaction
from credigestor.imports import undoing
from credigestor.reports import imports


@click.command("undo-import")
@click.argument("import_id", metavar="NÚMERO", type=int, required=False)
@click.option("--reason", metavar="MOTIVO", help="Por que a importação é desfeita.")
def undo_import(import_id: int | None, reason: str | None) -> None:
    """Desfaz uma importação inteira, enquanto nada mais mexeu no que ela gravou.

    Sem NÚMERO, mostra as últimas importações e seus números.
    """
    today = shop_day()
    if import_id is None:
        with snapshot() as session:
            for each in imports.newest(session):
                state = f", desfeita por {each.undone_by}" if each.undone_by else ""
                rows = f"{each.customers} clientes, {each.sales} vendas, {each.notes} notas"
                click.echo(
                    f"{each.id:>8}  {each.at:%d/%m/%Y %H:%M}  {each.by}: {rows}, "
                    f"{each.payments} pagamentos{state}"
                )
        return
    with transaction() as session:
        undoing.undo(session, ACTOR, import_id=import_id, why=reason or "", today=today)
    click.echo(f"A importação {import_id} foi desfeita.")
