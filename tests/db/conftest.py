"""Fixtures: data folders of embedded servers, the sample shop, and a backup of another one.

Each folder's server is stopped afterwards. The shop is imported once a process and then copied
back in, which takes a tenth of the time.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from credigestor.db.engine import transaction
from credigestor.db.models import Base
from credigestor.db.settings import ShopSettings
from credigestor.imports import importer
from credigestor.postgres import launcher
from credigestor.rules.permissions import Actor
from credigestor.services import settings, summaries
from tests.db.restoring import backed_up, shop
from tests.db.servers import open_folder, start
from tests.portfolio import TODAY, add_customer
from tests.transfer.files import SAMPLE
from tests.transfer.importing import CLI

_TABLES = [table.name for table in Base.metadata.sorted_tables]
_NUMBERED = [table.name for table in Base.metadata.sorted_tables if "id" in table.c]
_COUNT_ON = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), max(id)) FROM {0}"


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """The data folder of a server that runs all the while; no test changes it."""
    with open_folder() as path:
        start(path / "dados")
        yield path / "dados"
        launcher.stop(path / "dados")


@pytest.fixture(scope="module")
def stopped() -> Iterator[Path]:
    """The data folder of a stopped server, to be copied."""
    with open_folder() as path:
        start(path / "dados")
        launcher.stop(path / "dados")
        yield path / "dados"


@pytest.fixture
def new_dir(folder: Path) -> Iterator[Path]:
    """A data folder still to be made."""
    yield folder / "dados"
    if (folder / "dados").exists():
        launcher.stop(folder / "dados")


@pytest.fixture
def data_dir(new_dir: Path, stopped: Path) -> Path:
    """The data folder of a stopped server, to do as one likes with."""
    subprocess.run(["cp", "-a", stopped, new_dir], check=True)
    return new_dir


@pytest.fixture
def saved(admin: Actor, tmp_path: Path) -> Path:
    """A backup of a shop that has changed since."""
    shop(admin)
    with transaction() as session:
        settings.change(session, admin, ShopSettings(shop_name="Loja"))
    path = backed_up(tmp_path / "loja.zip")
    with transaction() as session:
        add_customer(session, "Chegou Depois")
    return path


@pytest.fixture(scope="session")
def imported() -> dict[str, bytes]:
    """Every table of the imported shop as COPY writes it; empty until a test has made it."""
    return {}


@pytest.fixture
def sample(db: str, imported: dict[str, bytes]) -> None:
    """The sample shop with its summaries up to TODAY."""
    with transaction() as session:
        copy: Callable[..., Any] = session.connection().connection.cursor().copy  # type: ignore
        if imported:
            session.execute(text("SET LOCAL session_replication_role = replica"))  # no triggers
            for name, rows in imported.items():
                with copy(f"COPY {name} FROM STDIN") as into:
                    into.write(rows)
            for name in _NUMBERED:
                session.execute(text(_COUNT_ON.format(name)))
            return
        importer.run(session, CLI, importer.read_folder(SAMPLE), today=TODAY)
        summaries.refresh(session, today=TODAY)
        for name in _TABLES:
            with copy(f"COPY {name} TO STDOUT") as out:
                imported[name] = b"".join(out)
