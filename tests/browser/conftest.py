"""A real server in a process of its own, on a database of its own, and a real Chromium.

Without a chromium executable the tests that need one are skipped; with
CREDIGESTOR_REQUIRE_BROWSER=1 (as in CI) they fail instead.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from credigestor.db.models import LoginAttempt, LoginSession, User
from credigestor.rules.permissions import Role
from credigestor.services.auth import ABSOLUTE, digest
from credigestor.web import cookies
from tests.browser.chromium import PATIENCE_OF_A_PAGE
from tests.browser.chromium import browser as browser
from tests.browser.chromium import chromium as chromium
from tests.browser.chromium import kept_profile as kept_profile
from tests.browser.chromium import page as page
from tests.browser.chromium import playwright as playwright
from tests.factories import PASSWORD, PASSWORD_HASH
from tests.moments import NOW
from tests.superuser import as_superuser

#: Scripts that a server under test runs; importing them would start Streamlit here.
collect_ignore = ["doors_app.py", "doors_script.py", "markdown_app.py"]
ROOT = Path(__file__).resolve().parents[2]
#: Streamlit at NOW, and as it is.
AT_NOW = (str(Path(__file__).with_name("launcher.py")),)
PLAIN = ("-m", "streamlit")
PATIENCE = 60


class Response(http.client.HTTPResponse):
    """A response with its body, which was read."""

    body: bytes


class Server:
    """The app as a person would run it, on loopback, on a free port: `streamlit run app.py`.

    But that the shop's clock begins at NOW.
    """

    def __init__(
        self,
        cluster: str,
        database: str,
        *,
        app: str = "app.py",
        streamlit: Sequence[str] = AT_NOW,
        **environment: str,
    ) -> None:
        url = make_url(cluster)
        with as_superuser(cluster) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}" OWNER {url.username}')
        self.database_url = url.set(database=database).render_as_string(hide_password=False)
        self.engine = create_engine(
            self.database_url, connect_args={"options": "-csearch_path=credigestor -ctimezone=UTC"}
        )
        self.data_dir = Path(tempfile.mkdtemp(prefix="credigestor-server-"))
        self.port = _free_port()
        self.host = f"localhost:{self.port}"
        self.base_url = f"http://{self.host}"
        self.log = self.data_dir / "log"
        self.secrets = {PASSWORD}
        self._command = [sys.executable, *streamlit, "run", app, *self._flags()]
        self._environment = {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "CREDIGESTOR_DATA_DIR": str(self.data_dir),
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.start()

    def start(self) -> None:
        """Start the process: the first, or another one in its place after its end."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def _flags(self) -> list[str]:
        return ["--server.address", "127.0.0.1", "--server.port", str(self.port)]

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if self.request("GET", "/saude").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def request(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> Response:
        """One raw request, redirects not followed; the response's body is in `.body`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.response_class = Response
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        assert isinstance(response, Response)
        response.body = response.read()
        connection.close()
        return response

    def add_user(self, login: str, role: Role = Role.SELLER, name: str = "") -> User:
        """A user of this server's shop, whose password is PASSWORD."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            user = User(
                login=login,
                name=name or login.capitalize(),
                role=role.value,
                password_hash=PASSWORD_HASH,
            )
            session.add(user)
        return user

    def log_in(self, user: User) -> str:
        """The cookie of a live session of this user."""
        token = cookies.new_token()
        self.secrets.add(token)
        with Session(self.engine) as session, session.begin():
            session.add(
                LoginSession(
                    user_id=user.id,
                    token_hash=digest(token),
                    address="127.0.0.1",
                    user_agent="test",
                    created_at=NOW,
                    last_seen_at=NOW,
                    expires_at=NOW + ABSOLUTE,
                )
            )
        return token

    def revoke(self, login: str) -> None:
        """End all sessions of a user, as an administrator may."""
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE sessions SET revoked_at = sessions.created_at FROM users "
                    "WHERE users.id = user_id AND login = :login"
                ),
                {"login": login},
            )

    def forget_attempts(self) -> None:
        """No failed login so far: every test comes from the same address."""
        with Session(self.engine) as session, session.begin():
            session.query(LoginAttempt).delete()

    def scalar(self, query: str, **values: object) -> Any:
        """One value from this server's database."""
        with self.engine.connect() as connection:
            return connection.scalar(text(query), values)

    def await_scalar(self, expected: object, query: str, **values: object) -> None:
        """Wait until this server's database gives the value; AssertionError after a minute."""
        end = time.monotonic() + PATIENCE
        while (value := self.scalar(query, **values)) != expected:
            assert time.monotonic() < end, f"{value!r} instead of {expected!r}: {query}"
            time.sleep(0.05)

    def _named_in_log(self) -> list[str]:
        """Who is in the server's log, by name or number, and which password or cookie."""
        with suppress(DBAPIError):  # no tables, or no database any more
            for table, column in (
                *(("users", "name"), ("users", "password_hash"), ("customers", "name")),
                *(("customers", "tax_id"), ("customers", "phone"), ("customers", "email")),
            ):
                with self.engine.connect() as connection:
                    found = connection.scalars(text(f"SELECT {column} FROM {table}")).all()
                # A first name alone may be a word of a traceback.
                self.secrets |= {value for value in found if value and len(value) > 8}
        log = self.log.read_text()
        return [secret for secret in self.secrets if secret in log]

    def stop(self) -> None:
        """End the process and forget its folder; AssertionError if its log names anybody."""
        named = self._named_in_log()
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.engine.dispose()
        shutil.rmtree(self.data_dir, ignore_errors=True)
        assert named == [], "the log names somebody"


