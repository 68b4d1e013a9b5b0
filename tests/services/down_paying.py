"""Sales with a down payment in tests: made by the service, cancelled by it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.services import sales
from credigestor.services.sales import NewSale
from tests.portfolio import TODAY
from tests.services.selling import new_customer, new_sale, register

TOMORROW = TODAY + timedelta(days=1)
CASH = (("cash", D("200.00")),)


def paid_down(customer: int | None = None, **changes: Any) -> NewSale:
    """A sale of today of 1.000,00, 200,00 of it down in cash."""
    values: dict[str, Any] = {"sold_on": TODAY, "first_due_date": TODAY + timedelta(days=30)}
    values |= {"down_payment": D("200.00"), "down_payment_methods": CASH}
    return new_sale(customer or new_customer(), **(values | changes))


def sold(actor: Actor, **changes: Any) -> int:
    """The id of such a sale."""
    return register(actor, paid_down(**changes), today=TODAY)


def cancel(actor: Actor, sale_id: int, on: date = TOMORROW, **changes: Any) -> None:
    """Cancel a sale and commit."""
    with transaction() as session:
        sales.cancel(session, actor, sale_id=sale_id, why="desistiu", today=on, **changes)
