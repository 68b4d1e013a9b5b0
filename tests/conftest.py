"""Fixtures for all tests: a real PostgreSQL per pytest process, emptied between tests.

`db` gives a test an empty, migrated schema; use it in a module with
`pytestmark = pytest.mark.usefixtures("db")`. Nothing here touches the developer's own shop:
without the fixture the database's address leads nowhere.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

NOWHERE = "postgresql://ask-for-the-db-fixture.invalid/"
os.environ["DATABASE_URL"] = NOWHERE
os.environ["CREDIGESTOR_AUTOMATIC_BACKUP"] = "false"
for name in (
    "DATABASE_READ_URL",
    "CREDIGESTOR_API_DOCS",
    "CREDIGESTOR_SCHEMA",
    "CREDIGESTOR_HOSTS",
    "CREDIGESTOR_BEHIND_PROXY",
    "CREDIGESTOR_BACKUP_FOLDER",
    "CREDIGESTOR_IMPORT_FOLDER",
    "CREDIGESTOR_IMPORT_MAPPING",
    "CREDIGESTOR_BACKUP_PASSPHRASE",
    "CREDIGESTOR_WEBHOOK_PRIVATE",
    "CREDIGESTOR_VERIFY_HOUR",
    "CREDIGESTOR_VERIFY_MINUTES",
    "CREDIGESTOR_API_ORIGINS",
):
    os.environ.pop(name, None)
# Calls are counted, and most tests mean no limit: a fixed clock puts all of one's in one minute.
for name in ("CALLER", "ADDRESS", "STRANGER"):
    os.environ[f"CREDIGESTOR_API_PER_{name}"] = "1000000"

from credigestor import clock  # noqa: E402
from credigestor.config import get_config  # noqa: E402 - the environment comes first
from credigestor.db.engine import get_engine, transaction  # noqa: E402
from credigestor.db.migrate import migrate  # noqa: E402
from credigestor.db.models import User  # noqa: E402
from credigestor.postgres import launcher  # noqa: E402
from credigestor.postgres.roles import NAME  # noqa: E402
from credigestor.rules.permissions import Actor, Role  # noqa: E402
from credigestor.services import auth, passwords  # noqa: E402
from tests import tables  # noqa: E402
from tests.factories import PASSWORD_HASH, actor_of, add_user  # noqa: E402
from tests.moments import NOW  # noqa: E402
from tests.portfolio import TODAY  # noqa: E402
from tests.superuser import as_superuser  # noqa: E402

settings.register_profile("desk", deadline=None, max_examples=25)
settings.load_profile("ci" if os.environ.get("CI") else "desk")  # "ci" is Hypothesis's own


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder that this process's workers share; it goes with who made it."""
    if tables.SHARED not in os.environ:
        os.environ[tables.SHARED] = tempfile.mkdtemp(prefix="credigestor-made-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(tables.SHARED)))


def pytest_collection_finish() -> None:
    """What was imported is there to stay: no collection looks at it again, a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """bcrypt does the least work, for unknown logins too: a hash takes 1 ms instead of 200."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "ROUNDS", 4)
        patch.setattr(auth, "DUMMY_HASH", PASSWORD_HASH)
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server of this pytest process alone; gives the URL of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="credigestor-test-"))
    folder.chmod(0o755)  # as root the server runs as another user, who must be able to enter
    os.environ["CREDIGESTOR_DATA_DIR"] = str(folder)
    try:
        yield launcher.start(folder, fsync=False)
    finally:
        if get_engine.cache_info().currsize:
            get_engine().dispose()
        launcher.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(cluster: str) -> str:
    """The migrated database that this process's configuration names from now on; its URL."""
    os.environ["DATABASE_URL"] = cluster
    get_config.cache_clear()
    get_engine.cache_clear()
    with as_superuser(cluster) as connection:
        # Room given back by a vacuum would be filled out of order, if it came amid a test.
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
        # `tables` empties and fills without triggers; all else the tests do as the app's own role.
        connection.execute(f"GRANT SET ON PARAMETER session_replication_role TO {NAME}")
    migrate(get_engine())
    return cluster


@pytest.fixture
def db(database: str) -> str:
    """Every table empty, ids from 1 again, Streamlit's caches clear; gives the database's URL."""
    _empty()
    return database


@pytest.fixture(scope="class")
def class_db(database: str) -> str:
    """The same once for a class, whose tests only look at what it was filled with."""
    _empty()
    return database


def _empty() -> None:
    with transaction() as session:
        tables.empty(session)
    if "streamlit" in sys.modules:
        import streamlit as st

        st.cache_data.clear()
        st.cache_resource.clear()


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets variables of the configuration until the end of the test."""

    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        get_config.cache_clear()

    yield set_variables
    monkeypatch.undo()
    get_config.cache_clear()


@pytest.fixture
def portfolio_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's clock stands at noon of the test portfolios' day, whatever the machine's says.

    What PostgreSQL dates by itself still has the machine's.
    """
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda time_zone: TODAY)


@pytest.fixture
def make_user(db: str) -> Callable[..., User]:
    """A factory of users: `make_user(role="manager", login="bia", name="Bia", active=False)`."""
    return add_user


@pytest.fixture
def admin(make_user: Callable[..., User]) -> Actor:
    """An administrator who exists in the table."""
    return actor_of(make_user(Role.ADMIN, name="Ada Administradora"))


@pytest.fixture
def manager(make_user: Callable[..., User]) -> Actor:
    """A manager who exists in the table."""
    return actor_of(make_user(Role.MANAGER, name="Guta Gerente"))


@pytest.fixture
def seller(make_user: Callable[..., User]) -> Actor:
    """A seller who exists in the table."""
    return actor_of(make_user(Role.SELLER, name="Vera Vendedora"))
