"""An operation in one thread, from who calls to what is answered.

FastAPI goes to a thread for each function that waits (who calls, the act) and for checking an
answer. Every such way costs about as much as a statement of the database, and pages wait for the
interpreter meanwhile. Here the loop brings the body, and one thread does all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import anyio
import anyio.to_thread
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from credigestor.web import page_runs

P = ParamSpec("P")
R = TypeVar("R")
#: So many that only read at a time: they wait for no lock and no disk, so more threads make nothing
#: quicker, and a page waits behind each of them for the interpreter. Writes do wait, and have the
#: gate's limit alone: those that commit together share the disk's time.
READING_AT_A_TIME = 3
#: Seconds that an operation waits at most for runs of pages to end before it begins.
PAGES_FIRST = 0.1
Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_reading = anyio.CapacityLimiter(READING_AT_A_TIME)


def at_once(function: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """A function as FastAPI calls it where it stands, in the operation's own thread."""

    @wraps(function)
    async def called(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    return called


class OneThread(APIRoute):
    """FastAPI's route, whose dependencies wait for nothing or are called `at_once`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, at_once(endpoint), **options)

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, run to its end in a thread."""
        handler = super().get_route_handler()
        limiter = _reading if self.methods == {"GET"} else None

        async def handled(request: Request) -> Response:
            await request.body()  # kept by the request: the handler finds it there
            return await anyio.to_thread.run_sync(_to_its_end, handler, request, limiter=limiter)

        return handled


def _to_its_end(handler: Handler, request: Request) -> Response:
    page_runs.give_way(PAGES_FIRST)
    running = handler(request)
    try:
        running.send(None)
    except StopIteration as ended:
        answer: Response = ended.value
        return answer
    running.close()
    raise RuntimeError("an operation waits for the event loop")
