"""Fixtures for the tests of pages."""

from __future__ import annotations

import pytest

from credigestor import clock
from tests.portfolio import TODAY


@pytest.fixture
def portfolio_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's calendar stands at the day of the test portfolios, whatever the real one says."""
    monkeypatch.setattr(clock, "today", lambda time_zone: TODAY)
