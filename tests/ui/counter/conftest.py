"""Fixtures for the tests of the counter's pages."""

from __future__ import annotations

from datetime import date

import pytest

from tests.portfolio import TODAY


@pytest.fixture
def today() -> date:
    """The day on which every page stands."""
    return TODAY
