"""A replica beside the tests' server, and a configuration that reads it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from credigestor.db import engine, replica
from credigestor.db.engine import get_engine
from tests.standby import Standby, standby_of
from tests.superuser import as_superuser


@pytest.fixture(scope="package")
def standby(database: str) -> Iterator[Standby]:
    """One for all these tests; a commit on the primary waits for its own disk, as in a shop."""
    name = make_url(database).database
    with as_superuser(database) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
        get_engine().dispose()
        try:
            with standby_of(Path(os.environ["CREDIGESTOR_DATA_DIR"])) as made:
                yield made
        finally:
            connection.execute(f"ALTER DATABASE {name} RESET synchronous_commit")
            get_engine().dispose()


@pytest.fixture
def reading(db: str, configured: Callable[..., None]) -> Iterator[Callable[[str], None]]:
    """Called with a URL, the configuration has the replica there, of which nothing is known yet."""

    def forget() -> None:
        url = engine.get_read_engine()
        if url is not None:
            url.dispose()
        engine._of_replica.cache_clear()
        replica._standing.cache_clear()

    def lead(url: str) -> None:
        forget()
        configured(DATABASE_READ_URL=url)

    yield lead
    forget()


@pytest.fixture
def followed(standby: Standby, reading: Callable[[str], None]) -> Standby:
    """The standby, up and read."""
    reading(standby.url)
    return standby


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each read that may be the replica's, in order, whether it was."""
    found: list[bool] = []
    take = replica._take

    def note() -> object:
        given = take()
        found.append(given is not None)
        return given

    monkeypatch.setattr(replica, "_take", note)
    return found


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The replica has all the time that a crowded machine may need: it is who answers."""
    monkeypatch.setattr(replica, "PATIENCE", 20.0)
    monkeypatch.setattr(replica, "_REPLAY", 15.0)
