"""Webhooks as administrators see them: the endpoints, their events, and each try at a delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from credigestor.db.models import WebhookAttempt, WebhookEndpoint, WebhookEvent
from credigestor.errors import NotFound
from credigestor.rules.webhooks import Event, Off, header_of

_WAITING = WebhookEvent.delivered_at.is_(None)


class Delivery(StrEnum):
    """How the delivery of an event stands."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    FAILING = "failing"  # it waits, and was tried


DELIVERY_NAMES = {
    Delivery.DELIVERED: "Entregue",
    Delivery.WAITING: "Aguardando",
    Delivery.FAILING: "Falhando",
}


@dataclass(frozen=True)
class Endpoint:
    """An endpoint, without its secret; how many events wait, and when one was delivered last."""

    id: int
    url: str
    description: str
    events: tuple[Event, ...]
    off_cause: Off | None
    off_at: datetime | None
    created_at: datetime
    waiting: int
    last_delivered_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it is told what happens."""
        return self.off_cause is None


@dataclass(frozen=True)
class Attempt:
    """One try: the status that came back, milliseconds, and in Portuguese what went wrong."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str | None


@dataclass(frozen=True)
class Delivered:
    """An event for an endpoint and its tries, newest first; `next_at` is None for at once.

    `number` is that of the sale, note or receipt that it is about.
    """

    id: int
    message_id: UUID
    type: Event
    number: str
    customer_id: int
    at: datetime
    next_at: datetime | None
    delivered_at: datetime | None
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def webhook_id(self) -> str:
        """The header by which a receiver knows it, the same at each try."""
        return header_of(self.message_id)

    @property
    def state(self) -> Delivery:
        """How it stands."""
        if self.delivered_at is not None:
            return Delivery.DELIVERED
        return Delivery.FAILING if self.attempts else Delivery.WAITING


def endpoints(session: Session, *, endpoint_id: int | None = None) -> list[Endpoint]:
    """All endpoints, or one of them, in the order in which they were made."""
    of_it = WebhookEvent.endpoint_id == WebhookEndpoint.id
    waiting = select(func.count()).where(of_it, _WAITING).scalar_subquery()
    last = select(func.max(WebhookEvent.delivered_at)).where(of_it).scalar_subquery()
    query = select(WebhookEndpoint, waiting.label("waiting"), last.label("last"))
    if endpoint_id is not None:
        query = query.where(WebhookEndpoint.id == endpoint_id)
    return [
        Endpoint(
            id=row.id,
            url=row.url,
            description=row.description,
            events=tuple(map(Event, row.events)),
            off_cause=None if row.off_cause is None else Off(row.off_cause),
            off_at=row.off_at,
            created_at=row.created_at,
            waiting=count,
            last_delivered_at=delivered_at,
        )
        for row, count, delivered_at in session.execute(query.order_by(WebhookEndpoint.id))
    ]


def endpoint(session: Session, endpoint_id: int) -> Endpoint:
    """One endpoint; raises NotFound."""
    for found in endpoints(session, endpoint_id=endpoint_id):
        return found
    raise NotFound("Destino não encontrado.")


def off_by_themselves(session: Session) -> Sequence[str]:
    """The addresses of the endpoints that went off, until somebody has said that it is known."""
    causes = [Off.GONE.value, Off.FAILING.value]
    query = select(WebhookEndpoint.url).where(WebhookEndpoint.off_cause.in_(causes))
    return session.scalars(query.order_by(WebhookEndpoint.id)).all()


def count_deliveries(session: Session, endpoint_id: int, *, failing: bool = False) -> int:
    """How many events there are for an endpoint."""
    found = _events(endpoint_id, failing=failing).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def deliveries(
    session: Session,
    endpoint_id: int,
    *,
    failing: bool = False,
    limit: int,
    offset: int = 0,
    before: int | None = None,
) -> list[Delivered]:
    """The events for an endpoint, the newest first; `before` is the id to go on from.

    `failing` leaves those that wait and were tried in vain.
    """
    query = _events(endpoint_id, failing=failing)
    if before is not None:
        query = query.where(WebhookEvent.id < before)
    query = query.order_by(WebhookEvent.id.desc()).limit(limit).offset(offset)
    found = {
        row.id: Delivered(
            id=row.id,
            message_id=row.message_id,
            type=Event(row.type),
            number=str(row.data.get("number", "")),
            customer_id=row.customer_id,
            at=row.at,
            next_at=row.next_at,
            delivered_at=row.delivered_at,
        )
        for row in session.scalars(query)
    }
    tries = select(WebhookAttempt).where(WebhookAttempt.event_id.in_(found))
    for row in session.scalars(tries.order_by(WebhookAttempt.id.desc())):
        found[row.event_id].attempts.append(
            Attempt(row.at, row.status, row.milliseconds, row.error)
        )
    return list(found.values())


def _events(endpoint_id: int, *, failing: bool) -> Select[WebhookEvent]:
    query = select(WebhookEvent).where(WebhookEvent.endpoint_id == endpoint_id)
    if failing:
        tried = exists().where(WebhookAttempt.event_id == WebhookEvent.id)
        query = query.where(_WAITING, tried)
    return query
