"""The sample shop's lists at four dates, row by row: by address, on the pages, by the command."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from credigestor.db.engine import snapshot
from credigestor.reports import customers, delinquency, notes, payments, sales
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.delinquency import DelinquencyFilters
from credigestor.reports.note_filters import NoteFilters
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.sales import SaleFilters
from credigestor.rules.permissions import Role
from tests import tables
from tests.api.asking import token_of
from tests.api.test_sample_shop import DATES, sample, whole
from tests.cli.commands import run
from tests.factories import add_user
from tests.imports.files import needs_sample
from tests.portfolio import TODAY

pytestmark = [needs_sample, pytest.mark.usefixtures("db")]

ALL = 1_000_000
#: Of each list: what is compared, and how the command's file calls that.
OWED = {"principal": "Principal devido", "interest": "Juros devidos", "fine": "Multa devida"}
LATE = {"principal": "Principal", "interest": "Juros", "fine": "Multa", "owed": "Total"}
PAID = {"principal": "Principal", "interest": "Juros", "fine": "Multa", "discount": "Desconto"}
SOLD = {"total": "Total", "down_payment": "Entrada"}
Rows = dict[str, tuple[str, ...]]


@pytest.fixture
def token() -> str:
    tables.once("sample", sample)
    return token_of(add_user(Role.MANAGER))


def cents(value: Any) -> str:
    return f"{Decimal(value or 0):.2f}"


def of(rows: Iterable[Mapping[Any, Any]], key: str, amounts: Iterable[str]) -> Rows:
    """The amounts of each row, by what it is called."""
    amounts = list(amounts)
    found = {str(row[key]): tuple(cents(row[name]) for name in amounts) for row in rows}
    assert found
    return found


def shown(frame: pd.DataFrame, key: str, amounts: Iterable[str]) -> Rows:
    """The same of a page's report."""
    return of(frame.to_dict("records"), key, amounts)


def exported(folder: Path, name: str) -> Sequence[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_command(day: date, folder: Path) -> Path:
    made = folder / str(day)
    made.mkdir()
    assert run("export", str(made), "--as-of", str(day), "--style", "plain").exit_code == 0
    return made


def test_sales_notes_and_who_is_late_are_the_same_everywhere(token: str, tmp_path: Path) -> None:
    for day in DATES:
        compare(day, token, by_command(day, tmp_path))


def compare(day: date, token: str, files: Path) -> None:
    """The lists as of a day."""
    with snapshot() as session:
        at: dict[str, Any] = {"as_of": day, "today": TODAY}
        sold = sales.page(session, SaleFilters(), **at, limit=ALL)
        owed = notes.list_notes(session, NoteFilters(), **at, offset=0, limit=ALL)
        late = delinquency.delinquency(session, day, DelinquencyFilters(), today=TODAY)
    told = list(whole(f"/sales?as_of={day}", token))
    assert of(told, "id", (*SOLD, "owed")) == shown(sold, "id", (*SOLD, "owed"))
    made = [row for row in exported(files, "vendas") if row["Data"] <= str(day)]
    assert of(told, "id", SOLD) == of(made, "Venda", SOLD.values())

    told = list(whole(f"/notes?as_of={day}", token))
    assert of(told, "number", (*OWED, "owed", "amount")) == shown(
        owed, "number", (*OWED, "owed", "amount")
    )
    in_file = exported(files, "notas")
    theirs = (*OWED.values(), "Total devido", "Valor")
    assert of(told, "number", (*OWED, "owed", "amount")) == of(in_file, "Nota", theirs)

    told = list(whole(f"/reports/delinquency?as_of={day}", token))
    assert of(told, "customer_id", LATE) == shown(late, "customer_id", LATE)
    in_file = exported(files, "inadimplencia")
    assert of(told, "customer_id", LATE) == of(in_file, "Código do cliente", LATE.values())


def test_customers_and_payments_are_the_same_everywhere(token: str, tmp_path: Path) -> None:
    files = by_command(TODAY, tmp_path)
    everybody = CustomerFilters(active=None)
    with snapshot() as session:
        people = customers.page(session, everybody, today=TODAY, offset=0, limit=ALL)
        paid = payments.list_payments(session, PaymentFilters(), offset=0, limit=ALL)
    told = list(whole("/customers", token))
    assert of(told, "id", ("owed", "overdue_notes")) == shown(
        people, "id", ("owed", "overdue_notes")
    )
    named = {str(row["id"]): row["name"] for row in told}
    assert named == {row["Código"]: row["Nome"] for row in exported(files, "clientes")}

    told = list(whole("/payments", token))
    assert of(told, "id", (*PAID, "amount")) == shown(paid, "id", (*PAID, "amount"))
    items: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * (len(PAID) + 1))
    for row in exported(files, "pagamentos"):
        parts = [Decimal(row[name] or 0) for name in (*PAID.values(), "Valor nesta nota")]
        before = items[row["Pagamento"]]
        items[row["Pagamento"]] = [one + more for one, more in zip(before, parts, strict=True)]
    added = {number: tuple(cents(part) for part in parts) for number, parts in items.items()}
    assert of(told, "id", (*PAID, "amount")) == added
