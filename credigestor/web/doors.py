"""The doors of the server: ASGI middleware around Streamlit and our routes.

Streamlit by itself lets a WebSocket resume any session whose id it names, serves a prepared
download to anyone who has its address, takes uploads before a login and accepts a WebSocket
without an Origin. Here each of these belongs to the cookie of the browser that it was made for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.services import auth
from credigestor.web import cookies, old_addresses, shell, strangers, visitor
from credigestor.web.bindings import MEDIA, Bindings, asked_for, incoming, whole
from credigestor.web.proxies import Proxies
from credigestor.web.uploads import UPLOAD, Uploads

log = logging.getLogger("credigestor")

STREAM = "/_stcore/stream"
#: Streamlit's own addresses that its page needs. All others (metrics, the agents' API, custom
#: components, OAuth) are closed: nobody here uses them.
OPEN = frozenset({"/_stcore/health", "/_stcore/host-config", STREAM})
CLOSED = ("/_stcore/", "/component/", "/auth/", "/oauth2callback")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: A visitor's cookie is given with the page, or with what the page asks for first.
GIVES_COOKIE = frozenset({"/_stcore/health", "/_stcore/host-config"})

_BODY_LIMIT = 1_000_000
_NOT_YOURS = PlainTextResponse(
    "Acesso negado. Se o arquivo é seu, carregue a página de novo: outro processo pode ter"
    " assumido o atendimento.",
    403,
)
_UNAVAILABLE = PlainTextResponse(
    "O CrediGestor não conseguiu atender agora. Tente de novo em instantes.", 503
)


class Doors:
    """Refuses what a visitor may not reach, and dresses what they may."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.bindings = Bindings()
        self.strangers = strangers.Strangers()
        self.uploads = Uploads()
        self.proxies = Proxies()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, WebSocket or lifespan of the server."""
        if scope["type"] == "http":
            self.proxies.mind(scope)
            await self._answer(scope, receive, _with_headers(send, scope["path"]))
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; one that fails, as when the database is down, in Portuguese too."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._http(scope, receive, noting)
        except Exception:
            if begun:
                raise
            # Of the address only its beginning: a token may follow.
            log.exception("A request to %r failed.", "/" + scope["path"].split("/")[1])
            await _UNAVAILABLE(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, token = scope["path"], cookies.read(scope["headers"])
        refusal = _foreign(scope) or await self._closed(path, token)
        if refusal:
            await refusal(scope, receive, send)
            return
        today = old_addresses.renewed(path, scope.get("query_string", b"").decode("latin-1"))
        if today is not None and scope["method"] in ("GET", "HEAD"):
            await RedirectResponse(today, 307)(scope, receive, send)
            return
        if path.startswith(UPLOAD):
            await self.uploads.serve(self.app, scope, receive, send)
            return
        scope = _noting_peer(scope)
        if token is None and scope["method"] == "GET" and cookies.may_be_given(scope):
            send = _giving_cookie(send, always=path in GIVES_COOKIE)
        if scope["method"] in ("GET", "HEAD") and not path.startswith((MEDIA, "/static/")):
            scope = _without_variants(scope)
            send = _Shell(send, scope["method"], path)
        await self.app(scope, receive, send)

    async def _closed(self, path: str, token: str | None) -> PlainTextResponse | None:
        """The refusal for an address that nobody may reach, or this visitor may not."""
        if path.startswith(MEDIA):
            owner = await _logged_in(token)
            if owner is None or not self.bindings.owns_file(owner, path):
                return _NOT_YOURS
        elif path.startswith(UPLOAD):
            owner = await _logged_in(token)
            session_id = path.removeprefix(UPLOAD).partition("/")[0]
            if owner is None or self.bindings.owner_of(session_id) != owner:
                return _NOT_YOURS
        elif path.startswith(CLOSED) and path not in OPEN:
            return PlainTextResponse("Não encontrado.", 404)
        return None

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        token = cookies.read(scope["headers"])
        host = visitor.our_host(headers.getlist)
        refused = (
            scope["path"] != STREAM
            or token is None
            or host is None
            or not visitor.from_our_origin(headers.getlist, host)
        )
        protocols = [
            part.strip() for part in ",".join(headers.getlist("sec-websocket-protocol")).split(",")
        ]
        if token is None or refused:
            await self._refuse_websocket(scope, receive, send)
            return
        owner, known = auth.digest(token), None
        if len(protocols) > 2:
            known = self.bindings.owner_of(protocols[2])
            if known is not None and known != owner:
                await self._refuse_websocket(scope, receive, send)
                return
            # An id that this process does not know (it was restarted): a session begins anew.
            protocols = protocols[:3] if known else protocols[:2]
        scope = _noting_peer(_replacing(scope, "sec-websocket-protocol", ", ".join(protocols)))
        bound = False

        async def learning(message: Message) -> None:
            nonlocal bound
            payload = message.get("bytes")
            if message["type"] == "websocket.send" and payload:
                bound = self.bindings.learn(payload, owner, bound=bound, shown=shown)
            await send(message)

        async def guarding() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if await self._may_send(message.get("bytes"), owner, token):
                return message if known or bound else {**message, "bytes": whole(message["bytes"])}
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return {"type": "websocket.disconnect", "code": 1008}

        standing = await strangers.standing(token)
        scope = _replacing(scope, visitor.STANDING_HEADER, standing)
        shown = self.uploads.opened()
        try:
            if standing == visitor.LOGGED_IN:
                await self.app(scope, guarding, learning)
            else:
                await self.strangers.serve(self.app, scope, guarding, learning)
        finally:
            self.uploads.closed(shown)

    async def _may_send(self, payload: bytes | None, owner: str, token: str) -> bool:
        """Tell whether a message may reach Streamlit; one wants a file, which must be theirs."""
        message = incoming(payload)
        if message is None:
            return False
        wanted = asked_for(message)
        return wanted is None or (
            self.bindings.owns_file(owner, wanted) and await _logged_in(token) is not None
        )

    async def _refuse_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        log.warning("WebSocket refused: %r from %r", scope["path"], scope.get("client"))
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ""})


def _foreign(scope: Scope) -> PlainTextResponse | None:
    """The refusal for a Host that is not ours, or a change that another site asks for."""
    headers = Headers(scope=scope)
    host = visitor.our_host(headers.getlist)
    if host is None:
        return PlainTextResponse("Endereço desconhecido.", 400)
    if scope["method"] not in SAFE_METHODS and not visitor.from_our_origin(headers.getlist, host):
        return PlainTextResponse("Origem recusada.", 403)
    return None


async def _logged_in(token: str | None) -> str | None:
    """The owner, if this cookie is a login that still holds."""
    if token is None:
        return None

    def authenticate() -> bool:
        with transaction() as session:
            found = auth.authenticate(session, token=token, now=clock.now(), touch=False)
        return found is not None

    return auth.digest(token) if await anyio.to_thread.run_sync(authenticate) else None


def _noting_peer(scope: Scope) -> Scope:
    """Tell the script who connected, in a header that no browser can set."""
    client = scope.get("client")
    return _replacing(scope, visitor.PEER_HEADER, client[0] if client else "")


def _without_variants(scope: Scope) -> Scope:
    """Ask for the whole page, plain: it is rewritten on its way out."""
    unwanted = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since")
    kept = [(name, value) for name, value in scope["headers"] if name not in unwanted]
    extensions = {k: v for k, v in scope.get("extensions", {}).items() if "pathsend" not in k}
    return {**scope, "headers": kept, "extensions": extensions}


def _replacing(scope: Scope, name: str, value: str) -> Scope:
    kept = [pair for pair in scope["headers"] if pair[0].lower() != name.encode()]
    return {**scope, "headers": [*kept, (name.encode(), value.encode("latin-1", "replace"))]}


def _with_headers(send: Send, path: str) -> Send:
    """Add the security headers, drop cross-origin permissions, keep data out of caches."""
    public = path.startswith(("/static/", "/app/static/"))

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = shell.security_headers(framed=path.startswith("/documento/recibo/"))
            if not public:
                added.append((b"cache-control", b"no-store"))
            replaced = {name for name, _ in added}
            message = _but_headers(message, replaced, added)
        await send(message)

    return dressing


def _giving_cookie(send: Send, *, always: bool) -> Send:
    async def giving(message: Message) -> None:
        if message["type"] == "http.response.start" and (always or _is_html(message)):
            header = (b"set-cookie", cookies.set_cookie(cookies.new_token()).encode())
            message = _but_headers(message, (), [header])
        await send(message)

    return giving


class _Shell:
    """Holds an HTML response back until it is whole, and sends it in Portuguese.

    Below another address it finds neither its scripts nor the server: `/clientes/ana` is led to
    `/clientes-ana`, where the page says that there is none.
    """

    def __init__(self, send: Send, method: str, path: str) -> None:
        self._send = send
        self._method = method
        self._name = path.strip("/")
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start" and _is_html(message):
            if "/" in self._name:
                there = f"/{quote(self._name.replace('/', '-'))}"
                message = {**message, "status": 307, "headers": [(b"location", there.encode())]}
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if len(self._body) > _BODY_LIMIT:
                raise RuntimeError("an HTML page of this size is not Streamlit's shell")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        led_on = "/" in self._name
        body = b"" if led_on else shell.portuguese(self._body.decode()).encode()
        gone = (b"etag", b"last-modified", b"accept-ranges", b"content-length")
        length = [] if self._method == "HEAD" else [(b"content-length", b"%d" % len(body))]
        await self._send(_but_headers(start, gone, length))
        await self._send(
            {"type": "http.response.body", "body": b"" if self._method == "HEAD" else body}
        )


def _is_html(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )


def _but_headers(
    message: Message, gone: Iterable[bytes], added: list[tuple[bytes, bytes]]
) -> dict[str, Any]:
    gone = set(gone)
    kept = [
        (name, value)
        for name, value in message.get("headers", [])
        if name.lower() not in gone and not name.lower().startswith(b"access-control-")
    ]
    return {**message, "headers": [*kept, *added]}
