"""The API behind a real server, in a thread of this process: its database and its clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep

import uvicorn
from starlette.types import ASGIApp

from credigestor.api import app


@contextmanager
def served(app: ASGIApp = app) -> Iterator[str]:
    """Serve it on a free port of the loopback address while the block runs; gives its address."""
    # Ours has no lifespan: the database was prepared by its fixture.
    server = uvicorn.Server(uvicorn.Config(app, port=0, lifespan="off", log_level="warning"))
    thread = Thread(target=server.run, name="api")
    thread.start()
    try:
        while not server.started and thread.is_alive():
            sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