@pytest.fixture(scope="session")
def server(cluster: str) -> Iterator[Server]:
    """A shop with one person of each role: logins `adm`, `gerente`, `vendedor`."""
    # A page drawn anew on a busy machine takes longer than a click may wait for a row.
    running = Server(cluster, "browser_tests", LOCK_TIMEOUT="20000")
    running.add_user("adm", Role.ADMIN, "Ada Admin")
    running.add_user("gerente", Role.MANAGER, "Guta Gerente")
    running.add_user("vendedor", Role.SELLER, "Vera Vendedora")
    yield running
    running.stop()


@pytest.fixture
def fresh_server(cluster: str) -> Iterator[Server]:
    """A server whose database is empty, as on the first run."""
    running = Server(cluster, "first_run_tests")
    yield running
    running.stop()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """A factory of pages, each in a browser profile of its own that speaks Portuguese."""
    contexts = []

    def make(server: Server, **options: Any) -> Any:
        context = browser.new_context(base_url=server.base_url, locale="pt-BR", **options)
        context.set_default_timeout(PATIENCE_OF_A_PAGE)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def log_in() -> Callable[..., None]:
    """Fill and send the login form of a page: `log_in(page, "adm")`."""

    def fill(page: Any, login: str, password: str = PASSWORD) -> None:
        page.get_by_label("Usuário", exact=True).fill(login)
        page.get_by_label("Senha", exact=True).fill(password)
        page.get_by_role("button", name="Entrar").click()

    return fill


@pytest.fixture
def arrive(server: Server) -> Callable[..., None]:
    """Open an address as one of the server's people: `arrive(page, "adm", "/backup")`.

    They have logged in before, as the form would have done it, which takes two pages more.
    """

    def open_logged_in(page: Any, login: str, address: str) -> None:
        with Session(server.engine) as session:
            user = session.scalars(select(User).where(User.login == login)).one()
        token = server.log_in(user)
        page.context.add_cookies(
            [
                {
                    "name": cookies.cookie_name(),
                    "value": token,
                    "url": server.base_url,
                    "httpOnly": True,
                    "sameSite": "Strict",
                }
            ]
        )
        page.goto(address)

    return open_logged_in


#: Whether the server has drawn the page whole, and the browser its charts, without height before.
DRAWN = """() =>
  document.querySelector("[data-test-script-state='notRunning']") !== null &&
  [...document.querySelectorAll('[data-testid=stVegaLiteChart], [data-testid=stSkeleton]')]
    .every((one) => !one.checkVisibility() || one.querySelector('svg, canvas') !== null)"""


def settled(page: Any) -> None:
    """Wait until the page is drawn whole: before that a click may hit what moves."""
    page.wait_for_function(DRAWN)


@pytest.fixture
def visitor() -> str:
    """The cookie of somebody who has not logged in."""
    return cookies.new_token()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
