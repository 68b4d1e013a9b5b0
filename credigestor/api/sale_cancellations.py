"""Cancelling a sale, and how its down payment is handed back (R13, R35)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, PathId, Why, examples
from credigestor.api.handed import PartsIn, asked
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.rules.permissions import Permission
from credigestor.services import sales as services

router = Operations("/sales", "Vendas")


class SaleToCancel(Why):
    """Why, and how the down payment is handed back; `unknown` where it does not say (R35)."""

    model_config = examples(
        {"reason": "O cliente desistiu da compra"},
        {
            "reason": "O cliente desistiu da compra",
            "refund_methods": [{"method": "pix", "amount": "199.90"}],
        },
    )

    refund_methods: PartsIn = ()


class SaleCancelled(Answer):
    """A sale that was cancelled."""

    id: int
    cancelled_on: date


@router.writes(
    "/{sale_id}/cancellation", Permission.CANCEL, "Cancelar uma venda", answers=SaleCancelled
)
def cancel(sale_id: PathId, call: Caller, once: Once, data: SaleToCancel) -> Response:
    """Cancel a sale as of today."""

    def act(session: Session) -> SaleCancelled:
        services.cancel(
            session,
            call.actor,
            sale_id=sale_id,
            why=data.reason,
            today=call.today,
            refund_methods=asked(data.refund_methods),
        )
        return SaleCancelled(id=sale_id, cancelled_on=call.today)

    return once(data, act)
