"""The audit log: one row for every write that somebody may ask about later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry
from credigestor.rules.permissions import Actor

#: Never written to the log, whatever dictionary they come in.
SECRETS = frozenset({"password", "password_hash", "token_hash", "ticket_hash", "visitor_hash"})


def record(
    session: Session,
    actor: Actor,
    action: str,
    entity: str,
    entity_id: int | None,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Add who did what to which row; money as text, dates as ISO, secrets left out."""
    session.add(
        AuditEntry(
            actor_id=actor.id,
            actor_name=actor.name,
            action=action,
            entity=entity,
            entity_id=entity_id,
            before=None if before is None else _plain(before),
            after=None if after is None else _plain(after),
        )
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items() if str(k) not in SECRETS}
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if isinstance(value, date):  # and datetime, which is one
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return value
