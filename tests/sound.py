"""The proof that nothing is broken in the shop under test."""

from __future__ import annotations

from datetime import date

from credigestor.db.engine import snapshot
from credigestor.reports.check.report import check
from tests.portfolio import TODAY, refresh


def sound(today: date = TODAY) -> None:
    """Bring the summaries up to a day, and find that all accounts add up."""
    refresh(today)
    with snapshot() as session:
        assert check(session) == []
