"""Proposals in tests: offered by the service, on the day that tests live on."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from credigestor.db.engine import snapshot, transaction
from credigestor.reports.proposals import Offered, proposal
from credigestor.rules.permissions import Actor
from credigestor.services import proposals
from credigestor.services.sale_input import NewSale
from tests.portfolio import TODAY
from tests.services.selling import new_sale

LAST = TODAY + timedelta(days=2)


def asked(customer: int, **changes: Any) -> NewSale:
    """A sale of today, of 1.000,00 at 1 % in 12, first due a month on."""
    values: dict[str, Any] = {
        "sold_on": TODAY,
        "installments": 12,
        "first_due_date": date(2026, 12, 23),
        "contract_rate": Decimal(1),
        "description": "Fogão de 4 bocas",
    }
    return new_sale(customer, **{**values, **changes})


def offer(actor: Actor, data: NewSale, today: date = TODAY) -> int:
    with transaction() as session:
        return proposals.make(session, actor, data, today=today)


def close(
    actor: Actor,
    proposal_id: int,
    *,
    today: date = TODAY,
    operation_id: uuid.UUID | None = None,
    why: str | None = None,
) -> int:
    with transaction() as session:
        return proposals.close(
            session,
            actor,
            proposal_id=proposal_id,
            operation_id=operation_id or uuid.uuid4(),
            override_reason=why,
            today=today,
        )


def offered(proposal_id: int) -> Offered:
    with snapshot() as session:
        return proposal(session, proposal_id)
