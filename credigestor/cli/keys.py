"""The commands `keys`: keys for programs that call the API, made, listed and revoked."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click

from credigestor import clock
from credigestor.cli.common import ACTOR, shop, shop_day
from credigestor.cli.portuguese import Group
from credigestor.db.engine import snapshot, transaction
from credigestor.errors import InvalidInput
from credigestor.rules.calendar import format_moment, parse_date
from credigestor.rules.permissions import Permission
from credigestor.services import api_keys, users
from credigestor.services.api_keys import KeyInfo


@click.group(cls=Group)
def keys() -> None:
    """Cuida das chaves com que programas usam a API."""


@keys.command()
@click.option("--user", "login", metavar="LOGIN", required=True, help="Em nome de que usuário.")
@click.option("--name", metavar="NOME", required=True, help="Nome da chave, como Caixa da loja.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([str(each) for each in Permission]),
    metavar="PERMISSÃO",
    multiple=True,
    required=True,
    help=f"O que ela pode; repita para várias: {', '.join(Permission)}.",
)
@click.option("--until", metavar="DATA", help="Último dia em que vale; sem ela, por um ano.")
def create(login: str, name: str, scopes: Sequence[str], until: str | None) -> None:
    """Cria uma chave e a mostra, uma só vez."""
    today, now = shop_day(), clock.now()
    last = parse_date(until, field="until") if until else today + api_keys.USUAL
    with transaction() as session:
        found = [u.id for u in users.list_users(session, ACTOR) if u.login == login.lower()]
        if not found:
            raise InvalidInput(f"Não há o usuário {login}.")
        row, secret = api_keys.make(
            session,
            ACTOR,
            user_id=found[0],
            name=name,
            scopes={Permission(each) for each in scopes},
            until=last,
            now=now,
            today=today,
        )
        number = row.id
    click.echo(f"Chave {number} criada. Anote-a; ela não será mostrada de novo.", err=True)
    click.echo(secret)


@keys.command("list")
def list_() -> None:
    """Mostra as chaves: de quem, o que podem, até quando valem e seu último uso."""
    zone, now = ZoneInfo(shop().time_zone), clock.now()
    with snapshot() as session:
        found = api_keys.list_keys(session, ACTOR, now=now)
    for key in found:
        click.echo("  ".join(_told(key, zone)))
    if not found:
        click.echo("Nenhuma chave.")


@keys.command()
@click.argument("number", metavar="NÚMERO", type=int)
def revoke(number: int) -> None:
    """Revoga a chave de NÚMERO: ela não vale mais desde já."""
    shop()
    with transaction() as session:
        api_keys.revoke(session, ACTOR, key_id=number, now=clock.now())
    click.echo(f"Chave {number} revogada.")


def _told(key: KeyInfo, zone: ZoneInfo) -> list[str]:
    if key.revoked_at is not None:
        state = f"revogada em {format_moment(key.revoked_at, zone)}"
    elif key.usable:
        state = f"vale até {format_moment(key.expires_at, zone)}"
    else:
        state = "não vale: venceu, ou o usuário não está ativo"
    used = "nunca usada"
    if key.last_used_at is not None:
        used = f"usada em {format_moment(key.last_used_at, zone)} de {key.last_used_address}"
    scopes = ",".join(sorted(key.scopes))
    return [f"{key.id:>4}", key.name, key.user_name or "?", scopes, state, used]
