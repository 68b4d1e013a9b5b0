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
    "WHERE i.entity = 'shop' AND i.action = 'import' ORDER BY i.id DESC LIMIT :count"
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
    kinds = ("customers", "sales", "notes", "payments")
    return [
        Imported(
            *(row.id, row.at, row.actor_name),
            *((row.after or {}).get(kind, 0) for kind in kinds),
            *(row.undone_at, row.undone_by),
        )
        for row in session.execute(_MADE, {"count": count})
    ]
