"""A program's calls to the API, without a server: straight to its ASGI application."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import anyio
from starlette.types import ASGIApp, Message

from credigestor.api import app
from credigestor.db.models import User
from tests.factories import PASSWORD

ROOT = "/api/v1"


@dataclass
class Answer:
    """What came back."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body, which must be JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem."""
        assert self.headers["content-type"] == "application/problem+json", self.body
        problem = self.json
        assert problem["status"] == self.status
        assert problem["title"]
        assert problem["detail"]
        return str(problem["code"])


@dataclass
class Request:
    """What is asked: `raw` in the place of a body in JSON."""

    method: str
    path: str
    token: str | None = None
    body: Any = None
    key: str | None = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    host: str = "localhost"


def ask(method: str, path: str, *, app: ASGIApp = app, **more: Any) -> Answer:
    """Ask once; a path without /api is below the API's root."""
    return at_once([Request(method, path, **more)], app=app)[0]


def get(path: str, token: str | None) -> Any:
    """What a GET is answered, which must be good."""
    answer = ask("GET", path, token=token)
    assert answer.status == 200, answer.body
    return answer.json


def post(path: str, token: str | None, body: Any, *, key: str | None = None) -> Answer:
    """A write with a key of its own unless one is given."""
    return ask("POST", path, token=token, body=body, key=key or str(uuid.uuid4()))


def read(path: str, token: str | None) -> Answer:
    """What a GET is answered with its headers, among them the ETag for `patch`."""
    return ask("GET", path, token=token)


def patch(path: str, token: str | None, body: Any, tag: str = "*") -> Answer:
    """A change of what has this ETag."""
    return ask("PATCH", path, token=token, body=body, headers={"if-match": tag})


def at_once(requests: Sequence[Request], *, app: ASGIApp = app) -> list[Answer]:
    """Ask all at the same time, of one server."""
    answers = [Answer() for _ in requests]

    async def all_of_them() -> None:
        async with anyio.create_task_group() as group:
            for request, answer in zip(requests, answers, strict=True):
                group.start_soon(_ask, app, request, answer)

    # In a thread: a browser test may have left its loop in ours.
    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(anyio.run, all_of_them).result()
    return answers


def log_in(user: User, password: str = PASSWORD) -> dict[str, Any]:
    """The tokens of a user."""
    answer = ask("POST", "/auth/login", body={"login": user.login, "password": password})
    assert answer.status == 200, answer.body
    tokens: dict[str, Any] = answer.json
    return tokens


def token_of(user: User) -> str:
    """The access token of a user."""
    return str(log_in(user)["access_token"])


async def _ask(app: ASGIApp, request: Request, answer: Answer) -> None:
    path, _, query = request.path.partition("?")
    if not path.startswith("/api"):
        path = ROOT + path
    headers = {"host": request.host, **request.headers}
    body = request.raw
    if body is None:
        body = b"" if request.body is None else json.dumps(request.body).encode()
    if body:
        headers.setdefault("content-type", "application/json")
    if request.token:
        headers["authorization"] = f"Bearer {request.token}"
    if request.key:
        headers["idempotency-key"] = request.key
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "path": unquote(path),
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("localhost", 80),
        "state": {},
    }
    asked = False

    async def receive() -> Message:
        nonlocal asked
        if asked:
            await anyio.sleep_forever()
        asked = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {
                name.decode().lower(): value.decode() for name, value in message["headers"]
            }
        else:
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
