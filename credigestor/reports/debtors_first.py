"""Who may have come to pay: customers as a search finds them, those who are overdue first."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from credigestor.reports import customers
from credigestor.reports.customers import Match
from credigestor.reports.search import bare

#: Of so many that the search finds it is asked who is overdue.
MOST_WEIGHED = 100


def search(session: Session, query: str, *, today: date, limit: int = 20) -> list[Match]:
    """As `customers.search`: whose CPF or CNPJ it is whole, then who is overdue, then the others.

    Names that are only like what was typed stay last.
    """
    number = bare(query)
    found = customers.search(session, query, today=today, limit=max(limit, MOST_WEIGHED))
    found.sort(key=lambda each: (each.tax_id != number, each.similar, not each.overdue_notes))
    return found[:limit]
