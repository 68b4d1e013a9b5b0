"""The audit log: one row for every write that somebody may ask about later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Insert, Table, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from credigestor.db.models import AuditEntry, Base
from credigestor.rules.permissions import Actor

#: Never written to the log, whatever dictionary they come in.
SECRETS = frozenset(
    {
        "password",
        "password_hash",
        "token_hash",
        "ticket_hash",
        "visitor_hash",
        "key_hash",
        "secret",
        "old_secret",
    }
)

_LOG = Base.metadata.tables["audit_log"]


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


def creation(
    table: Table,
    columns: Sequence[str],
    entity: str,
    *,
    beside: Callable[[CTE], CTE] | None = None,
) -> Insert:
    """INSERT of one row and of its entry, as one statement built once; `created` fills it.

    `beside` makes what else is inserted with the row, whose id it is given.
    It returns the new id, or nothing and makes nothing when the operation is there already.
    """
    values = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    # The moment itself: the transaction may have begun long before it got the locks it needs.
    new = insert(table).values(**values, created_at=func.clock_timestamp())
    new = new.on_conflict_do_nothing(index_elements=[table.c.operation_id])
    made = new.returning(table.c.id).cte("made")
    entry = {
        "actor_id": bindparam("actor_id", type_=_LOG.c.actor_id.type),
        "actor_name": bindparam("actor_name", type_=_LOG.c.actor_name.type),
        "action": literal("create"),
        "entity": literal(entity),
        "entity_id": made.c.id,
        "after": bindparam("after", type_=_LOG.c.after.type),
    }
    logged = insert(_LOG).from_select(list(entry), select(*entry.values()))
    if beside is not None:
        logged = logged.add_cte(beside(made))
    return logged.returning(_LOG.c.entity_id)


def created(actor: Actor, row: dict[str, Any], *, after: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a `creation`: the new row, who makes it, and what the log says of it."""
    new = {f"new_{name}": value for name, value in row.items()}
    return {**new, "actor_id": actor.id, "actor_name": actor.name, "after": _plain(after)}


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
