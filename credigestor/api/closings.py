"""Closed days, and what changed in them since (R37)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, Day, Money, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.db.engine import snapshot
from credigestor.reports import closings as reports
from credigestor.reports.closings import ChangeFilters
from credigestor.reports.summary import as_json, summary
from credigestor.rules.closed_days import change_name
from credigestor.rules.permissions import Permission
from credigestor.services import closings as services

router = Operations("/closings", "Fechamento")


class DaysToClose(Body):
    """Up to which day; an earlier one than the last closed day opens those after it again."""

    model_config = examples(
        {"until": "2026-10-31"}, {"until": "2026-09-30", "reason": "Faltou um caderno de outubro"}
    )

    until: Day
    reason: str | None = None


class DaysClosed(Answer):
    """The closing in force."""

    id: int
    until: date


class Closing(Answer):
    """A closing, with the figures of its day as they were then."""

    id: int
    until: date
    closed_at: datetime
    closed_by: str | None
    reason: str | None
    #: R$ as text, by the names that the summary had then.
    figures: dict[str, Any]


class Change(Answer):
    """Something recorded or undone in days that were closed; `id` is its own number.

    `receivable` and `received` are what it did to both, R$, by what it takes off its notes now;
    `credit` what it did to what the shop owes its customers (R31).
    """

    kind: str
    act: str | None
    what: str
    id: int
    dated_on: date
    recorded_at: datetime
    closed_until: date
    who: str
    reason: str | None
    customer_id: int
    receivable: Money
    received: Money
    credit: Money


@router.writes("", Permission.CLOSE_DAYS, "Fechar os dias até uma data", answers=DaysClosed)
def close(call: Caller, once: Once, data: DaysToClose) -> Response:
    """Close days, or open some again."""

    def act(session: Session) -> DaysClosed:
        made = services.close(
            session,
            call.actor,
            operation_id=once.key,
            until=data.until,
            why=data.reason,
            figures=lambda: as_json(summary(session, data.until, today=call.today)),
            today=call.today,
        )
        return DaysClosed(id=made, until=data.until)

    return once(data, act)


@router.reads("", Permission.CLOSE_DAYS, "Os fechamentos, do mais novo ao mais antigo")
def search(paging: Paging) -> Page[Closing]:
    """The first of them is in force."""
    after = paging.after(int)
    with snapshot() as session:
        statement = reports.listed(after=after[0] if after else None)
        rows = session.execute(statement.limit(paging.rows)).mappings().all()
    shown, cursor = paging.cut(rows, lambda row: [row["id"]])
    return Page(items=[Closing.model_validate(row) for row in shown], next_cursor=cursor)


@router.lists(
    "/changes",
    Permission.CLOSE_DAYS,
    "O que mudou nos dias fechados desde o fechamento",
    answers=Page[Change],
)
def changes(
    paging: Paging, dated_from: Day | None = None, dated_to: Day | None = None
) -> Page[Change] | Response:
    """Later changes, the last recorded first, a page at a time or all."""
    filters = ChangeFilters(dated_from, dated_to)
    statement = reports.changes(filters, after=paging.after(datetime, str, int))
    statement = statement.limit(paging.most)
    if whole := paging.whole(statement, _change):
        return whole
    with snapshot() as session:
        rows = session.execute(statement).mappings().all()
    shown, cursor = paging.cut(
        rows, lambda row: [row["recorded_at"].isoformat(), row["kind"], row["id"]]
    )
    return Page(items=[_change(row) for row in shown], next_cursor=cursor)


def _change(row: RowMapping) -> Change:
    return Change.model_validate({**row, "what": change_name(row["kind"], row["act"])})
