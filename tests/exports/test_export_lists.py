"""Lists as files: the page's columns, its order, and every row that its filters leave."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot
from credigestor.exports.catalogue import LISTS, Order
from credigestor.exports.csv_format import cell, guard
from credigestor.reports import customers, delinquency, notes, payments, sales
from credigestor.reports.scope import Scope
from credigestor.rules.aging import STATUS_NAMES, Status
from credigestor.rules.identity import format_tax_id, phone_shown, whatsapp_url
from credigestor.rules.methods import METHOD_NAMES, Method
from credigestor.rules.numbering import receipt_number, sale_number
from credigestor.rules.permissions import Actor
from credigestor.ui.counter import payment_list
from tests import tables
from tests.exports.exporting import rows_of, streamed
from tests.portfolio import TODAY, add_customer, random_portfolio

pytestmark = pytest.mark.usefixtures("db")

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "list_customers": "counter/customers.py",
    "list_sales": "counter/sales.py",
    "list_notes": "counter/notes.py",
    "list_payments": "counter/payments.py",
    "list_sale_money": "../credigestor/ui/counter/down_payment_list.py",
    "list_closing_changes": "analytics/closings.py",
    "list_delinquency": "analytics/delinquency.py",
}
THEN = date(2026, 5, 4)
ALL = 10_000


@pytest.fixture
def portfolio(admin: Actor) -> None:
    """Sales, payments and reversals of two years; a phone abroad, a name that is a formula."""

    def make(session: Session) -> None:
        add_customer(session, "Zoé", phone="+5585988724443", city="Recife")
        add_customer(session, "=soma(A1)", phone="+16502530000")
        add_customer(session, "Wanda", phone_text="=8872-444")
        random_portfolio(session, admin, seed=11, sold=40)

    tables.once("lists", make)


def headers(order: Order) -> list[str]:
    """What stands above the columns of a file."""
    content, _ = streamed(order)
    return content.decode("utf-8-sig").splitlines()[0].split(";")


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_has_the_columns_of_its_page(kind: str) -> None:
    """In the order that files always had: a page's own is what a telephone shows of it."""
    source = (ROOT / "pages" / PAGES[kind]).read_text(encoding="utf-8")
    [shown] = [
        ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("LABELS", "COLUMNS")
    ]
    labels = (
        shown if isinstance(shown, dict) else {name: payment_list.LABELS[name] for name in shown}
    )
    assert sorted(headers(Order(kind=kind))) == sorted(labels.values())


def cells(frame: pd.DataFrame, *columns: str | Callable[[Any], str | None]) -> Iterator[list[str]]:
    """Rows of a frame as a file has them: a column as it is, or worded from the row."""
    for row in frame.itertuples(index=False):
        values = [column(row) if callable(column) else getattr(row, column) for column in columns]
        yield [cell(value) for value in values]


def money(name: str) -> Callable[[Any], str]:
    """A column of R$, whose zero may have been counted without cents."""
    return lambda row: f"{getattr(row, name):.2f}".replace(".", ",")


def phone_of(row: Any) -> str | None:
    """The phone as shown; pandas' missing text is no None, and no text begins as a formula."""
    stored, written = (
        each if isinstance(each, str) else "" for each in (row.phone, row.phone_text)
    )
    return guard(phone_shown(stored, written)) or None


