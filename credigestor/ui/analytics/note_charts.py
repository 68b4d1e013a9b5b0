"""Charts of open principal whose bars, and links below them, lead to the notes behind."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd

from credigestor.reports.portfolio.collections import DueTotal
from credigestor.reports.portfolio.stock import BandTotal
from credigestor.rules.aging import BAND_NAMES, CURRENT
from credigestor.rules.money import format_brl, format_percent
from credigestor.ui.analytics.exhibit import Exhibit, Lead, drawn, exhibit
from credigestor.ui.charts.stock_and_flow import aging_bars, due_id, due_label, receivable_by_month

NOTES = "counter/notes.py"
NOTHING = "Nenhuma nota em aberto nesta data."


@drawn
def aging(totals: Sequence[BandTotal], **filters: str | list[str]) -> Exhibit:
    """Open principal by aging band; a bar or a link opens its notes, with these filters too."""
    return exhibit(
        "A receber por dias de atraso",
        aging_bars(totals) if totals else None,
        key="aging",
        definition=(
            "Principal em aberto pela faixa de dias de atraso da nota, contados do vencimento "
            "nominal. “A vencer” é o que não está atrasado."
        ),
        sentence=_aging_sentence(totals),
        table=pd.DataFrame(
            {
                "Faixa": BAND_NAMES[row.band],
                "Principal em aberto": row.principal,
                "Notas": row.notes,
            }
            for row in totals
        ),
        file_name="a-receber-por-atraso",
        leads={
            row.band: Lead(
                f"{BAND_NAMES[row.band]}: {format_brl(row.principal)}",
                NOTES,
                {**filters, "status": "open", "band": row.band},
            )
            for row in totals
            if row.notes
        },
        alt="Principal em aberto por faixa de atraso",
        empty=None if any(row.notes for row in totals) else NOTHING,
    )


@drawn
def due_months(totals: Sequence[DueTotal], **filters: str | list[str]) -> Exhibit:
    """Open principal by due month; a bar or a link opens its notes, with these filters too."""
    return exhibit(
        "A receber por mês de vencimento",
        receivable_by_month(totals),
        key="due_months",
        definition="Principal em aberto pelo mês do vencimento, com o que está atrasado à parte.",
        sentence=_due_sentence(totals),
        table=pd.DataFrame(
            {
                "Vencimento": due_label(row),
                "A vencer": row.principal - row.overdue,
                "Atrasado": row.overdue,
                "Notas": row.notes,
            }
            for row in totals
        ),
        file_name="a-receber-por-vencimento",
        leads={
            due_id(row): Lead(
                f"{due_label(row)}: {format_brl(row.principal)}",
                NOTES,
                {**filters, "status": "open", **_limits(row)},
            )
            for row in totals
            if row.notes
        },
        alt="Principal em aberto por mês de vencimento",
        empty=None if any(row.notes for row in totals) else NOTHING,
    )


def _aging_sentence(totals: Sequence[BandTotal]) -> str:
    whole = sum((row.principal for row in totals), Decimal(0))
    late = sum((row.principal for row in totals if row.band != CURRENT), Decimal(0))
    if not late:
        return f"Tudo em dia: {format_brl(whole)} a vencer."
    return (
        f"De cada R$ 100 a receber, {format_brl(100 * late / whole)} estão em atraso: "
        f"{format_brl(late)} de {format_brl(whole)}."
    )


def _due_sentence(totals: Sequence[DueTotal]) -> str:
    coming = [row for row in totals if row.principal > row.overdue]
    if not coming:
        return "Nada a vencer: tudo o que está em aberto já venceu."
    most = max(coming, key=lambda row: row.principal - row.overdue)
    amount = most.principal - most.overdue
    share = 100 * amount / sum((row.principal - row.overdue for row in coming), Decimal(0))
    return (
        f"{due_label(most).capitalize()} é quando mais vence: {format_brl(amount)}, "
        f"{format_percent(share, 1)} de tudo o que ainda vai vencer."
    )


def _limits(total: DueTotal) -> dict[str, str]:
    limits = {"due_from": total.due_from, "due_to": total.due_to}
    return {name: str(day) for name, day in limits.items() if day}
