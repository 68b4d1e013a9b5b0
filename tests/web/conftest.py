"""The server's routes stand on the day of the test portfolios."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def today_is_the_portfolios(portfolio_day: None) -> None:
    """What a route dates is that day's."""
