"""Fixtures: data folders of embedded servers, each stopped afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from credigestor.postgres import launcher
from tests.postgres.servers import open_folder, start


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as path:
        yield path


@pytest.fixture(scope="session")
def running(stopped: Path) -> Iterator[Path]:
    """The data folder of a server that runs all the while; no test changes it."""
    with open_folder() as path:
        subprocess.run(["cp", "-a", stopped, path / "dados"], check=True)
        start(path / "dados")
        yield path / "dados"
        launcher.stop(path / "dados")


@pytest.fixture(scope="session")
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
