"""A receiver of webhooks on loopback, the clock that attempts are dated by, the dispatcher."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event as Signal
from threading import Thread
from typing import Any

from sqlalchemy import select

from credigestor.db.engine import snapshot, transaction
from credigestor.db.models import AuditEntry, WebhookEndpoint, WebhookEvent
from credigestor.rules.permissions import Actor, Role
from credigestor.rules.webhooks import Event
from credigestor.services import webhooks
from credigestor.webhooks import sending
from credigestor.webhooks.dispatcher import Dispatcher
from tests.moments import NOW
from tests.portfolio import TODAY

ADA = Actor(None, "Ada", Role.ADMIN)
#: Long enough for an answer from loopback, and soon over for one that hangs.
SHORT = 0.4


@dataclass
class Clock:
    """What attempts are dated by."""

    at: datetime = NOW

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Got:
    """One request that came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """Takes every POST; `answer` says with which status, and may wait."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], int] = lambda _: 204

    def told(self) -> list[tuple[str, int]]:
        """Type and customer of all that came, in order."""
        return [(each.json["type"], each.json["data"]["customer_id"]) for each in self.got]


@contextmanager
def receiver(secure: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver for the block; by TLS where it is given a certificate."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got = Got({name.lower(): value for name, value in self.headers.items()}, body)
            made.got.append(got)
            status = made.answer(got)
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", made.url + "/outro")
                self.end_headers()
            except OSError:
                pass  # it hung until the other side had gone

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if secure is not None:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def endpoint(url: str = "https://erp.example.com/x", events: Sequence[str] = tuple(Event)) -> int:
    """An endpoint; all events unless some are named."""
    return endpoint_and_secret(url, events)[0]


def endpoint_and_secret(url: str, events: Sequence[str] = tuple(Event)) -> tuple[int, str]:
    with transaction() as session:
        return webhooks.create(session, ADA, url=url, events=events, private=True, today=TODAY)


def dispatcher(clock: Clock, **options: Any) -> Dispatcher:
    """One that gives up soon; into our own network too."""
    post = partial(sending.post, limit=SHORT)
    return Dispatcher(**{"now": clock, "private": True, "post": post, **options})


def add_event(endpoint_id: int, customer_id: int, kind: Event = Event.SALE_CREATED) -> int:
    """An event as a trigger writes it, of no act."""
    with transaction() as session:
        event = WebhookEvent(
            endpoint_id=endpoint_id,
            type=kind.value,
            customer_id=customer_id,
            data={"customer_id": customer_id},
        )
        session.add(event)
        session.flush()
        return event.id


def events() -> list[WebhookEvent]:
    """All events, in order."""
    with snapshot() as session:
        return list(session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)))


def kinds() -> list[str]:
    return [event.type for event in events()]


def stored(endpoint_id: int) -> WebhookEndpoint:
    with snapshot() as session:
        return session.get_one(WebhookEndpoint, endpoint_id)


@contextmanager
def hanging(receiver: Receiver, status: int = 204) -> Iterator[Signal]:
    """The receiver answers nothing until the block ends; the signal says that it was asked."""
    asked, released = Signal(), Signal()

    def wait(_: Got) -> int:
        asked.set()
        released.wait(10)
        return status

    before, receiver.answer = receiver.answer, wait
    try:
        yield asked
    finally:
        receiver.answer = before
        released.set()


def audited() -> list[AuditEntry]:
    """What the audit log tells of webhooks."""
    found = select(AuditEntry).where(AuditEntry.entity == "webhook").order_by(AuditEntry.id)
    with snapshot() as session:
        return list(session.scalars(found))
