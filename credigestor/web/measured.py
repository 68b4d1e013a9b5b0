"""Requests counted and timed, and `/metrics`, where Prometheus reads that and the shop's state.

It tells nothing of a customer, but how much a shop sells can be guessed from it: so it is for this
machine alone, or for who has the token.
"""

from __future__ import annotations

import hmac
import logging
import time
from collections.abc import Iterator

import anyio
import anyio.to_thread
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credigestor import metrics
from credigestor.config import get_config
from credigestor.db.engine import pool, spare_connection
from credigestor.reports.vitals import Vitals, vitals
from credigestor.web import visitor

log = logging.getLogger("credigestor")

PATH = "/metrics"
_PARTS = {
    "api": "api",
    "baixar": "download",
    "documento": "document",
    "media": "media",
    "static": "static",
    "saude": "health",
    "metrics": "metrics",
    "_stcore": "streamlit",
}
_one_at_a_time = anyio.CapacityLimiter(1)


class Measured:
    """Outermost ASGI middleware: times each request, counts who is connected, answers /metrics."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, WebSocket or lifespan of the server."""
        if scope["type"] == "websocket":
            with metrics.OPEN_PAGES.track_inprogress():
                await self.app(scope, receive, send)
        elif scope["type"] != "http":
            await self.app(scope, receive, send)
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if scope["path"] == PATH:
                await (await _answer(scope))(scope, receive, noting)
            else:
                await self.app(scope, receive, noting)
        finally:
            taken = time.perf_counter() - begun
            part = _PARTS.get(scope["path"].split("/")[1], "page")
            metrics.REQUESTS.labels(part, f"{status // 100}xx").observe(taken)


async def _answer(scope: Scope) -> Response:
    if scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse("Só para leitura.", 405, {"allow": "GET, HEAD"})
    headers = Headers(scope=scope)
    if not _may_read(scope, headers):
        return PlainTextResponse(
            "As medidas são para esta máquina, ou para quem tem CREDIGESTOR_METRICS_TOKEN.", 403
        )
    text = await anyio.to_thread.run_sync(exposition, limiter=_one_at_a_time)
    kept = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return Response(text, headers=kept, media_type=CONTENT_TYPE_LATEST)


def _may_read(scope: Scope, headers: Headers) -> bool:
    token, client = get_config().metrics_token, scope.get("client")
    if token is not None and token.get_secret_value():
        given = headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.get_secret_value().encode())
    return (
        visitor.is_loopback(client[0] if client else None)
        and not any(name in headers for name in visitor.FORWARDING)
        and visitor.our_host(headers.getlist) is not None
    )


def exposition() -> bytes:
    """All that is measured, in Prometheus' text format."""
    now = CollectorRegistry()
    now.register(_State())
    return generate_latest(metrics.REGISTRY) + generate_latest(now)


class _State(Collector):
    """What is asked at the moment: the pool, and of the database how the shop stands."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges; without the database only the pool's, and that it is away."""
        used, most = pool()
        yield _gauge("credigestor_connections", "Connections to the database in use", used)
        yield _gauge("credigestor_connections_limit", "Most connections of this process", most)
        found = _vitals()
        yield _gauge("credigestor_database_up", "1 where the database answers", found is not None)
        if found is None:
            return
        for name, what, moment in (
            ("backup", "Start of the last good backup", found.backup),
            (
                "verification",
                "Start of the last good verification",
                found.verification,
            ),
        ):
            at = moment.timestamp() if moment else 0
            yield _gauge(f"credigestor_{name}_timestamp_seconds", f"{what}; 0 for never", at)
        waits = found.sales_to_fold
        yield _gauge("credigestor_sales_to_fold", "Sales changed since the last fold", waits)
        waits = found.deliveries
        yield _gauge("credigestor_webhooks_waiting", "Deliveries still to be made", waits)


def _vitals() -> Vitals | None:
    try:
        with spare_connection() as connection, Session(connection) as session:
            return vitals(session)
    except Exception:
        log.exception("The database did not tell its state.")
        return None


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, what, float(value))
