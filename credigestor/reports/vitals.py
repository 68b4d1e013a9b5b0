"""The shop's state as who watches the server asks for it: backups' age, what is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.reports import backups

_WAITING = text(
    "SELECT count(*) FROM webhook_events e JOIN webhook_endpoints p ON p.id = e.endpoint_id"
    " WHERE e.delivered_at IS NULL AND p.off_at IS NULL"
)


@dataclass(frozen=True)
class Vitals:
    """When the last good backup and verification began (None: never), and what waits."""

    backup: datetime | None
    verification: datetime | None
    #: Sales changed since the last fold.
    sales_to_fold: int
    #: Deliveries of webhooks that are still to be made.
    deliveries: int


def vitals(session: Session) -> Vitals:
    """The state now."""
    backup, verified = backups.last_good(session), backups.last_good(session, "verify")
    return Vitals(
        backup=backup.started_at if backup else None,
        verification=verified.started_at if verified else None,
        sales_to_fold=session.scalar(text("SELECT count(DISTINCT sale_id) FROM stale_sales")) or 0,
        deliveries=session.scalar(_WAITING) or 0,
    )
