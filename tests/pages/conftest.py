"""Fixtures for the tests of pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from credigestor import clock
from tests.moments import NOW
from tests.portfolio import TODAY

#: Pages for AppTest to run; importing them would draw them here.
collect_ignore = ["backup_script.py", "file_script.py"]


#: Scripts that tests run as pages.
collect_ignore_glob = ["*_script.py"]


@pytest.fixture(autouse=True)
def portfolio_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's clock stands at noon of the test portfolios' day, whatever the machine's says.

    What PostgreSQL dates by itself still has the machine's.
    """
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda time_zone: TODAY)


@pytest.fixture
def folder(db: str, tmp_path: Path, configured: Callable[..., None]) -> Path:
    """The backup folder that the configuration names during the test."""
    configured(CREDIGESTOR_BACKUP_FOLDER=str(tmp_path))
    return tmp_path
