"""Fixtures: data folders of embedded servers, the sample shop, and a backup of another one.

Each folder's server is stopped afterwards.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from credigestor.db.engine import transaction
from credigestor.db.settings import ShopSettings
from credigestor.imports import importer
from credigestor.postgres import launcher
from credigestor.rules.permissions import Actor
from credigestor.services import settings, summaries
from tests import tables
from tests.db.restoring import backed_up, shop
from tests.db.servers import open_folder, start
from tests.portfolio import TODAY, add_customer
from tests.transfer.files import SAMPLE
from tests.transfer.importing import CLI


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


@pytest.fixture
def sample(db: str) -> None:
    """The sample shop with its summaries up to TODAY."""

    def make(session: Session) -> None:
        importer.run(session, CLI, importer.read_folder(SAMPLE), today=TODAY)
        summaries.refresh(session, today=TODAY)

    tables.once("sample", make)
