"""The launcher of a server that dies around a COMMIT, as by `kill -9`, once it is told where.

python tests/browser/mortal.py run app.py

It dies at the point that a file `die` in its data folder names, when it next records a sale or a
payment. The next process finds no such file.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from tests.browser.launcher import serve

#: Before the row is sent; before COMMIT; COMMIT sent, its answer not read; its answer read.
POINTS = ("begun", "written", "sent", "committed")
#: Not the process but its connection dies: COMMIT sent, its answer never comes.
UNANSWERED = "unanswered"

_recording = threading.local()
_commit: Callable[[PGDialect_psycopg, Any], None] = PGDialect_psycopg.do_commit


def reached(point: str) -> bool:
    """Tell whether this is where to die."""
    order = Path(os.environ["CREDIGESTOR_DATA_DIR"]) / "die"
    if not order.exists() or order.read_text() != point:
        return False
    order.unlink()
    return True


def die() -> None:
    """End as by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


def recording(_: Connection, __: Any, statement: str, *___: Any) -> None:
    """Note that this thread's transaction records something."""
    if re.search(r"INSERT INTO (sales|payments)\b", statement):
        _recording.now = True
        if reached("begun"):
            die()


def commit(dialect: PGDialect_psycopg, connection: Any) -> None:
    """COMMIT, dying before it, in it or after it."""
    ours, _recording.now = getattr(_recording, "now", False), False
    if ours and reached("written"):
        die()
    if ours and reached("sent"):
        send_commit(connection)
        die()
    if ours and reached(UNANSWERED):
        send_commit(connection)
        socket.socket(fileno=os.dup(connection.fileno())).shutdown(socket.SHUT_RDWR)
    _commit(dialect, connection)
    if ours and reached("committed"):
        die()


def send_commit(connection: Any) -> None:
    """Send COMMIT, and leave its answer unread."""
    connection.pgconn.send_query(b"COMMIT")
    connection.pgconn.flush()


if __name__ == "__main__":
    event.listen(Engine, "before_cursor_execute", recording)
    setattr(PGDialect_psycopg, "do_commit", commit)  # noqa: B010 - mypy knows another type of it
    serve()
