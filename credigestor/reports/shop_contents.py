"""How much the shop holds now: what a restore would replace."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from credigestor.db.migrate import current_revision
from credigestor.db.models import Base
from credigestor.db.settings import current_settings

#: Tables that tell a person how much there is.
COUNTED = ("customers", "sales", "notes", "payments", "reversals", "users", "audit_log")


@dataclass(frozen=True)
class Contents:
    """A shop's name, the revision of its schema, and rows of each table of COUNTED."""

    shop: str
    revision: str
    rows: dict[str, int]


def shop_contents(session: Session) -> Contents:
    """What is in the tables at this moment."""
    counts = [
        select(func.count()).select_from(Base.metadata.tables[name]).scalar_subquery()
        for name in COUNTED
    ]
    rows = session.execute(select(*counts)).one()
    return Contents(
        shop=current_settings(session).shop_name,
        revision=current_revision(session.connection()) or "",
        rows=dict(zip(COUNTED, rows, strict=True)),
    )
