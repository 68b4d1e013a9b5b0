"""An operation runs in one thread, whatever it is made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from threading import Event, Lock, get_ident
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi import Request as Asked
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from credigestor.api import application
from credigestor.api.one_thread import (
    PAGES_FIRST,
    READING_AT_A_TIME,
    OneThread,
    at_once,
)
from credigestor.web import page_runs
from tests.api import asking
from tests.api.asking import Answer, Request, ask


class Seen(BaseModel):
    """The threads of a call: of the event loop, of who is asked who calls, of the act."""

    loop: int
    who: int
    act: int


def call(endpoint: Callable[..., Any]) -> Answer:
    """Ask an application of this one operation."""
    router = APIRouter(route_class=OneThread)
    router.post("/api/x")(endpoint)
    app = FastAPI()

    async def outside(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["loop"] = get_ident()
        await app(scope, receive, send)

    app.include_router(router)
    return ask("POST", "/api/x", app=outside, body={"a": 1})


def dependencies(of: Dependant) -> Iterator[Any]:
    for each in of.dependencies:
        yield each.call
        yield from dependencies(each)


def test_who_calls_and_the_act_share_a_thread_that_is_not_the_loops() -> None:
    def who() -> int:
        return get_ident()

    def act(request: Asked, data: dict[str, int], caller: int = Depends(at_once(who))) -> Seen:
        assert data == {"a": 1}
        return Seen(loop=request.state.loop, who=caller, act=get_ident())

    seen = call(act).json
    assert seen["who"] == seen["act"] != seen["loop"]


def test_what_waits_for_the_loop_is_an_error_and_is_not_left_hanging() -> None:
    async def waiting() -> None:
        await asyncio.sleep(0)

    def act(_: Any = Depends(waiting)) -> None:  # noqa: B008
        raise AssertionError("not reached")

    with pytest.raises(ExceptionGroup) as raised:
        call(act)
    [error] = raised.value.exceptions
    assert "waits for the event loop" in str(error)


def test_no_operation_has_a_dependency_that_needs_another_thread() -> None:
    """FastAPI calls a plain function in one of its own, which the loop then waits for."""
    found = [
        (route.path, call)
        for included in application.api.routes
        for route in getattr(included, "original_router").routes  # noqa: B009
        if isinstance(route, OneThread)
        for call in dependencies(route.dependant)
    ]
    assert len({path for path, _ in found}) > 50  # the manual's are FastAPI's own
    plain = {
        (path, name)
        for path, call in found
        if not asyncio.iscoroutinefunction(call)
        and not asyncio.iscoroutinefunction(getattr(call, "__call__", None))  # noqa: B004
        for name in [getattr(call, "__name__", repr(call))]
    }
    assert plain == set()


def test_few_read_at_a_time_and_a_write_does_not_wait_for_them() -> None:
    reading, full, written = 0, Event(), Event()
    most = 0
    lock = Lock()

    def read() -> None:
        nonlocal reading, most
        with lock:
            reading += 1
            most = max(most, reading)
            if reading == READING_AT_A_TIME:
                full.set()
        assert written.wait(10)
        with lock:
            reading -= 1

    def write() -> None:
        assert full.wait(10), "it came before they were all at work"
        written.set()

    router = APIRouter(route_class=OneThread)
    router.get("/api/x")(read)
    router.post("/api/x")(write)
    app = FastAPI()
    app.include_router(router)
    reads = [Request("GET", "/api/x")] * (READING_AT_A_TIME + 2)
    answers = asking.at_once([*reads, Request("POST", "/api/x")], app=app)
    assert {each.status for each in answers} == {200}
    assert most == READING_AT_A_TIME


def test_an_operation_begins_when_the_run_of_a_page_has_ended_or_a_moment_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[float] = []
    monkeypatch.setattr(page_runs, "give_way", asked.append)

    def act() -> list[float]:
        return asked

    assert call(act).json == [PAGES_FIRST]
