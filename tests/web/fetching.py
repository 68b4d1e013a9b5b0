"""A browser's request for one of our routes, without a server: through the doors to the route."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import unquote

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import Message

from credigestor.web import cookies
from credigestor.web.doors import Doors
from credigestor.web.measured import Measured
from credigestor.web.routes import routes
from tests.ui.support import Visit


@dataclass
class Answer:
    """What came back: status, headers in lower case, body, and whether all of it came."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = False

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """Asks once. It can go away, or stop reading, after so many blocks of the answer."""

    def __init__(self, *, leaves_after: int | None = None, stalls_after: int | None = None) -> None:
        self.answer = Answer()
        self._left = anyio.Event()
        self._leaves_after = leaves_after
        self._stalls_after = stalls_after
        self._asked = False
        self._blocks = 0

    async def receive(self) -> Message:
        """The request, then nothing until the client goes away."""
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = {
                name.decode().lower(): value.decode() for name, value in message["headers"]
            }
            return
        self._blocks += 1
        if self._blocks == self._stalls_after:
            await anyio.sleep_forever()
        if self._blocks == self._leaves_after:
            self._left.set()
            await anyio.sleep_forever()
        self.answer.body += message.get("body", b"")
        self.answer.whole = not message.get("more_body")


APP = Starlette(routes=routes(), middleware=[Middleware(Measured), Middleware(Doors)])


def fetch(
    path: str,
    token: str | None,
    *,
    method: str = "GET",
    http: str = "1.1",
    host: str = "localhost",
    peer: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
    client: Client | None = None,
) -> Answer:
    """Ask for a path with this login's cookie; an error that ended the answer is swallowed."""
    client = client or Client()
    path, _, query = path.partition("?")
    cookie = [(b"cookie", f"{cookies.cookie_name()}={token}".encode())] if token else []
    more = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": http,
        "method": method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(b"host", host.encode()), (b"accept-encoding", b"gzip"), *cookie, *more],
        "client": (peer, 1),
        "server": ("localhost", 80),
    }

    async def ask() -> None:
        try:
            await APP(scope, client.receive, client.send)
        except Exception:
            assert client.answer.status, "the failure was not answered"

    # In a thread: a browser test may have left its loop in ours.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(anyio.run, ask).result()
    return client.answer


def click_and_fetch(app: Visit, key: str) -> Answer:
    """Click a download button of a page, follow the link that appears, and draw the page again."""
    app.button(key=key).click().run()
    [path] = download_links(app)
    answer = fetch(path, app.browser.cookies[cookies.cookie_name()])
    app.run()
    return answer


def download_links(app: Visit) -> list[str]:
    """The addresses that the page's script would follow."""
    assert not app.exception
    drawn = "".join(element.proto.body for element in app.get("html"))
    return re.findall(r'<a class="cg-download" href="([^"]+)" download>', drawn)
