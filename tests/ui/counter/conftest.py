"""Fixtures for the tests of the counter's pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.portfolio import TODAY, Made
from tests.services.paying import sell


@pytest.fixture
def today() -> date:
    """The day on which every page stands."""
    return TODAY


@pytest.fixture
def sale() -> Made:
    """Notes of 200,00 due 15 days ago (R7: 205,00 today), and of 100,00 not yet due."""
    return sell(
        ("200.00", TODAY - timedelta(days=15)),
        ("100.00", TODAY + timedelta(days=15)),
        ("100.00", TODAY + timedelta(days=45)),
    )
