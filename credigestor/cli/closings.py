"""Closing days by command, and the figures of a closed day beside those of now (R37)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import click

from credigestor.cli.common import ACTOR, shop_day
from credigestor.cli.portuguese import Command
from credigestor.db.closings import closed_until
from credigestor.db.engine import transaction
from credigestor.reports import summary as figures
from credigestor.reports.as_closed import Closed
from credigestor.reports.summary import Summary
from credigestor.rules.calendar import format_date, parse_date
from credigestor.rules.money import format_brl
from credigestor.services import closings

_LABELS = {
    "customers": "Clientes",
    "sales": "Vendas",
    "notes": "Notas",
    "payments": "Pagamentos",
    "financed": "Financiado",
    "renegotiations": "Renegociações",
    "renegotiated": "Renegociado",
    "receivable_principal": "A receber (principal)",
    "overdue_notes": "Notas atrasadas",
    "overdue_principal": "  principal",
    "overdue_interest": "  juros",
    "overdue_fine": "  multa",
    "received_principal": "Recebido: principal",
    "received_interest": "  juros",
    "received_fine": "  multa",
    "paid_by_credit": "Pago com crédito",
}


@click.command("close-days", cls=Command)
@click.argument("until", metavar="DATA")
@click.option("--reason", metavar="MOTIVO", help="Por quê; preciso para reabrir dias.")
def close_days(until: str, reason: str | None) -> None:
    """Fecha todos os dias até DATA, como 2026-10-31.

    Uma data anterior à do último fechamento reabre os dias depois dela. O que se registra em dias
    fechados pede um gerente e um motivo, e aparece como mudança depois do fechamento.
    """
    today, day = shop_day(), parse_date(until)
    with transaction() as session:
        before = closed_until(session)
        closings.close(
            session,
            ACTOR,
            operation_id=uuid.uuid4(),
            until=day,
            why=reason,
            figures=lambda: figures.as_json(figures.summary(session, day, today=today)),
            today=today,
        )
    already = "já estavam" if before == day else "estão"
    click.echo(f"Os dias até {format_date(day)} {already} fechados.")


def lines(now: Summary, closed: Closed | None) -> Iterator[str]:
    """The figures of a day, a line each; of a closed one as closed and as now."""
    if closed is not None:
        yield f"{'':<24}{'agora':>20}{'como fechado':>20}"
    for name, label in _LABELS.items():
        told = f"{label:<24}{_told(getattr(now, name)):>20}"
        yield told + ("" if closed is None else f"{_told(getattr(closed.figures, name)):>20}")


def as_json(closed: Closed | None) -> dict[str, Any]:
    """What the JSON of a closed day has besides."""
    if closed is None:
        return {}
    then = figures.as_json(closed.figures)
    return {"closed_at": closed.closed_at.isoformat(), "as_closed": then}


def _told(value: Decimal | int) -> str:
    return format_brl(value) if isinstance(value, Decimal) else str(value)
