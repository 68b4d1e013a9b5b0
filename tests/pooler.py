"""A pooler in front of PostgreSQL that drops the connection's options, as PgBouncer is told to.

It hands on all else that is said, so what the server answers is its own.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

from sqlalchemy import make_url

_START = struct.Struct("!II")


@contextmanager
def pooler(url: str) -> Iterator[str]:
    """Listen on loopback in front of the server of a URL; gives the URL that leads through it."""
    target = make_url(url)
    folder = target.query["host"]
    assert isinstance(folder, str), "the tests' server listens in a folder"
    [path] = [f"{folder}/.s.PGSQL.{target.query.get('port', 5432)}"]
    with socket.create_server(("127.0.0.1", 0)) as door:
        Thread(target=_serve, args=(door, path), daemon=True).start()
        through = target.set(
            drivername="postgresql",
            host="127.0.0.1",
            port=door.getsockname()[1],
            query={"sslmode": "disable", "gssencmode": "disable"},
        )
        yield through.render_as_string(hide_password=False)
        door.shutdown(socket.SHUT_RDWR)


def _serve(door: socket.socket, path: str) -> None:
    with suppress(OSError):
        while True:
            client, _ = door.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(path)
            server.sendall(_without_options(client))
            for one, other in ((client, server), (server, client)):
                Thread(target=_hand_on, args=(one, other), daemon=True).start()


def _without_options(client: socket.socket) -> bytes:
    """The startup packet of a client, but for its options."""
    size, version = _START.unpack(client.recv(_START.size, socket.MSG_WAITALL))
    words = client.recv(size - _START.size, socket.MSG_WAITALL).split(b"\0")
    pairs = zip(words[::2], words[1::2], strict=False)
    kept = (
        b"".join(b"%s\0%s\0" % pair for pair in pairs if pair[0] not in (b"options", b"")) + b"\0"
    )
    return _START.pack(_START.size + len(kept), version) + kept


def _hand_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while block := source.recv(65536):
            target.sendall(block)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
    source.close()
