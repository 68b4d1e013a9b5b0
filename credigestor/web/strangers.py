"""Who has not logged in, at the WebSocket: few at a time, so that who works does not wait for them.

A stranger may open so many connections from one address, and send small messages. A run of the
script waits for its turn out here, where it costs nothing: at any time so many strangers' runs
share the processor with everybody else's.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

import anyio
import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from credigestor import clock
from credigestor.db.engine import transaction
from credigestor.services import auth
from credigestor.services.lockout import address_key
from credigestor.web import visitor

log = logging.getLogger("credigestor")

#: Connections at a time from one address: a shop's computers share one, and its logins are shown
#: to all of them each morning.
CONNECTIONS = 40
#: Runs at a time, of all strangers.
TURNS = 2
#: Seconds for which one run keeps another waiting; the first run of a shop may take a minute.
LONGEST = 3.0
#: Bytes of a message: a login, a password and a page's address.
MESSAGE = 64_000
#: More bytes than the message that a run is over.
_NOTICE = 1_000

#: However many come at once, the others' threads and connections are left alone.
_asking = anyio.CapacityLimiter(TURNS)


async def standing(token: str) -> str:
    """LOGGED_IN, STRANGER for a cookie that never was a login, or nothing that could be said.

    A stranger's cookie never becomes a login, which always gets a fresh one: for as long as the
    connection lasts the script need not ask again.
    """

    def ask() -> str:
        with transaction() as session:
            if auth.authenticate(session, token=token, now=clock.now(), touch=False):
                return visitor.LOGGED_IN
            return "" if auth.was_login(session, token=token) else visitor.STRANGER

    try:
        return await anyio.to_thread.run_sync(ask, limiter=_asking)
    except Exception:
        log.exception("The database does not tell who comes.")
        return ""


class Strangers:
    """How many there are, and whose turn it is."""

    def __init__(self) -> None:
        self._connections: Counter[str] = Counter()
        self._turns = asyncio.Semaphore(TURNS)

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a stranger's WebSocket on, message by message as it may; refuse one too many."""
        client = scope.get("client")
        header = Headers(scope=scope).getlist
        key = address_key(visitor.client_address(client[0] if client else None, header))
        if self._connections[key] >= CONNECTIONS:
            log.warning("WebSocket refused: %s strangers from %r", CONNECTIONS, key)
            await receive()
            await send({"type": "websocket.close", "code": 1013, "reason": ""})
            return
        self._connections[key] += 1
        turn = _Turn(self._turns)

        async def waiting() -> Message:
            message = await receive()
            payload = message.get("bytes")
            if payload and len(payload) > MESSAGE:
                await send({"type": "websocket.close", "code": 1009, "reason": ""})
                return {"type": "websocket.disconnect", "code": 1009}
            if payload and _asks_for_a_run(payload):
                await turn.begin()
            return message

        async def noticing(message: Message) -> None:
            payload = message.get("bytes")
            if payload and len(payload) < _NOTICE and _ends_a_run(payload):
                turn.end()
            await send(message)

        try:
            await app(scope, waiting, noticing)
        finally:
            turn.end()
            self._connections[key] -= 1
            if not self._connections[key]:
                del self._connections[key]


class _Turn:
    """One connection's turn: from a run's beginning to its end, but not for long."""

    def __init__(self, turns: asyncio.Semaphore) -> None:
        self._turns = turns
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """Wait for it, unless it is this one's already."""
        if self._timer is None:
            await self._turns.acquire()
            self._timer = asyncio.get_running_loop().call_later(LONGEST, self.end)

    def end(self) -> None:
        """Give it to the next one; nothing happens when it is over."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._turns.release()


def _asks_for_a_run(payload: bytes) -> bool:
    message = BackMsg()
    message.ParseFromString(payload)  # the doors let no other bytes through
    return message.WhichOneof("type") == "rerun_script"


def _ends_a_run(payload: bytes) -> bool:
    message = ForwardMsg()
    message.ParseFromString(payload)
    return message.WhichOneof("type") == "script_finished"
