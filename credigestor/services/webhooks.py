"""Webhooks: the endpoints that administrators make, and what is to be done with their events.

A trigger writes an event in the transaction of the act that it tells of (migration 0011), for each
endpoint that is on and wants it; `tell_overdue` writes those of a day. An endpoint that is off is
told nothing of what happens meanwhile; what waited when it went off waits for it.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from credigestor.db.models import WebhookEndpoint, WebhookEvent
from credigestor.errors import Conflict, InvalidInput, NotFound
from credigestor.rules.permissions import Actor, Permission
from credigestor.rules.webhooks import BOTH_SECRETS, KEPT, SECRET_BYTES, Event, Off, parse_url, told
from credigestor.services import audit, inputs

PREFIX = "whsec_"
MAX_DESCRIPTION = 120
#: A zone set to one farther west shows yesterday once more; a clock put right, long ago.
_CLOCK_WAS_WRONG = timedelta(days=1)

# Notes open on a day after their last on-time day (R4). The index is of due dates; `on_time_until`
# is at most four days later but for the few of the other index.
_TELL_OVERDUE = text(
    """
    INSERT INTO webhook_events (endpoint_id, type, customer_id, data)
    SELECT :endpoint, 'note.overdue', n.customer_id, told.data
    FROM notes n CROSS JOIN LATERAL (SELECT webhook_data('note.overdue', n.id) AS data) told
    WHERE n.principal_balance > 0 AND n.cancelled_on IS NULL
        AND n.on_time_until >= :since AND n.on_time_until < :today
        AND (n.due_date >= :since - 4 AND n.due_date < :today OR n.on_time_until - n.due_date > 4)
        AND told.data IS NOT NULL
    ORDER BY n.on_time_until, n.id
    """
)


def create(
    session: Session,
    actor: Actor,
    *,
    url: str,
    events: Collection[str],
    description: str = "",
    private: bool,
    today: date,
) -> tuple[int, str]:
    """Make an endpoint; give its id and its secret, which is shown only now.

    `private` lets addresses of one's own network through. Notes that are late today already are not
    told. Raises NotAllowed, InvalidInput (url, events, description).
    """
    actor.require(Permission.SETTINGS)
    secret = secrets.token_bytes(SECRET_BYTES)
    endpoint = WebhookEndpoint(
        url=parse_url(url, private=private),
        events=_events(events),
        description=_description(description),
        secret=secret,
        overdue_told=today,
    )
    session.add(endpoint)
    session.flush()
    audit.record(session, actor, "create", "webhook", endpoint.id, after=_shown(endpoint))
    return endpoint.id, _written(secret)


def change(
    session: Session,
    actor: Actor,
    *,
    endpoint_id: int,
    url: str,
    events: Collection[str],
    description: str,
    private: bool,
    today: date,
) -> None:
    """Change an endpoint; what waits goes to the new address. Raises as `create`, and NotFound."""
    actor.require(Permission.SETTINGS)
    endpoint = lock(session, endpoint_id)
    before = _shown(endpoint)
    if url.strip() != endpoint.url:
        endpoint.url = parse_url(url, private=private)
    wanted = _events(events)
    if Event.NOTE_OVERDUE in set(wanted) - set(endpoint.events):
        endpoint.overdue_told = today
    endpoint.events = wanted
    endpoint.description = _description(description)
    if (after := _shown(endpoint)) != before:
        audit.record(session, actor, "edit", "webhook", endpoint.id, before=before, after=after)


def rotate(session: Session, actor: Actor, *, endpoint_id: int, now: datetime) -> str:
    """Give an endpoint a new secret, shown only now; for a day the old one signs beside it.

    Raises NotAllowed, NotFound.
    """
    actor.require(Permission.SETTINGS)
    endpoint = lock(session, endpoint_id)
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + BOTH_SECRETS
    endpoint.secret = secrets.token_bytes(SECRET_BYTES)
    audit.record(session, actor, "new_secret", "webhook", endpoint.id)
    return _written(endpoint.secret)


def switch_off(session: Session, actor: Actor, *, endpoint_id: int, now: datetime) -> None:
    """Send an endpoint nothing more; said of one that went off by itself, it is known of then.

    Raises NotAllowed, NotFound.
    """
    actor.require(Permission.SETTINGS)
    endpoint = lock(session, endpoint_id)
    if endpoint.off_cause != Off.PERSON:
        _off(session, actor, endpoint, Off.PERSON, now)


def switch_on(session: Session, actor: Actor, *, endpoint_id: int, today: date) -> None:
    """Send again: first what waited, at once. Raises NotAllowed, NotFound."""
    actor.require(Permission.SETTINGS)
    endpoint = lock(session, endpoint_id)
    if endpoint.off_cause is None:
        return
    before = _shown(endpoint)
    endpoint.off_cause = endpoint.off_at = None
    endpoint.overdue_told = today
    session.execute(
        update(WebhookEvent)
        .where(WebhookEvent.endpoint_id == endpoint.id, WebhookEvent.delivered_at.is_(None))
        .values(attempts=0, next_at=None)
    )
    audit.record(
        session, actor, "activate", "webhook", endpoint.id, before=before, after=_shown(endpoint)
    )


def remove(session: Session, actor: Actor, *, endpoint_id: int) -> None:
    """Delete an endpoint with its events and deliveries. Raises NotAllowed, NotFound."""
    actor.require(Permission.SETTINGS)
    endpoint = lock(session, endpoint_id)
    audit.record(session, actor, "delete", "webhook", endpoint.id, before=_shown(endpoint))
    session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id))


def resend(session: Session, actor: Actor, *, endpoint_id: int, event_id: int) -> None:
    """Send an event again at once, delivered or waiting; before later ones of its customer.

    It has the same id, by which a receiver knows it. Raises NotAllowed, NotFound, or Conflict while
    the endpoint is off.
    """
    actor.require(Permission.SETTINGS)
    event, endpoint = _event(session, endpoint_id, event_id)
    if endpoint.off_cause is not None:
        raise Conflict("Este destino está desligado. Ligue-o antes de reenviar.")
    event.delivered_at = event.next_at = None
    event.attempts = 0
    audit.record(session, actor, "resend", "webhook", endpoint.id, after=_named(event))


def discard(session: Session, actor: Actor, *, endpoint_id: int, event_id: int) -> None:
    """Give up an event that waits, so that later ones of its customer go on.

    Raises NotAllowed, NotFound, or Conflict for one that was delivered.
    """
    actor.require(Permission.SETTINGS)
    event, endpoint = _event(session, endpoint_id, event_id)
    if event.delivered_at is not None:
        raise Conflict("Este evento já foi entregue.")
    audit.record(session, actor, "discard", "webhook", endpoint.id, before=_named(event))
    session.delete(event)


def switch_off_itself(
    session: Session, actor: Actor, *, endpoint_id: int, cause: Off, now: datetime
) -> None:
    """Take an endpoint out that will not or cannot be told; administrators get to see it.

    Raises NotAllowed.
    """
    actor.require(Permission.SETTINGS)
    endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update={"key_share": True})
    if endpoint is not None and endpoint.off_cause is None:
        _off(session, actor, endpoint, cause, now)


def tell_overdue(session: Session, *, today: date) -> None:
    """Write the events of the notes that became overdue since the day that was told last (R4).

    Those paid or cancelled in the meantime are not told. Done once a day, whoever asks.
    """
    # Locked before the notes are looked at: whoever opens one of them waits, and sees the new day.
    wanting = session.scalars(
        select(WebhookEndpoint)
        .where(
            WebhookEndpoint.off_cause.is_(None),
            WebhookEndpoint.events.contains([Event.NOTE_OVERDUE.value]),
            WebhookEndpoint.overdue_told != today,
        )
        .order_by(WebhookEndpoint.id)
        .with_for_update(key_share=True)
    ).all()
    for endpoint in wanting:
        since = endpoint.overdue_told
        if today < since <= today + _CLOCK_WAS_WRONG:
            continue
        endpoint.overdue_told = today
        if since < today:
            session.execute(
                _TELL_OVERDUE, {"endpoint": endpoint.id, "since": since, "today": today}
            )


def clean(session: Session, *, now: datetime) -> None:
    """Delete old events with their attempts: delivered ones, and those of endpoints long off."""
    off = select(WebhookEndpoint.id).where(WebhookEndpoint.off_at < now - KEPT)
    session.execute(
        delete(WebhookEvent).where(
            WebhookEvent.at < now - KEPT,
            WebhookEvent.delivered_at.is_not(None) | WebhookEvent.endpoint_id.in_(off),
        )
    )


def lock(session: Session, endpoint_id: int) -> WebhookEndpoint:
    """The endpoint, which nobody else changes until the transaction's end; raises NotFound."""
    # Not against those whose event refers to it: they are people at the counter.
    endpoint = session.get(
        WebhookEndpoint, endpoint_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if endpoint is None:
        raise NotFound("Destino não encontrado.")
    return endpoint


def _events(wanted: Collection[str]) -> list[str]:
    unknown = [each for each in wanted if each not in set(Event)]
    if unknown:
        raise InvalidInput(f"Use um destes: {', '.join(Event)}.", field="events")
    if not wanted:
        raise InvalidInput("Escolha ao menos um evento.", field="events")
    return [each.value for each in Event if each in wanted]


def _description(typed: str) -> str:
    label = "Descrição"
    return inputs.text(typed, field="description", maximum=MAX_DESCRIPTION, label=label)


def _written(secret: bytes) -> str:
    return PREFIX + base64.b64encode(secret).decode()


def _event(
    session: Session, endpoint_id: int, event_id: int
) -> tuple[WebhookEvent, WebhookEndpoint]:
    endpoint = lock(session, endpoint_id)
    event = session.scalar(
        select(WebhookEvent)
        .where(WebhookEvent.id == event_id, WebhookEvent.endpoint_id == endpoint.id)
        .with_for_update()
    )
    if event is None:
        raise NotFound("Entrega não encontrada.")
    return event, endpoint


def _off(
    session: Session, actor: Actor, endpoint: WebhookEndpoint, cause: Off, now: datetime
) -> None:
    before = _shown(endpoint)
    endpoint.off_cause, endpoint.off_at = cause.value, now
    audit.record(
        session, actor, "deactivate", "webhook", endpoint.id, before=before, after=_shown(endpoint)
    )


def _shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {
        "url": told(endpoint.url),
        "events": ", ".join(endpoint.events),
        "description": endpoint.description,
        "active": endpoint.off_cause is None,
        "off_cause": endpoint.off_cause,
    }


def _named(event: WebhookEvent) -> dict[str, Any]:
    return {"event": event.type, "message": str(event.message_id)}
