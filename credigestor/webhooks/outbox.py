"""What is due, and what came of it.

Of one customer, an endpoint is told one event after the other: the next only once the one before
was delivered, however often that takes.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer
from standardwebhooks import Webhook

from credigestor.rules.permissions import Actor, Role
from credigestor.rules.webhooks import GONE, Event, Off, after_failure, header_of
from credigestor.services import webhooks
from credigestor.webhooks.sending import Outcome

ACTOR = Actor(None, "automático", Role.ADMIN)

#: So many events of an endpoint are looked up at a time.
AT_A_TIME = 100
_DUE = """
    FROM webhook_events e JOIN webhook_endpoints p ON p.id = e.endpoint_id
    WHERE p.off_cause IS NULL AND e.delivered_at IS NULL
        AND (e.next_at IS NULL OR e.next_at <= :now)
"""
# Only the first of each customer, so that no two of those that are found have an order.
_FIRST = """
    AND NOT EXISTS (
        SELECT FROM webhook_events b WHERE b.endpoint_id = e.endpoint_id
            AND b.customer_id = e.customer_id AND b.delivered_at IS NULL AND b.id < e.id)
"""
_ANY = text(f"SELECT EXISTS (SELECT {_DUE} {_FIRST})")
_HEADS = text(
    f"""
    SELECT e.endpoint_id, (array_agg(e.id ORDER BY e.id))[1:{AT_A_TIME}] AS ids
    {_DUE} {_FIRST} AND e.endpoint_id <> ALL(:without) GROUP BY 1
    """
).bindparams(bindparam("without", type_=ARRAY(Integer)))
_LOAD = text(
    f"""
    SELECT e.id, e.endpoint_id, e.message_id, e.type, e.at, e.data, p.url, p.secret,
        CASE WHEN p.old_secret_until > :now THEN p.old_secret END AS old_secret
    {_DUE} AND e.id = :id
    """
)
_NOTE = text(
    """
    INSERT INTO webhook_attempts (event_id, at, status, milliseconds, error)
    SELECT id, :at, :status, :milliseconds, :error FROM webhook_events WHERE id = :id
    """
)
_COUNT = text(
    """
    UPDATE webhook_events SET attempts = attempts + 1,
        delivered_at = CASE WHEN :delivered THEN CAST(:at AS timestamptz) END
    WHERE id = :id AND delivered_at IS NULL RETURNING attempts
    """
)
_TRY_AGAIN = text("UPDATE webhook_events SET next_at = :next WHERE id = :id")


@dataclass(frozen=True)
class Due:
    """An event to send now, whereto, and what signs it: the secret, and the one before it."""

    id: int
    endpoint_id: int
    message_id: UUID
    type: Event
    at: datetime
    data: dict[str, Any]
    url: str
    secrets: tuple[bytes, ...]

    @property
    def body(self) -> str:
        """What is sent, the same at each attempt."""
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"type": self.type.value, "timestamp": at, "data": self.data}
        return json.dumps(told, separators=(",", ":"))

    def headers(self, now: datetime) -> dict[str, str]:
        """The id, the moment of this attempt, and the signatures of both with the body."""
        name = header_of(self.message_id)
        now = now.astimezone(UTC)  # the library takes it for that
        signed = (Webhook(each).sign(name, now, self.body) for each in self.secrets)
        return {
            "Content-Type": "application/json",
            "User-Agent": "CrediGestor",
            "webhook-id": name,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signed),
        }


def anything(session: Session, *, now: datetime) -> bool:
    """Whether anything is due."""
    return bool(session.scalar(_ANY, {"now": now}))


def heads(
    connection: Connection, *, now: datetime, without: Collection[int]
) -> dict[int, deque[int]]:
    """Ids of events that are due, the oldest first, of each endpoint but some."""
    found = connection.execute(_HEADS, {"now": now, "without": list(without)})
    return {row.endpoint_id: deque(row.ids) for row in found}


def load(connection: Connection, event_id: int, *, now: datetime) -> Due | None:
    """An event, if it is due still: somebody may have discarded it, or its endpoint is off."""
    row = connection.execute(_LOAD, {"id": event_id, "now": now}).one_or_none()
    if row is None:
        return None
    return Due(
        id=row.id,
        endpoint_id=row.endpoint_id,
        message_id=row.message_id,
        type=Event(row.type),
        at=row.at,
        data=row.data,
        url=row.url,
        secrets=tuple(bytes(each) for each in (row.secret, row.old_secret) if each),
    )


def record(session: Session, due: Due, outcome: Outcome, *, now: datetime) -> None:
    """Note an attempt; when the next one is, or that the endpoint is off."""
    at = {"id": due.id, "at": now}
    session.execute(
        _NOTE,
        {
            **at,
            "status": outcome.status,
            "milliseconds": outcome.milliseconds,
            "error": outcome.error,
        },
    )
    attempts = session.scalar(_COUNT, {**at, "delivered": outcome.delivered})
    if attempts is None or outcome.delivered:  # discarded, or sent twice
        return
    wait = after_failure(attempts)
    if outcome.status == GONE or wait is None:
        cause = Off.GONE if outcome.status == GONE else Off.FAILING
        webhooks.switch_off_itself(
            session, ACTOR, endpoint_id=due.endpoint_id, cause=cause, now=now
        )
    else:
        session.execute(_TRY_AGAIN, {"id": due.id, "next": now + wait})
