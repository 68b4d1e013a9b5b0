"""The API's own door: Host, the size of a body, headers, and how many are served at a time.

No cookie counts here and none is given, so no other site can act for anybody: there is no check of
Origin, and its scripts read nothing unless `cors` lets them. The same in the pages' process and in
one of the API's own.
"""

from __future__ import annotations

import logging

import anyio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credigestor.api import cors, problems, rates
from credigestor.config import get_config
from credigestor.web import shell, visitor

log = logging.getLogger("credigestor")

#: Bytes of a body.
MOST = 2**20
#: Requests at a time: threads are left for pages and their doors.
AT_A_TIME = 20

_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
#: Of every answer but the one page, which brings its own.
_CSP = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_HSTS = (b"strict-transport-security", shell.HSTS.encode())


class Gate:
    """Refuses what no operation needs to see, and dresses every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._served = anyio.CapacityLimiter(AT_A_TIME)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, WebSocket or lifespan of the server."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = scope.setdefault("state", {})

        async def dressing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *told.get(rates.TOLD, ())]
                message = {**message, "headers": _dressed(headers)}
            await send(message)

        if visitor.our_host(Headers(scope=scope).getlist) is None:
            await _refused(400, "unknown_host", "Endereço desconhecido.")(scope, receive, dressing)
            return
        await cors.around(self._let_in)(scope, receive, dressing)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        body = await _whole(scope, receive)
        if body is None:
            return  # who asked went away
        if len(body) > MOST:
            too_large = _refused(413, "body_too_large", "O corpo pode ter até 1 MB.")
            await too_large(scope, receive, sending)
            return
        given = False

        async def giving() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        try:
            async with self._served:
                await self.app(scope, giving, sending)
        except Exception:
            # Starlette answers what is unforeseen, and raises it again for the log.
            log.exception("A request to the API failed: %s %s", scope["method"], _place(scope))
            if not begun:
                await problems.unexpected()(scope, receive, sending)


async def _whole(scope: Scope, receive: Receive) -> bytes | None:
    """The body, or its first bytes once it is too large; None when the client went away."""
    told = Headers(scope=scope).get("content-length", "")
    if told.isascii() and told.isdecimal() and int(told[:20]) > MOST:
        return bytes(MOST + 1)
    body = bytearray()  # grown in place: a million messages of a byte would else be copied as often
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MOST or not message.get("more_body"):
            return bytes(body)


def _refused(status: int, code: str, detail: str) -> Response:
    return problems.answer(status, code, detail)


def _dressed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    added = [*_HEADERS, _HSTS] if get_config().behind_proxy else _HEADERS
    if _CSP[0] not in (name.lower() for name, _ in headers):
        added = [*added, _CSP]
    dropped = {b"set-cookie", *(name for name, _ in added)}
    return [*(pair for pair in headers if pair[0].lower() not in dropped), *added]


def _place(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "?")
