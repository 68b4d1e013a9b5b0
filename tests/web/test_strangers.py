"""Strangers' WebSockets: so many from an address, small messages, and few runs at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from credigestor.rules.permissions import Role
from credigestor.web import cookies, strangers, visitor
from credigestor.web.doors import Doors
from credigestor.web.strangers import CONNECTIONS, MESSAGE, TURNS, Strangers
from tests.ui.support import login_as

FINISHED = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY).SerializeToString()


def rerun(page: str = "") -> bytes:
    message = BackMsg()
    message.rerun_script.page_name = page
    return message.SerializeToString()


class Streamlit:
    """In Streamlit's place: counts the runs that go on, each until `finish`."""

    def __init__(self) -> None:
        self.running = self.most = self.done = 0
        self.connected = 0
        self.finish = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.connected += 1
        while (message := await receive())["type"] == "websocket.receive":
            if not message["bytes"]:
                continue
            self.running += 1
            self.most = max(self.most, self.running)
            await self.finish.wait()
            await asyncio.sleep(0)
            self.running -= 1
            self.done += 1
            await send({"type": "websocket.send", "bytes": FINISHED})


class Socket:
    """One stranger's browser: what it sends, and what it hears."""

    def __init__(self, *payloads: bytes, address: str = "203.0.113.1") -> None:
        self.heard: list[Any] = []
        self.leave = asyncio.Event()
        self._payloads = list(payloads)
        self.scope = {"type": "websocket", "client": (address, 1), "headers": []}

    async def receive(self) -> Any:
        if self._payloads:
            return {"type": "websocket.receive", "bytes": self._payloads.pop(0)}
        await self.leave.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    async def send(self, message: Any) -> None:
        self.heard.append(message)

    @property
    def closed_with(self) -> list[int]:
        return [m["code"] for m in self.heard if m["type"] == "websocket.close"]


def run(test: Callable[[Strangers, Streamlit], Awaitable[None]]) -> None:
    """In a thread: a browser test may have left its loop in ours."""

    async def within() -> None:
        await test(Strangers(), Streamlit())

    with ThreadPoolExecutor(max_workers=1) as pool:
        pool.submit(asyncio.run, within()).result()


async def open_all(
    door: Strangers, app: Streamlit, sockets: list[Socket]
) -> list[asyncio.Task[None]]:
    tasks = [
        asyncio.create_task(door.serve(app, one.scope, one.receive, one.send)) for one in sockets
    ]
    for _ in range(20):
        await asyncio.sleep(0)
    return tasks


async def leave(sockets: list[Socket], tasks: list[asyncio.Task[None]]) -> None:
    for one in sockets:
        one.leave.set()
    await asyncio.gather(*tasks)


def test_few_runs_go_on_at_a_time_and_all_have_their_turn() -> None:
    async def test(door: Strangers, app: Streamlit) -> None:
        sockets = [Socket(rerun(), rerun()) for _ in range(12)]
        tasks = await open_all(door, app, sockets)
        assert (app.running, app.done) == (TURNS, 0)
        app.finish.set()
        await leave(sockets, tasks)
        assert (app.most, app.done) == (TURNS, 24)

    run(test)


def test_a_run_that_takes_long_keeps_nobody_waiting_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strangers, "LONGEST", 0.02)

    async def test(door: Strangers, app: Streamlit) -> None:
        sockets = [Socket(rerun()) for _ in range(TURNS + 1)]
        tasks = await open_all(door, app, sockets)
        while app.running <= TURNS:
            await asyncio.sleep(0.005)
        app.finish.set()
        await leave(sockets, tasks)

    run(test)


def test_who_goes_away_amid_a_run_gives_the_turn_back() -> None:
    async def test(door: Strangers, app: Streamlit) -> None:
        sockets = [Socket(rerun()) for _ in range(TURNS + 1)]
        tasks = await open_all(door, app, sockets)
        for task in tasks[:TURNS]:
            task.cancel()
        await asyncio.gather(*tasks[:TURNS], return_exceptions=True)
        app.finish.set()
        await leave(sockets[TURNS:], tasks[TURNS:])
        assert app.done == 1

    run(test)


def test_one_connection_too_many_from_an_address_is_refused_until_another_goes() -> None:
    async def test(door: Strangers, app: Streamlit) -> None:
        sockets = [Socket() for _ in range(CONNECTIONS)]
        tasks = await open_all(door, app, sockets)
        late = Socket()
        await door.serve(app, late.scope, _connect, late.send)
        assert late.closed_with == [1013]
        elsewhere = Socket(address="203.0.113.2")
        tasks += await open_all(door, app, [elsewhere])
        assert app.connected == CONNECTIONS + 1
        await leave([*sockets, elsewhere], tasks)
        again = Socket()
        await leave([again], await open_all(door, app, [again]))
        assert again.closed_with == []

    run(test)


def test_a_subscribers_ipv6_addresses_count_as_one() -> None:
    async def test(door: Strangers, app: Streamlit) -> None:
        sockets = [Socket(address=f"2001:db8:1:2::{n:x}") for n in range(1, CONNECTIONS + 1)]
        tasks = await open_all(door, app, sockets)
        late = Socket(address="2001:db8:1:2:ffff::1")
        await door.serve(app, late.scope, _connect, late.send)
        assert late.closed_with == [1013]
        await leave(sockets, tasks)

    run(test)


def test_a_large_message_of_a_stranger_runs_nothing() -> None:
    async def test(door: Strangers, app: Streamlit) -> None:
        socket = Socket(rerun("x" * MESSAGE))
        await asyncio.gather(*await open_all(door, app, [socket]))
        assert socket.closed_with == [1009]
        assert app.most == 0

    run(test)


async def _connect() -> Any:
    return {"type": "websocket.connect"}


@pytest.mark.usefixtures("db", "portfolio_day")
def test_who_is_logged_in_is_no_stranger_and_nobody_says_so_of_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[bytes] = []

    async def serve(_: Any, app: Any, scope: Any, receive: Any, send: Any) -> None:
        served.append(dict(scope["headers"])[visitor.STANDING_HEADER.encode()])

    monkeypatch.setattr(Strangers, "serve", serve)
    passed: list[bytes] = []

    async def streamlit(scope: Any, *_: Any) -> None:
        passed.append(dict(scope["headers"])[visitor.STANDING_HEADER.encode()])

    token = login_as(Role.SELLER)
    for cookie in (token, cookies.new_token()):
        headers = {
            "host": "localhost",
            "origin": "http://localhost",
            "cookie": f"{cookies.cookie_name()}={cookie}",
            "sec-websocket-protocol": "streamlit, token",
            visitor.STANDING_HEADER: "logged in",
        }
        scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "client": ("203.0.113.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        with ThreadPoolExecutor(max_workers=1) as pool:
            pool.submit(asyncio.run, _through(Doors(streamlit), scope)).result()
    assert passed == [b"logged in"]
    assert served == [b"stranger"]


async def _through(doors: Doors, scope: Any) -> None:
    async def send(_: Any) -> None:
        raise AssertionError("refused")

    await doors(scope, _connect, send)
