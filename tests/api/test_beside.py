"""The API beside the pages: under /api nothing is Streamlit's, and elsewhere nothing is ours."""

from __future__ import annotations

from typing import Any

import anyio
from starlette.responses import PlainTextResponse

from credigestor.api import app as alone
from credigestor.api.beside import Beside
from credigestor.web.doors import Doors
from credigestor.web.measured import Measured
from tests.api.asking import ask

pages: Any = Beside(PlainTextResponse("páginas"))


def test_only_what_is_under_api_is_the_apis() -> None:
    for path in ("/api", "/api/", "/api/v1/nada", "/api/../x"):
        assert ask("GET", path, app=pages).code == "not_found", path
    assert ask("GET", "/api/v1/auth/me", app=pages).code == "invalid_token"


def test_the_front_of_the_house_has_the_api_before_its_doors() -> None:
    from app import app as front

    assert [each.cls for each in front._user_middleware] == [Measured, Beside, Doors]


def test_a_websocket_is_refused() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    anyio.run(alone, {"type": "websocket", "path": "/api/v1", "headers": []}, receive, send)
    assert [(each["type"], each["code"]) for each in sent] == [("websocket.close", 1008)]
