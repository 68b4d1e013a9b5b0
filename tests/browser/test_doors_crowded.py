"""Many strangers at once at the doors of a running server, beside one who works."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress

import pytest
from websockets.exceptions import InvalidStatus

from credigestor.web import cookies
from credigestor.web.strangers import CONNECTIONS
from tests.browser.conftest import PATIENCE, Server
from tests.browser.wire import Wire, refused


@pytest.fixture
def crowd(server: Server) -> Iterator[list[Wire]]:
    """As many strangers as may come from one address, each with the login before them."""
    with ExitStack() as open_ones, ThreadPoolExecutor(8) as pool:
        wires: list[Wire] = []
        with suppress(InvalidStatus):  # a test before this one may have left some
            for _ in range(CONNECTIONS):
                wire = open_ones.enter_context(closing(Wire(server, cookies.new_token())))
                wires.append(wire)
        yield list(pool.map(lambda wire: wire.draw(), wires))


def test_strangers_are_served_up_to_a_number_and_who_works_all_the_same(
    server: Server, crowd: list[Wire], visitor: str
) -> None:
    assert all("text_input" in wire.kinds for wire in crowd)
    assert refused(server, visitor)
    worker = server.log_in(server.add_user("trabalha"))
    wire = Wire(server, worker).draw()
    wire.close()
    assert wire.titles
    crowd[0].close()
    end = time.monotonic() + PATIENCE
    while refused(server, visitor):
        assert time.monotonic() < end
