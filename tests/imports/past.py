"""Files of a shop's real past for tests: rows by column, also those that a file need not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from credigestor.db.engine import transaction
from credigestor.imports import importer
from credigestor.imports.choices import STRICT, Choices
from credigestor.imports.importer import Plan
from credigestor.imports.problems import CUSTOMERS, NOTES, PAYMENTS, SALES
from credigestor.imports.reading import COLUMNS, NOTE_COLUMNS, OPTIONAL
from tests.imports.files import csv_file, source
from tests.imports.importing import CLI
from tests.portfolio import TODAY
from tests.sound import sound

Row = Mapping[str, str]


def files(
    *,
    sales: Sequence[Row] = (),
    notes: Sequence[Row] = (),
    payments: Sequence[Row] = (),
    customers: Sequence[Row] = (),
) -> dict[str, bytes]:
    """The four files; a sale is C1's of 05/01/2026 with nothing down unless it says otherwise."""
    people = [{"ref": "C1", "nome": "Conceição Muñoz", "cpf": "52998224725"}, *customers]
    usual = {"cliente": "C1", "data": "05/01/2026", "entrada": "0,00"}
    rows: dict[str, Sequence[Row]] = {
        CUSTOMERS: people,
        SALES: [usual | dict(row) for row in sales],
        NOTES: notes,
        PAYMENTS: [{"forma": "Dinheiro"} | dict(row) for row in payments],
    }
    return {file: _csv(file, each) for file, each in rows.items()}


def listed(sale: str, *notes: tuple[str, str], **more: str) -> list[Row]:
    """Rows of parcelas.csv for one sale: due dates and amounts, numbered from 1."""
    return [
        {"venda": sale, "parcela": str(k), "vencimento": due, "valor": amount} | more
        for k, (due, amount) in enumerate(notes, start=1)
    ]


def take(contents: dict[str, bytes], choices: Choices = STRICT, *, dry_run: bool = False) -> Plan:
    """Import the files, and prove that the shop is sound after it."""
    with transaction() as session:
        plan = importer.run(
            session, CLI, source(contents), today=TODAY, choices=choices, dry_run=dry_run
        )
    if not plan.problems and not dry_run:
        sound()
    return plan


def _csv(file: str, rows: Sequence[Row]) -> bytes:
    columns = [*COLUMNS.get(file, NOTE_COLUMNS), *OPTIONAL[file]]
    return csv_file(file, [[row.get(c, "") for c in columns] for row in rows], header=columns)