def listed(kind: str, filters: Any, as_of: date | None = None) -> list[list[str]]:
    """The rows of the list's file."""
    found = rows_of(Order(kind=kind, filters=filters, as_of=as_of))
    return [list(row.values()) for row in found]


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize(
    "filters",
    [
        customers.CustomerFilters(),
        customers.CustomerFilters(overdue=True),
        customers.CustomerFilters(text="zo", active=None),
        customers.CustomerFilters(active=False),
    ],
)
def test_customers_are_listed_as_on_their_page(filters: customers.CustomerFilters) -> None:
    with snapshot() as session:
        frame = customers.page(session, filters, today=TODAY, limit=ALL)
    assert listed("list_customers", filters) == list(
        cells(
            frame,
            "name",
            lambda row: format_tax_id(row.tax_id),
            phone_of,
            "city",
            money("owed"),
            "overdue_notes",
        )
    )


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize("as_of", [TODAY, THEN])
@pytest.mark.parametrize(
    "filters",
    [
        sales.SaleFilters(),
        sales.SaleFilters(cancelled=True),
        sales.SaleFilters(text="cliente 3", sold_from=date(2025, 6, 1), city="Recife"),
    ],
)
def test_sales_are_listed_as_on_their_page(filters: sales.SaleFilters, as_of: date) -> None:
    with snapshot() as session:
        frame = sales.page(session, filters, as_of=as_of, today=TODAY, limit=ALL)
    assert listed("list_sales", filters, as_of) == list(
        cells(
            frame,
            lambda row: sale_number(row.id),
            *("sold_on", "customer", "total", "installments"),
            money("owed"),
            "seller",
            lambda row: "Cancelada" if row.cancelled else None,
            "description",
        )
    )


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize("as_of", [TODAY, THEN])
@pytest.mark.parametrize(
    "filters",
    [
        notes.NoteFilters(),
        notes.NoteFilters(status=notes.OPEN, seller="none"),
        notes.NoteFilters(bands=("31-60", ">360"), city="none"),
        notes.NoteFilters(text="000003", due_from=date(2025, 1, 1), first=1),
    ],
)
def test_notes_are_listed_as_on_their_page(filters: notes.NoteFilters, as_of: date) -> None:
    with snapshot() as session:
        frame = notes.list_notes(session, filters, as_of=as_of, today=TODAY, offset=0, limit=ALL)
    assert listed("list_notes", filters, as_of) == list(
        cells(
            frame,
            *("number", "customer", "due_date"),
            lambda row: STATUS_NAMES[Status(row.status)],
            "days_late",
            *map(money, ("owed", "principal", "interest", "fine")),
            "amount",
        )
    )


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize(
    "filters",
    [
        payments.PaymentFilters(),
        payments.PaymentFilters(reversed=True),
        payments.PaymentFilters(text="cliente 1", method="cash", paid_from=date(2025, 6, 1)),
    ],
)
def test_payments_are_listed_as_on_their_page(filters: payments.PaymentFilters) -> None:
    with snapshot() as session:
        frame = payments.list_payments(session, filters, offset=0, limit=ALL)
    assert listed("list_payments", filters) == list(
        cells(
            frame,
            *("paid_on", "number", "customer", "amount"),
            lambda row: METHOD_NAMES[Method(row.method)],
            *("principal", "interest", "fine", "discount", "received_by"),
            lambda row: "Estornado" if row.reversed else None,
        )
    )
    assert frame.empty or frame["number"][0] == receipt_number(int(frame["id"][0]))


@pytest.mark.usefixtures("portfolio")
@pytest.mark.parametrize("as_of", [TODAY, THEN])
@pytest.mark.parametrize(
    "filters",
    [
        delinquency.DelinquencyFilters(),
        delinquency.DelinquencyFilters(Scope(city="Recife"), bands=("1-30", ">360")),
        delinquency.DelinquencyFilters(due_to=date(2026, 1, 1)),
    ],
)
def test_delinquency_is_listed_as_on_its_page(
    filters: delinquency.DelinquencyFilters, as_of: date
) -> None:
    with snapshot() as session:
        frame = delinquency.delinquency(session, as_of, filters, today=TODAY)
    found = list(
        cells(
            frame,
            *("name", "principal", "owed", "days_late", "notes"),
            phone_of,
            lambda row: whatsapp_url(row.phone) if isinstance(row.phone, str) else None,
            *("interest", "fine", "oldest_due", "city"),
            lambda row: format_tax_id(row.tax_id),
        )
    )
    assert listed("list_delinquency", filters, as_of) == found
    if filters == delinquency.DelinquencyFilters():
        assert found


def test_a_column_of_another_day_says_which() -> None:
    assert "Deve em 04/05/2026" in headers(Order(kind="list_notes", as_of=THEN))
    assert "A receber em 04/05/2026" in headers(Order(kind="list_sales", as_of=THEN))
