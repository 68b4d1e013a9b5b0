"""The down payment of a sale as money received, and handed back when it is cancelled (R35)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, bindparam, func, insert, literal, select
from sqlalchemy.orm import Session

from credigestor.db.models import Base, Sale, SaleMoney
from credigestor.errors import InvalidInput
from credigestor.rules.methods import CREDIT, Part, way_of
from credigestor.rules.permissions import Actor
from credigestor.services import handing, store_credit
from credigestor.services.sale_input import NewSale

_MONEY = Base.metadata.tables["sale_money"]
_GIVEN = ("moved_on", "amount", *handing.COLUMNS, "done_by")


def checked(data: NewSale) -> Sequence[tuple[str, Decimal]]:
    """How a sale's down payment was handed over; none where there is none, or nobody said how.

    Raises InvalidInput for parts that are not its sum, and for credit beside them or for nothing.
    """
    if data.down_payment_by_credit:
        if data.down_payment_methods:
            raise InvalidInput(store_credit.ALONE, field="down_payment_methods")
        if not data.down_payment:
            raise InvalidInput(
                "Diga o valor da entrada que o crédito do cliente paga.", field="down_payment"
            )
        return [(CREDIT, data.down_payment)]
    return handing.parts(
        data.down_payment,
        None,
        data.down_payment_methods,
        field="down_payment_methods",
        needed=False,
    )


def with_the_sale(made: CTE) -> CTE:
    """INSERT of the down payment of a sale that the same statement makes; `columns` fills it."""
    values = {
        "sale_id": made.c.id,
        "kind": literal("down"),
        "created_at": func.clock_timestamp(),
        **{name: bindparam(f"down_{name}", type_=_MONEY.c[name].type) for name in _GIVEN},
    }
    rows = insert(_MONEY).from_select(list(values), select(*values.values()))
    return rows.cte("paid_down")


def columns(actor: Actor, data: NewSale, parts: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """The parameters of `with_the_sale`."""
    row = {"moved_on": data.sold_on, "amount": data.down_payment, "done_by": actor.id}
    return {f"down_{name}": value for name, value in (row | handing.columns(parts)).items()}


def refund(
    session: Session, actor: Actor, sale: Sale, methods: Sequence[Part], why: str, *, today: date
) -> dict[str, str]:
    """Record that a sale's down payment was handed back, and give what the log tells of it.

    Nothing for a sale without one; one by credit is the customer's credit again (R31). Raises
    InvalidInput for parts that are not its sum, or where it was paid by credit.
    """
    parts: Sequence[tuple[str, Decimal]] = handing.parts(
        sale.down_payment, None, methods, field="refund_methods", needed=False
    )
    if not sale.down_payment:
        return {}
    if way_of_down_payment(session, sale.id) == CREDIT:
        if methods:
            raise InvalidInput(
                "A entrada foi paga com o crédito do cliente e volta a ser crédito dele: não diga "
                "outra forma.",
                field="refund_methods",
            )
        store_credit.undo_of(session, actor, why, customer_id=sale.customer_id, sale_id=sale.id)
        parts = [(CREDIT, sale.down_payment)]
    session.execute(
        insert(SaleMoney).values(
            sale_id=sale.id,
            kind="refund",
            moved_on=today,
            amount=sale.down_payment,
            done_by=actor.id,
            created_at=func.clock_timestamp(),
            **handing.columns(parts),
        )
    )
    return {"refund_method": way_of(parts)}


def way_of_down_payment(session: Session, sale_id: int) -> str | None:
    """How the down payment of a sale was handed over; None where there is none."""
    return session.scalar(
        select(SaleMoney.way).where(SaleMoney.sale_id == sale_id, SaleMoney.kind == "down")
    )
