"""Webhooks: the endpoints that are told what happens, and what each of them was told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StrictBool
from sqlalchemy.orm import Session
from starlette.responses import Response

from credigestor.api.calls import Caller
from credigestor.api.fields import Answer, Body, PathId, examples
from credigestor.api.once import Once
from credigestor.api.operations import Operations
from credigestor.api.paging import Page, Paging
from credigestor.api.versions import Change, Seen
from credigestor.config import get_config
from credigestor.db.engine import snapshot
from credigestor.reports import webhooks as reports
from credigestor.reports.webhooks import Delivery
from credigestor.rules.permissions import Permission
from credigestor.rules.webhooks import MAX_URL, Event, Off
from credigestor.services import webhooks as services

router = Operations("/webhooks", "Webhooks")

_Url = Annotated[str, Field(max_length=MAX_URL)]
_Events = Annotated[list[Event], Field(max_length=len(Event))]
_Description = Annotated[str, Field(max_length=services.MAX_DESCRIPTION)]


class NewWebhook(Body):
    """Who is to be told, and what; the secret is made here and told once."""

    model_config = examples(
        {
            "url": "https://erp.loja.example/crediario",
            "events": ["payment.received", "note.overdue"],
            "description": "ERP",
        }
    )

    url: _Url
    events: _Events
    description: _Description = ""


class WebhookChange(Body):
    """What is to change of an endpoint; `active: true` sends what waited, at once."""

    model_config = examples({"active": False})

    url: Annotated[str, Field(default_factory=str, max_length=MAX_URL)]
    events: Annotated[list[Event], Field(default_factory=list, max_length=len(Event))]
    description: Annotated[str, Field(default_factory=str, max_length=services.MAX_DESCRIPTION)]
    active: Annotated[StrictBool, Field(default_factory=bool)]


class NothingToSay(Body):
    """The address says all of it."""

    model_config = examples({})


class SecretMade(Answer):
    """An endpoint's new secret, told this once: null when the same is asked for again."""

    id: int
    secret: str | None


class _Kept(Answer):
    """What is kept of it: no secret."""

    id: int


class WebhookDone(Answer):
    """The endpoint or delivery that it was done to."""

    id: int


class Webhook(Answer):
    """An endpoint; `off_cause` says why it is told nothing."""

    id: int
    url: str
    description: str
    events: list[Event]
    active: bool
    off_cause: Off | None
    off_at: datetime | None
    created_at: datetime


class WebhookRow(Webhook):
    """An endpoint in a list; how many events wait for it, and when one was delivered last."""

    waiting: int
    last_delivered_at: datetime | None


class Attempt(Answer):
    """One try: the status that came back, or why none did."""

    at: datetime
    status: int | None
    milliseconds: int
    error: str | None


class WebhookDelivery(Answer):
    """An event for an endpoint; `webhook_id` is its header, the same at each try, newest first."""

    id: int
    webhook_id: str
    type: Event
    number: str
    customer_id: int
    at: datetime
    state: Delivery
    next_at: datetime | None
    delivered_at: datetime | None
    attempts: list[Attempt]


@router.reads("", Permission.SETTINGS, "Os destinos dos avisos")
def search(paging: Paging) -> Page[WebhookRow]:
    """Endpoints by id."""
    after = paging.after(int)
    with snapshot() as session:
        found = reports.endpoints(session)
    rest = [each for each in found if after is None or each.id > after[0]]
    shown, cursor = paging.cut(rest, lambda each: [each.id])
    return Page(items=[WebhookRow.model_validate(each) for each in shown], next_cursor=cursor)


@router.writes("", Permission.SETTINGS, "Cadastrar um destino", answers=SecretMade)
def create(call: Caller, once: Once, data: NewWebhook) -> Response:
    """Make an endpoint."""
    made: list[str] = []

    def act(session: Session) -> _Kept:
        endpoint_id, secret = services.create(
            session,
            call.actor,
            url=data.url,
            events=data.events,
            description=data.description,
            private=get_config().webhook_private,
            today=call.today,
        )
        made.append(secret)
        return _Kept(id=endpoint_id)

    return once(data, act, secret=lambda _: {"secret": made[0] if made else None})


