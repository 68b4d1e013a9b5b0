"""What the summaries do not know yet: how many sales, and since when (R16–R22).

What is marked as changed is folded in by `services.summaries`; until then figures are of before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from credigestor.db.summaries.facts import MARKED

_ALL = text("SELECT count(DISTINCT sale_id), min(marked_at) FROM stale_sales")


@dataclass(frozen=True)
class Unfolded:
    """New or changed sales that are not in the figures yet; those know all until `since`."""

    sales: int
    since: datetime


def unfolded(session: Session, *, more_than: int = 0) -> Unfolded | None:
    """What is not folded in; None where it is no more than so many sales.

    `since` is when the oldest of the changes began to be written: whatever was written before it
    is in the figures.
    """
    if (session.scalar(text(MARKED), {"enough": more_than + 1}) or 0) <= more_than:
        return None
    sales, since = session.execute(_ALL).one()
    return Unfolded(sales, since)
