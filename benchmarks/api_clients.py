"""Programs that call the API of a running app over connections that stay open."""

from __future__ import annotations

import http.client
import json
import uuid
from typing import Any

from sqlalchemy import Engine, text

from credigestor.rules.permissions import Role
from credigestor.services.passwords import hash_password

PASSWORD = "senha do benchmark"
ROOT = "/api/v1"


class Client:
    """One program, logged in, on one connection."""

    def __init__(self, port: int, login: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Content-Type": "application/json"}
        tokens = self.call("POST", "/auth/login", {"login": login, "password": PASSWORD})
        self.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def write(self, path: str, body: Any) -> Any:
        """Write once, by a key of its own; what was made."""
        return self.call("POST", path, body, {"Idempotency-Key": str(uuid.uuid4())})

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Ask for something that must succeed; what the answer holds."""
        sent = None if body is None else json.dumps(body)
        heads = {**self.headers, **(headers or {})}
        try:
            self._connection.request(method, ROOT + path, sent, heads)
            answer = self._connection.getresponse()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self._connection.close()  # the server ends a connection that was idle for seconds
            self._connection.request(method, ROOT + path, sent, heads)
            answer = self._connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return json.loads(content)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def a_login(engine: Engine, role: Role) -> str:
    """The login of a new user, whose password is PASSWORD."""
    login = f"programa-{uuid.uuid4().hex[:12]}"
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (login, name, role, password_hash)"
                " VALUES (:login, 'Programa', :role, :hash)"
            ),
            {
                "login": login,
                "role": role.value,
                "hash": hash_password(PASSWORD, login=login, name="Programa"),
            },
        )
    return login
