"""The API's own door: how much of a body is read, and how many are served at a time."""

from __future__ import annotations

from typing import Any

import anyio
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from credigestor.api.gate import AT_A_TIME, MOST, Gate
from tests.api.asking import Request, at_once


def sent_in_parts(part: bytes) -> tuple[int, int]:
    """Status for a body without end, of such parts, and how many of them were read."""
    gate, read, status = Gate(PlainTextResponse("")), 0, 0

    async def receive() -> Any:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": part, "more_body": True}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {"type": "http", "method": "POST", "path": "/x", "headers": [(b"host", b"localhost")]}
    anyio.run(gate, scope, receive, send)
    return status, read


def test_a_body_without_end_is_read_no_further_than_a_megabyte() -> None:
    assert sent_in_parts(bytes(65536)) == (413, MOST // 65536 + 1)


def test_who_goes_away_while_sending_is_not_served() -> None:
    served = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        served.append(scope)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError("nobody is there")

    scope = {"type": "http", "method": "POST", "path": "/x", "headers": [(b"host", b"localhost")]}
    anyio.run(Gate(app), scope, receive, send)
    assert served == []


def test_so_many_are_served_at_a_time_and_the_others_in_their_turn() -> None:
    now, most = 0, 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await anyio.sleep(0.01)
        now -= 1
        await PlainTextResponse("feito")(scope, receive, send)

    answers = at_once([Request("GET", "/x")] * (3 * AT_A_TIME), app=Gate(app))
    assert most == AT_A_TIME
    assert {each.body for each in answers} == {b"feito"}
