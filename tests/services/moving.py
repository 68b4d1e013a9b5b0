"""Two registers of one person joined in tests."""

from __future__ import annotations

import uuid

from credigestor.db.engine import transaction
from credigestor.rules.permissions import Actor
from credigestor.services import customer_moves
from tests.portfolio import TODAY


def merge(actor: Actor, double: int, into: int, operation: uuid.UUID | None = None) -> int:
    """Join a double register to the right one; how many sales went there."""
    with transaction() as session:
        return customer_moves.merge(
            session,
            actor,
            operation_id=operation or uuid.uuid4(),
            customer_id=double,
            into_id=into,
            why="cadastro em dobro",
            today=TODAY,
        )
