"""/saude: whether the shop can work, which it cannot on a server that is away or only reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from credigestor.postgres import launcher
from tests.killing import embedded_shop, kill_server
from tests.postgres.servers import wait_for
from tests.superuser import as_superuser
from tests.web.fetching import fetch


@pytest.fixture(scope="module")
def shop() -> Iterator[Path]:
    with embedded_shop() as data_dir:
        yield data_dir


def status() -> int:
    return fetch("/saude", None).status


def test_a_server_that_only_reads_is_not_healthy(shop: Path) -> None:
    assert status() == 200
    with as_superuser(launcher.start(shop)) as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        wait_for(lambda: status() == 503)
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")
        wait_for(lambda: status() == 200)


def test_a_killed_server_is_not_healthy_until_it_is_back_by_itself(shop: Path) -> None:
    kill_server(shop)
    assert status() == 503
    wait_for(lambda: status() == 200)
