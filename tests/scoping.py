"""Which sales belong to a scope, asked of the sale and its customer alone."""

from __future__ import annotations

from sqlalchemy.orm import Session

from credigestor.db.models import Customer, Sale
from credigestor.reports.scope import NO_SELLER, Scope
from credigestor.rules.value_ranges import value_range


def belongs(session: Session, sale: Sale, scope: Scope) -> bool:
    """Tell whether all that the scope sets holds for a sale."""
    customer = session.get_one(Customer, sale.customer_id)
    seller = NO_SELLER if sale.seller_id is None else sale.seller_id
    return (
        scope.seller in (None, seller)
        and scope.city in (None, customer.city)
        and scope.value in (None, value_range(sale.total))
    )
