"""PgBouncer in front of the tests' PostgreSQL, pooling by transaction, where it is installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
_SETTINGS = """
[databases]
{database} = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listening}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
"""


@contextmanager
def pgbouncer(url: str, *, connections: int) -> Iterator[str]:
    """Listen on loopback before the server of a URL, with so many connections of it to lend.

    Gives the URL that leads through it. Skips where there is no PgBouncer.
    """
    if not Path(PROGRAM).exists():
        pytest.skip("PgBouncer is not installed")
    target = make_url(url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        listening = free.getsockname()[1]
    told = _SETTINGS.format(
        database=target.database,
        host=target.query["host"],
        port=target.query.get("port", "5432"),
        user=target.username,
        listening=listening,
        connections=connections,
    )
    # It refuses root, as PostgreSQL does, and only PostgreSQL's user enters the socket's folder.
    owner = pwd.getpwuid(Path(str(target.query["host"])).stat().st_uid).pw_name
    as_root = ["-u", owner] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="credigestor-pooler-") as folder:
        Path(folder).chmod(0o755)
        settings = Path(folder) / "pgbouncer.ini"
        settings.write_text(told)
        process = subprocess.Popen([PROGRAM, "-q", *as_root, str(settings)])
        through = (
            f"postgresql://{target.username}@127.0.0.1:{listening}/{target.database}"
            "?sslmode=disable&gssencmode=disable"
        )
        try:
            _await(through)
            yield through
        finally:
            process.terminate()
            process.wait(10)


def _await(url: str) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