@router.reads("/{webhook_id}", Permission.SETTINGS, "Um destino", versioned=Webhook)
def read(webhook_id: PathId, seen: Seen) -> Response:
    """One endpoint."""
    with snapshot() as session:
        return seen(_shown(session, webhook_id))


@router.changes("/{webhook_id}", Permission.SETTINGS, "Mudar um destino", answers=Webhook)
def change(webhook_id: PathId, call: Caller, change: Change, data: WebhookChange) -> Response:
    """Change address, events and description, switch off or on."""

    def act(session: Session) -> None:
        sent = data.model_fields_set
        before = services.lock(session, webhook_id)
        if sent & {"url", "events", "description"}:
            services.change(
                session,
                call.actor,
                endpoint_id=webhook_id,
                url=data.url if "url" in sent else before.url,
                events=data.events if "events" in sent else before.events,
                description=data.description if "description" in sent else before.description,
                private=get_config().webhook_private,
                today=call.today,
            )
        if "active" in sent and data.active:
            services.switch_on(session, call.actor, endpoint_id=webhook_id, today=call.today)
        elif "active" in sent:
            services.switch_off(session, call.actor, endpoint_id=webhook_id, now=call.now)

    return change(
        data,
        act,
        lock=lambda session: services.lock(session, webhook_id),
        shown=lambda session: _shown(session, webhook_id),
    )


@router.writes(
    "/{webhook_id}/secret", Permission.SETTINGS, "Gerar um novo segredo", answers=SecretMade
)
def rotate(webhook_id: PathId, call: Caller, once: Once, data: NothingToSay) -> Response:
    """Give an endpoint a new secret; the old one signs beside it for a day."""
    made: list[str] = []

    def act(session: Session) -> _Kept:
        made.append(services.rotate(session, call.actor, endpoint_id=webhook_id, now=call.now))
        return _Kept(id=webhook_id)

    return once(data, act, secret=lambda _: {"secret": made[0] if made else None})


@router.writes(
    "/{webhook_id}/removal", Permission.SETTINGS, "Excluir um destino", answers=WebhookDone
)
def remove(webhook_id: PathId, call: Caller, once: Once, data: NothingToSay) -> Response:
    """Delete an endpoint with its deliveries."""

    def act(session: Session) -> WebhookDone:
        services.remove(session, call.actor, endpoint_id=webhook_id)
        return WebhookDone(id=webhook_id)

    return once(data, act)


@router.reads("/{webhook_id}/deliveries", Permission.SETTINGS, "O que um destino foi avisado")
def deliveries(webhook_id: PathId, paging: Paging, failing: bool = False) -> Page[WebhookDelivery]:
    """Events for an endpoint, the newest first, with each try."""
    after = paging.after(int)
    with snapshot() as session:
        reports.endpoint(session, webhook_id)
        found = reports.deliveries(
            session,
            webhook_id,
            failing=failing,
            limit=paging.rows,
            before=after[0] if after else None,
        )
    shown, cursor = paging.cut(found, lambda each: [each.id])
    return Page(items=[WebhookDelivery.model_validate(each) for each in shown], next_cursor=cursor)


@router.writes(
    "/{webhook_id}/deliveries/{delivery_id}/resend",
    Permission.SETTINGS,
    "Reenviar um aviso",
    answers=WebhookDone,
)
def resend(
    webhook_id: PathId, delivery_id: PathId, call: Caller, once: Once, data: NothingToSay
) -> Response:
    """Send an event again, with the same id."""

    def act(session: Session) -> WebhookDone:
        services.resend(session, call.actor, endpoint_id=webhook_id, event_id=delivery_id)
        return WebhookDone(id=delivery_id)

    return once(data, act)


@router.writes(
    "/{webhook_id}/deliveries/{delivery_id}/discard",
    Permission.SETTINGS,
    "Desistir de um aviso",
    answers=WebhookDone,
)
def discard(
    webhook_id: PathId, delivery_id: PathId, call: Caller, once: Once, data: NothingToSay
) -> Response:
    """Give an event up, so that later ones of its customer go on."""

    def act(session: Session) -> WebhookDone:
        services.discard(session, call.actor, endpoint_id=webhook_id, event_id=delivery_id)
        return WebhookDone(id=delivery_id)

    return once(data, act)


def _shown(session: Session, webhook_id: int) -> Webhook:
    return Webhook.model_validate(reports.endpoint(session, webhook_id))
