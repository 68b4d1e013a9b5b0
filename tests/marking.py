"""Sales that are marked, and not in the summaries yet."""

from __future__ import annotations

from datetime import date

from credigestor.db.engine import transaction
from tests.portfolio import Made, add_customer, add_sale


def sell(count: int) -> list[Made]:
    """So many sales of a note of 100,00, of one customer."""
    with transaction() as session:
        customer = add_customer(session)
        return [
            add_sale(session, customer, date(2026, 1, 5), [("100.00", date(2026, 2, 5))])
            for _ in range(count)
        ]
