"""The imports of a shop, the newest first, as the audit log tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

_MADE = text(
    "SELECT i.id, i.at, i.actor_name, i.after, u.at AS undone_at, u.actor_name AS undone_by "
    "FROM audit_log i LEFT JOIN audit_log u ON u.entity = 'shop' AND u.action = 'undo_import' "
    "AND u.after ->> 'import' = i.id::text "
    "WHERE i.entity = 'shop' AND i.action = 'import' AND i.after IS NOT NULL "
    "ORDER BY i.id DESC LIMIT :count"
)


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: when and by whom, how many rows of each kind, and whether it was undone."""

    id: int
    at: datetime
    by: str
    customers: int
    sales: int
    notes: int
    payments: int
    undone_at: datetime | None
    undone_by: str | None


def newest(session: Session, count: int = 10) -> Sequence[Imported]:
    """The newest imports."""
    return [
        Imported(
            id=row.id,
            at=row.at,
            by=row.actor_name,
            customers=row.after.get("customers", 0),
            sales=row.after.get("sales", 0),
            notes=row.after.get("notes", 0),
            payments=row.after.get("payments", 0),
            undone_at=row.undone_at,
            undone_by=row.undone_by,
        )
        for row in session.execute(_MADE, {"count": count})
    ]
