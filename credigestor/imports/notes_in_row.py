"""The instalments that stand in the row of their sale, beside each other or in a list."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from credigestor.imports.documents import amounts_in, days_in
from credigestor.imports.table_lines import Line, TableLines, WrongCell, cents
from credigestor.rules.installments import split_evenly
from credigestor.rules.money import CENT


class NoteInRow(NamedTuple):
    """One of them, in canonical cells; what was paid is empty where nothing was."""

    due: str
    amount: str
    paid_on: str = ""
    paid: str = ""
    way: str = ""
    status: str = ""


def notes_in_row(line: Line, table: TableLines) -> list[NoteInRow]:
    """Those of a sale's row, in their order; raises WrongCell."""
    if "vencimentos" in table:
        return _listed(line)
    return [
        NoteInRow(
            due,
            amount,
            line[f"pago_em {k}"],
            line[f"valor_pago {k}"],
            line[f"forma {k}"] or line["forma"] or table.blank_way,
            line[f"situacao {k}"],
        )
        for k in table.repeated
        if (due := line[f"vencimento {k}"]) or cents(line[f"valor {k}"])
        for amount in [line[f"valor {k}"]]
    ]


def _listed(line: Line) -> list[NoteInRow]:
    """Those of a list in one cell; without an amount each, what is financed in equal ones (R1)."""
    cell = line["vencimentos"]
    days = days_in(cell)
    said = amounts_in(line["valores"]) or amounts_in(cell)
    if not days:
        return []
    if said and len(said) != len(days):
        reason = f"Há {len(days)} vencimentos e {len(said)} valores."
        raise WrongCell("vencimentos", reason)
    amounts = [line.amount("valores", each) for each in said]
    if not amounts:
        financed = Decimal(line["valor_total"] or 0) - Decimal(line["entrada"] or 0)
        amounts = [f"{each:.2f}" for each in split_evenly(max(financed, CENT), len(days))]
    return [
        NoteInRow(line.date("vencimentos", day), amount)
        for day, amount in zip(days, amounts, strict=True)
    ]
