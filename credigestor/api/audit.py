"""The audit log: who wrote what and when, by all that its page filters by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy import RowMapping
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.fields import Answer, Day, QueryId, one_of
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.sales import Seller
from credigestor.db.engine import snapshot
from credigestor.db.settings import current_settings
from credigestor.exports import audit_words
from credigestor.reports import audit as reports
from credigestor.reports.audit import AuditFilters
from credigestor.rules.permissions import Permission

router = Operations("/audit", "Auditoria")

Action = Annotated[str, *one_of(list(audit_words.ACTIONS))]
Entity = Annotated[str, *one_of(list(audit_words.ENTITIES))]


class Entry(Answer):
    """One write: by whom, on what, and in words what was there before and after."""

    id: int
    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int | None
    name: str | None
    changes: list[str]


@router.lists(
    "", Permission.AUDIT, "Quem gravou o quê, do mais novo ao mais antigo", answers=Page[Entry]
)
def search(
    paging: Paging,
    day_from: Day | None = None,
    day_to: Day | None = None,
    person: Annotated[
        Seller | None, Query(description="Id de quem gravou, ou `none`: a linha de comando.")
    ] = None,
    action: Action | None = None,
    entity: Entity | None = None,
    number: Annotated[
        QueryId | None, Query(description="Número da venda ou do recibo, ou o código do cliente.")
    ] = None,
) -> Page[Entry] | Response:
    """Entries of the log, a page at a time or all."""
    filters = AuditFilters(day_from, day_to, person, action, entity, number)
    with snapshot() as session:
        zone = current_settings(session).time_zone
        statement = reports.listed(filters, time_zone=zone, after=paging.after(datetime, int))
        statement = statement.limit(paging.most)
        if whole := paging.whole_by(statement, _entries):
            return whole
        entries = _entries(session, session.execute(statement).mappings().all())
    shown, cursor = paging.cut(entries, lambda entry: [entry.at.isoformat(), entry.id])
    return Page(items=list(shown), next_cursor=cursor)


def _entries(session: Session, rows: Sequence[RowMapping]) -> list[Entry]:
    """The rows with what each entry changed, in words."""
    told = audit_words.told(session, [row["id"] for row in rows])
    return [Entry.model_validate({**row, "changes": told[row["id"]]}) for row in rows]
