"""The real app in a process of its own, on a shop's database, and one who is logged in to it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from socket import socket

import psutil
from sqlalchemy import URL
from sqlalchemy.orm import Session
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from benchmarks.business import MANAGER, SELLER
from benchmarks.shops import ROOT
from benchmarks.shops import connect as connected
from credigestor import clock
from credigestor.db.models import LoginSession
from credigestor.services.auth import digest
from credigestor.ui.app.no_page import REFUSED, UNKNOWN
from credigestor.web import cookies

_PATIENCE = 120  # seconds until the app must answer
_BLOCK = 1 << 18
#: Titles of what is drawn in the place of a page that was asked for.
REFUSALS = (UNKNOWN, REFUSED)


@dataclass(frozen=True)
class Request:
    """A GET to the app."""

    port: int
    path: str
    headers: dict[str, str]

    def seconds(self) -> float:
        """Send it and take all of the answer, keeping nothing; it must be 200."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        start = time.perf_counter()
        connection.request("GET", self.path, headers=self.headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.status
        while answer.read(_BLOCK):
            pass
        taken = time.perf_counter() - start
        connection.close()
        return taken


class Server:
    """A running app: its port, its process, and the logins of its manager and of a seller."""

    def __init__(self, url: URL, port: int, process: psutil.Process) -> None:
        self.url = url
        self.port = port
        self.process = process
        self.token, self.session_id = self.log_in(MANAGER)
        self.sellers_token, _ = self.log_in(SELLER)

    def ask(self, path: str) -> Request:
        """A request of this person's, to be sent by any process."""
        return Request(self.port, path, self.headers)

    def page(self, name: str) -> Page:
        """The manager's connection to a page."""
        return Page(self.port, self.headers, name)

    def first_page(self) -> Page:
        """The seller's connection to the page that stands at `/`."""
        return Page(self.port, carrying(self.sellers_token), "")

    @property
    def headers(self) -> dict[str, str]:
        """What a request of the manager who is logged in carries."""
        return carrying(self.token)

    def log_in(self, user_id: int) -> tuple[str, int]:
        """The cookie's token and the id of another session of a user."""
        token, engine = cookies.new_token(), connected(self.url)
        with Session(engine) as session, session.begin():
            row = LoginSession(
                user_id=user_id,
                token_hash=digest(token),
                address="127.0.0.1",
                user_agent="benchmark",
                expires_at=clock.now() + timedelta(hours=12),  # as those of the app
            )
            session.add(row)
            session.flush()
            session_id = row.id
        engine.dispose()
        return token, session_id


def carrying(token: str) -> dict[str, str]:
    """What a browser's request carries that has this login's cookie."""
    return {"Cookie": f"{cookies.cookie_name()}={token}"}


class Page:
    """One WebSocket, as a browser opens it; each draw is a whole run of the page's script."""

    def __init__(
        self, port: int, headers: dict[str, str], name: str, source: str = "127.0.0.1"
    ) -> None:
        self.name = name
        origin = f"http://127.0.0.1:{port}"
        self.socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            additional_headers={**headers, "Origin": origin},
            subprotocols=["streamlit", "no-token"],  # type: ignore[list-item]
            max_size=None,
            ping_interval=None,  # a browser sends none
            source_address=(source, 0),
        )

    def draw(self) -> float:
        """Run the page; seconds until its script has come to its end.

        A run that gives way to another one, as a page that leads on, is not that end. Raises
        RuntimeError for a script that broke off, or drew an error or one of REFUSALS.
        """
        message = BackMsg()
        message.rerun_script.page_name = self.name
        start = time.perf_counter()
        self.socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self.socket.recv(timeout=_PATIENCE))
            drawn = answer.delta.new_element
            if drawn.HasField("exception"):
                raise RuntimeError(f"{self.name}: {drawn.exception.message}")
            if drawn.heading.body in REFUSALS:
                raise RuntimeError(f"{self.name}: {drawn.heading.body}")
            if answer.HasField("script_finished"):
                if answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return time.perf_counter() - start
                if answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    raise RuntimeError(f"{self.name}: {answer.script_finished}")

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


class Peak(threading.Thread):
    """The most memory that a process holds while the block runs."""

    def __init__(self, process: psutil.Process) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.before = self.most = self._now()
        self._over = threading.Event()

    def run(self) -> None:
        """Look fifty times a second."""
        while not self._over.wait(0.02):
            self.most = max(self.most, self._now())

    def __enter__(self) -> Peak:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    @property
    def rise(self) -> float:
        """Megabytes more than before."""
        return (self.most - self.before) / 2**20

    def _now(self) -> int:
        return int(self.process.memory_info().rss)


@contextmanager
def running(url: URL) -> Iterator[Server]:
    """The app on a shop's database, ended afterwards."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", "app.py"),
                *("--server.port", str(port), "--server.address", "127.0.0.1"),
                *("--server.headless", "true"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": url.render_as_string(hide_password=False),
                "CREDIGESTOR_DATA_DIR": folder,
                "CREDIGESTOR_AUTOMATIC_BACKUP": "false",
                # Calls are counted, and none is one too many.
                "CREDIGESTOR_API_PER_CALLER": "1000000",
                "CREDIGESTOR_API_PER_ADDRESS": "1000000",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port, process)
            yield Server(url, port, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes], path: str = "/saude") -> None:
    """Wait until a server answers at this path; RuntimeError where it does not start."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the app did not start")
