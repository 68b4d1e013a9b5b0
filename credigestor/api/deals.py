"""Renegotiations listed, kept or broken as of a day (R15)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy import RowMapping
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Day, Money, QueryId
from credigestor.api.operations import Operations
from credigestor.api.paging import DatedPage, Paging
from credigestor.db.engine import snapshot
from credigestor.db.settings import current_settings
from credigestor.reports import deals as reports
from credigestor.reports.deals import DealFilters
from credigestor.rules.numbering import sale_number
from credigestor.rules.permissions import Permission
from credigestor.rules.renegotiation import Agreement

router = Operations("/renegotiations", "Renegociações")


class DealRow(Answer):
    """A renegotiation in a list; where it is broken, since when and by how much."""

    id: int
    kind: Annotated[Agreement, Field(description="Novação, ou confissão da dívida antiga.")]
    sale_id: int
    number: str
    customer_id: int
    customer: str
    agreed_on: date
    entered: Money
    broken: bool
    late_since: Annotated[
        date | None, Field(description="Vencimento da mais antiga das notas que a quebraram.")
    ]
    days_late: int | None
    overdue: Annotated[Money | None, Field(description="Principal destas notas, R$.")]
    undone_on: Annotated[date | None, Field(description="Dia em que foi desfeita.")]


@router.lists(
    "",
    Permission.COUNTER,
    "Renegociações, da mais nova à mais antiga",
    answers=DatedPage[DealRow],
)
def search(
    call: Caller,
    paging: Paging,
    as_of: Day | None = None,
    customer_id: QueryId | None = None,
    broken: bool | None = None,
    undone: bool | None = None,
) -> DatedPage[DealRow] | Response:
    """Those agreed by a day, a page at a time or all."""
    day, after = as_of or call.today, paging.after(int)
    with snapshot() as session:
        days = current_settings(session).deal_broken_days
        statement = reports.listed(
            DealFilters(customer_id, broken, undone),
            broken_days=days,
            as_of=day,
            today=call.today,
            limit=paging.most,
            after=after[0] if after else None,
        )
        if whole := paging.whole(statement, _row, as_of=day):
            return whole
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["id"]])
    return DatedPage(as_of=day, items=[_row(row) for row in shown], next_cursor=cursor)


def _row(row: RowMapping) -> DealRow:
    told = {"number": sale_number(row["sale_id"]), "broken": row["late_since"] is not None}
    return DealRow.model_validate({**row, **told})
