"""The API as the running app serves it, over connections that a program keeps open."""

from __future__ import annotations

import http.client
from time import perf_counter

from tests.browser.conftest import Server


def test_a_kept_connection_is_answered_at_once(server: Server) -> None:
    """Waiting for a client's delayed acknowledgement would take 40 ms of every answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    taken = []
    for _ in range(30):
        start = perf_counter()
        connection.request("GET", "/api/v1/nada", headers={"Host": server.host})
        assert connection.getresponse().read()
        taken.append(perf_counter() - start)
    connection.close()
    assert min(taken[10:]) < 0.03
