"""The commands `webhooks`: who is told what happens, seen, made and switched."""

from __future__ import annotations

import click

from credigestor import clock
from credigestor.cli.common import ACTOR, shop_day
from credigestor.cli.portuguese import Group
from credigestor.config import get_config
from credigestor.db.engine import snapshot, transaction
from credigestor.reports import webhooks as reports
from credigestor.rules.webhooks import OFF_NAMES, Event
from credigestor.services import webhooks as services

_number = click.argument("number", metavar="NÚMERO", type=int)


@click.group(cls=Group)
def webhooks() -> None:
    """Mostra e cuida dos destinos que são avisados do que acontece."""


@webhooks.command("list")
def list_() -> None:
    """Mostra os destinos: número, endereço, eventos, estado e quantos avisos aguardam."""
    shop_day()
    with snapshot() as session:
        found = reports.endpoints(session)
    for each in found:
        state = "ligado" if each.off_cause is None else OFF_NAMES[each.off_cause]
        click.echo(f"{each.id:>4}  {each.url}  {','.join(each.events)}")
        click.echo(f"      {state}; aguardando: {each.waiting}")
    if not found:
        click.echo("Nenhum destino.")


@webhooks.command()
@click.argument("url", metavar="ENDEREÇO")
@click.option(
    "--event",
    "events",
    type=click.Choice([event.value for event in Event]),
    multiple=True,
    help="Um evento; pode repetir. Sem nenhum, todos.",
)
@click.option("--description", default="", help="De quem é, para que serve.")
def add(url: str, events: tuple[str, ...], description: str) -> None:
    """Cadastra um destino e mostra o segredo, uma só vez."""
    today = shop_day()
    with transaction() as session:
        endpoint_id, secret = services.create(
            session,
            ACTOR,
            url=url,
            events=events or list(Event),
            description=description,
            private=get_config().webhook_private,
            today=today,
        )
    click.echo(
        f"Destino {endpoint_id} cadastrado. Guarde o segredo; ele não será mostrado de novo."
    )
    click.echo(secret)


@webhooks.command()
@_number
def off(number: int) -> None:
    """Desliga um destino."""
    shop_day()
    with transaction() as session:
        services.switch_off(session, ACTOR, endpoint_id=number, now=clock.now())
    click.echo(f"Destino {number} desligado.")


@webhooks.command()
@_number
def on(number: int) -> None:
    """Liga um destino; o que aguardava é enviado."""
    today = shop_day()
    with transaction() as session:
        services.switch_on(session, ACTOR, endpoint_id=number, today=today)
    click.echo(f"Destino {number} ligado.")
