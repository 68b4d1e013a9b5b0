"""Down payments received and handed back (R35): listed, and their receipts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import RowMapping
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, PathId, QueryId
from credigestor.api.handed import PartHanded, Way, told
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.papers import PDF, drawn
from credigestor.db.engine import snapshot
from credigestor.reports import sale_money as reports
from credigestor.reports.sale_money import MoneyFilters
from credigestor.reports.search import MAX_QUERY
from credigestor.rules.document_choices import ReceiptFormat
from credigestor.rules.numbering import money_number
from credigestor.rules.permissions import Permission

router = Operations("/down_payments", "Vendas")

Kind = Literal["down", "refund"]


class MoneyRow(Answer):
    """A down payment (`down`), or one handed back (`refund`)."""

    id: int
    number: str
    kind: Kind
    moved_on: date
    sale_id: int
    customer: str
    method: Way
    methods: list[PartHanded]
    amount: Money
    done_by: str | None


@router.lists(
    "",
    Permission.COUNTER,
    "Entradas recebidas e devolvidas, da mais nova à mais antiga",
    answers=Page[MoneyRow],
)
def search(
    paging: Paging,
    moved_from: Day | None = None,
    moved_to: Day | None = None,
    method: Way | None = None,
    kind: Kind | None = None,
    customer_id: QueryId | None = None,
    done_by: QueryId | None = None,
    q: Annotated[str, Query(max_length=MAX_QUERY)] = "",
) -> Page[MoneyRow] | Response:
    """Down payments and refunds, a page at a time or all."""
    filters = MoneyFilters(moved_from, moved_to, method, kind, customer_id, done_by, q)
    statement = reports.listed(filters, limit=paging.most, after=paging.after(date, int))
    if whole := paging.whole(statement, _row):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["moved_on"], row["id"]])
    return Page(items=[_row(row) for row in shown], next_cursor=cursor)


@router.reads(
    "/{money_id}/receipt",
    Permission.COUNTER,
    "O recibo de uma entrada ou de sua devolução, em PDF",
    **PDF,
)
def receipt(money_id: PathId, call: Caller, format: ReceiptFormat = ReceiptFormat.ONE) -> Response:
    """The receipt of a down payment or refund."""
    return drawn(call, "recibo-entrada", money_id, format=format.value)


def _row(row: RowMapping) -> MoneyRow:
    number = money_number(row["kind"], row["id"])
    return MoneyRow.model_validate({**row, "number": number, **told(row["method"], row["amount"])})
