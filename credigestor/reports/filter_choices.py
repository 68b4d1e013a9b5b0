"""What a list or a manager's view can be filtered by."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from credigestor.db.models import Customer
from credigestor.db.summaries.tables import segments


def cities(session: Session) -> list[str]:
    """The cities that customers live in, in alphabetical order."""
    statement = (
        select(Customer.city).where(Customer.city.is_not(None)).distinct().order_by(Customer.city)
    )
    return [city for city in session.scalars(statement) if city]


def portfolio_cities(session: Session) -> list[str]:
    """The cities of customers who ever bought, from the summaries, in alphabetical order."""
    statement = (
        select(segments.c.key)
        .where(segments.c.kind == "city", segments.c.key != "")
        .order_by(segments.c.key)
    )
    return list(session.scalars(statement))
