"""Fixtures for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

#: Pages for AppTest to run; importing them would draw them here.
collect_ignore_glob = ["*_script.py"]


@pytest.fixture(scope="session", autouse=True)
def prepared_once() -> Iterator[None]:
    """What a server does once and AppTest for every app and run: 0.15 of its 0.19 seconds.

    That is to look through all installed packages for components, and to compile the scripts.
    """
    compiled = ScriptCache()
    scan = cache(manifest_scanner.scan_component_manifests)
    with (
        patch.object(manifest_scanner, "scan_component_manifests", scan),
        patch("streamlit.testing.v1.app_test.ScriptCache", lambda: compiled),
        patch("streamlit.testing.v1.local_script_runner.ScriptCache", lambda: compiled),
    ):
        yield


@pytest.fixture(autouse=True)
def today_is_the_portfolios(portfolio_day: None) -> None:
    """Every page stands on the day of the test portfolios."""


@pytest.fixture
def folder(db: str, tmp_path: Path, configured: Callable[..., None]) -> Path:
    """The backup folder that the configuration names during the test."""
    configured(CREDIGESTOR_BACKUP_FOLDER=str(tmp_path))
    return tmp_path
