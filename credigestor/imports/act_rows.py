"""Rows of acts, and of returns among them, that an import writes beside its payments."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from credigestor.imports.batch import NewAct, NewSale
from credigestor.rules.acts import ActKind
from credigestor.rules.returns import ReturnKind


def act_row(act: NewAct) -> dict[str, Any]:
    """The row of an act; one beside a payment has its operation."""
    return {
        "id": act.id,
        "operation_id": act.operation or uuid.uuid4(),
        "kind": act.kind.value,
        "customer_id": act.sale.customer.id,
        "acted_on": act.on,
        "reason": act.reason,
    }


def return_rows(acts: Iterable[NewAct]) -> Iterator[dict[str, Any]]:
    """What came back in each act that is a return (R30)."""
    for act in acts:
        if act.kind is ActKind.RETURN:
            sale = act.sale
            yield {
                "act_id": act.id,
                "sale_id": sale.id if isinstance(sale, NewSale) else sale.sale_id,
                "kind": ReturnKind.COURTESY.value,
                "value": act.value,
            }
