"""The orders of lists: over all rows, whatever the page, the same as Python sorts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import snapshot, transaction
from credigestor.reports import audit, customers, delinquency, notes, payments, sales
from credigestor.reports.audit import AuditFilters
from credigestor.reports.customers import CustomerFilters
from credigestor.reports.delinquency import MOST_FIRST, DelinquencyFilters
from credigestor.reports.notes import NoteFilters
from credigestor.reports.payments import PaymentFilters
from credigestor.reports.sales import SaleFilters
from credigestor.rules.identity import fold
from credigestor.services import summaries
from tests.factories import actor_of, add_user
from tests.portfolio import TODAY, add_customer, add_sale, late, pay

A_PAGE = 4
Reader = Callable[[Session, str, int, int], pd.DataFrame]


def _delinquency(filters: DelinquencyFilters) -> Reader:
    def read(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
        frame = delinquency.delinquency(
            session, TODAY, filters, today=TODAY, offset=offset, limit=limit, order=order
        )
        return frame.rename(columns={"customer_id": "id"})

    return read


def _notes(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
    filters = NoteFilters(status=None)
    ids = notes.few(session, filters, as_of=TODAY, today=TODAY)
    return notes.list_notes(
        session,
        filters,
        as_of=TODAY,
        today=TODAY,
        offset=offset,
        limit=limit,
        ids=ids,
        order=order,
    )


def _walked_notes(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
    return notes.list_notes(
        session,
        NoteFilters(status=None),
        as_of=TODAY,
        today=TODAY,
        offset=offset,
        limit=limit,
        order=order,
    )


def _customers(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
    return customers.page(
        session, CustomerFilters(), today=TODAY, offset=offset, limit=limit, order=order
    )


def _sales(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
    frame = sales.page(
        session,
        SaleFilters(),
        as_of=TODAY,
        today=TODAY,
        offset=offset,
        limit=limit,
        order=order,
    )
    return frame.assign(number=frame["id"], situation=frame["cancelled"])


def _payments(session: Session, order: str, offset: int, limit: int) -> pd.DataFrame:
    frame = payments.list_payments(
        session, PaymentFilters(), offset=offset, limit=limit, order=order
    )
    return frame.assign(situation=frame["reversed"])


LISTS: dict[str, tuple[Reader, tuple[str, ...]]] = {
    "customers": (_customers, (*customers.ORDERS, *customers.SUMS)),
    "notes": (_notes, (*notes.WALKS, *notes.OF_A_DATE)),
    "very many notes": (_walked_notes, tuple(notes.WALKS)),
    "sales": (_sales, (*sales.ORDERS, *sales.SUMS)),
    "payments": (_payments, (*payments.ORDERS, *payments.SUMS)),
    "late customers": (_delinquency(DelinquencyFilters()), delinquency.ORDERS),
    "some late customers": (
        _delinquency(DelinquencyFilters(due_to=late(5))),
        delinquency.ORDERS,
    ),
}


@pytest.fixture(scope="class")
def shop(class_db: str) -> None:
    """Thirteen customers, names and cities alike, some late, some paid in part, one sale undone."""
    cashier = add_user("manager", name="caixa")
    actor = actor_of(cashier)
    with transaction() as session:
        for k in range(13):
            who = add_customer(
                session,
                f"Íris {k % 5}",
                city=(None, "recife", "fortaleza")[k % 3],
                phone=None if k % 4 == 0 else f"+55859887244{k:02}",
            )
            due = late(40 * (k % 4) - 30)
            made = add_sale(
                session,
                who,
                late(200 - k % 3),
                [(f"{100 + 10 * (k % 6)}.00", due), ("50.00", due + timedelta(days=30))],
                seller_id=None if k % 2 else cashier.id,
            )
            if k % 3:
                pay(session, actor, made.notes[0], f"{20 + k % 4}.00", late(k % 2))
        summaries.refresh(session, today=TODAY)


def ids(read: Reader, session: Session, order: str) -> list[int]:
    """Every row's id, page by page."""
    found: list[int] = []
    while page := [int(value) for value in read(session, order, len(found), A_PAGE)["id"]]:
        found += page
    return found


def _sorted(rows: list[dict[Any, Any]], column: str, *, down: bool) -> list[int]:
    """The ids in the order of a column, then of the id; what is not known comes last."""

    def key(row: dict[Any, Any]) -> tuple[Any, int]:
        value = row[column]
        folded = fold(value) if column in ("name", "customer") else value
        return folded, row["id"]

    known = [row for row in rows if row[column] is not None and row[column] == row[column]]
    unknown = [row for row in rows if row not in known]
    ordered = sorted(known, key=key, reverse=down)
    return [r["id"] for r in ordered + sorted(unknown, key=lambda r: r["id"], reverse=down)]


@pytest.mark.usefixtures("shop")
class TestOrders:
    @pytest.mark.parametrize("name", LISTS)
    def test_every_column_sorts_all_rows_whatever_the_page(self, name: str) -> None:
        read, columns = LISTS[name]
        with snapshot() as session:
            whole = read(session, columns[0], 0, 1000)
            assert len(whole) > A_PAGE
            rows = whole.to_dict("records")
            for column in columns:
                assert ids(read, session, column) == _sorted(rows, column, down=False), column
                down = f"-{column}"
                expected = _sorted(rows, column, down=True)
                if "late" in name and down == MOST_FIRST:  # as the summaries have them
                    expected = [r["id"] for r in sorted(rows, key=lambda r: (-r[column], r["id"]))]
                assert ids(read, session, down) == expected, down

    def test_the_log_is_read_from_either_end(self) -> None:
        def read(order: str) -> list[int]:
            with snapshot() as session:
                found = audit.entries(
                    session, AuditFilters(), time_zone="UTC", offset=0, limit=100, order=order
                )
            return [entry.id for entry in found]

        assert len(read("at")) > 1
        assert read("at") == read("-at")[::-1]
